/// Enlarging and reducing by a pair of filters in which reducing what was enlarged gives the image back.
///
/// The filters are the biorthogonal ones of Cohen, Daubechies and Feauveau with 9 and 7 taps, once a doubling; coarse
/// sample j lies at fine pixel r·j + r/2. Khan, Chanussot, Condat, Montanvert, "Indusion: fusion of multispectral and
/// panchromatic images using the induction scaling technique", IEEE GRSL 5(1), 2008.
public struct InductionScaling: Sendable, Hashable {
    /// Lags 0 to 4 of the filter that reduces; its sum is 1.
    private static let reducing = [
        0.602949018236, 0.266864118443, -0.078223266529, -0.016864118443, 0.026748757411,
    ]
    /// Lags 0 to 3 of the filter that enlarges; its sum is 2.
    static let enlarging = [0.557543526229, 0.295635881557, -0.028771763114, -0.045635881557].map { 2 * $0 }

    private let ratio: Int
    private let bands: Upsampler
    private let pan: Upsampler
    /// The taps of all reductions together, and how many lie on each side of the centre.
    private let taps: [Double]
    private var radius: Int { taps.count / 2 }

    /// A pair of filters.
    ///
    /// - Parameters:
    ///   - ratio: a power of two, at least 2.
    ///   - border: what lies beyond a coarse image.
    ///   - rowShift: fine pixels that samples of the multispectral image lie further down than r·j + r/2.
    ///   - columnShift: fine pixels that they lie further right.
    public init(ratio: Int, border: Border, rowShift: Double = 0, columnShift: Double = 0) {
        precondition(ratio >= 2 && ratio & (ratio - 1) == 0, "a ratio of \(ratio)")
        self.ratio = ratio
        bands = Upsampler(
            ratio: ratio, border: border, rowShift: rowShift, columnShift: columnShift, doubling: Self.enlarging)
        pan = Upsampler(ratio: ratio, border: border, doubling: Self.enlarging)
        var taps = [1.0]
        for level in 0..<ratio.trailingZeroBitCount {
            // Each level's taps lie as far apart as the pixels that it is given.
            let distance = 1 << level
            var longer = [Double](repeating: 0, count: taps.count + 8 * distance)
            for (index, tap) in taps.enumerated() {
                for lag in -4...4 { longer[index + (lag + 4) * distance] += tap * Self.reducing[abs(lag)] }
            }
            taps = longer
        }
        self.taps = taps
    }

    /// The multispectral image enlarged.
    public func enlarge(_ ms: SceneWindow, region: PixelRegion) -> Image { bands.apply(to: ms, region: region) }

    /// PAN reduced, at coarse pixels; border: replicate.
    public func reduce(_ pan: SceneWindow, rows: Range<Int>, columns: Range<Int>) -> Image {
        func operation(_ outputs: Range<Int>) -> AxisOperator {
            AxisOperator(
                weights: [taps], outputs: outputs.map { .init(first: $0 * ratio + ratio / 2 - radius, weights: 0) })
        }
        return AxisOperator.apply(rows: operation(rows), columns: operation(columns), to: pan, border: .replicate)
    }

    /// PAN reduced and enlarged.
    public func lowPass(_ pan: SceneWindow, region: PixelRegion) -> Image {
        let (height, width) = (
            Decimation.count(pan.sceneHeight, step: ratio), Decimation.count(pan.sceneWidth, step: ratio)
        )
        let coarse = self.pan.coarseRegion(for: region, height: height, width: width)
        let reduced = reduce(pan, rows: coarse.rows, columns: coarse.columns)
        return self.pan.apply(
            to: SceneWindow(reduced, region: coarse, sceneHeight: height, sceneWidth: width), region: region)
    }
}
