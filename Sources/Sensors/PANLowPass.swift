/// PAN at the resolution of the multispectral bands: P_L = U(D(G ∗ P)).
///
/// G is the MTF filter of a band, D nearest decimation, U the interpolator. Bands of equal gain share a result.
public struct PANLowPass: Sendable, Hashable {
    /// Size of a coarse pixel in PAN pixels.
    public let ratio: Int
    private let filters: [SymmetricFilter]
    private let upsampler: Upsampler

    /// A low pass for filters of the bands.
    ///
    /// - Parameters:
    ///   - filters: one filter for each result.
    ///   - border: the interpolator's border; the filters' border is replicate.
    public init(filters: [SymmetricFilter], ratio: Int, border: Border) {
        self.filters = filters
        self.ratio = ratio
        upsampler = Upsampler(ratio: ratio, border: border)
    }

    /// PAN pixels around a pixel that its result depends on.
    public var reach: Int { upsampler.reach + (filters.map(\.radius).max() ?? 0) }

    private func coarseRegion(for region: PixelRegion, height: Int, width: Int) -> PixelRegion {
        upsampler.coarseRegion(
            for: region, height: Decimation.count(height, step: ratio), width: Decimation.count(width, step: ratio))
    }

    /// The PAN pixels that a region of the result needs, inside a scene of given size.
    public func panRegion(for region: PixelRegion, height: Int, width: Int) -> PixelRegion {
        let coarse = coarseRegion(for: region, height: height, width: width)
        let radius = filters.map(\.radius).max() ?? 0
        func fine(_ range: Range<Int>, count: Int) -> Range<Int> {
            guard !range.isEmpty else { return 0..<0 }
            let centres = range.lowerBound * ratio + ratio / 2...(range.upperBound - 1) * ratio + ratio / 2
            return max(0, centres.lowerBound - radius)..<min(count, centres.upperBound + radius + 1)
        }
        return PixelRegion(rows: fine(coarse.rows, count: height), columns: fine(coarse.columns, count: width))
    }

    /// The result in a region.
    ///
    /// - Parameters:
    ///   - pan: one band, at least ``panRegion(for:height:width:)`` of the scene.
    ///   - region: PAN pixels wanted.
    /// - Returns: (filters, rows, columns).
    public func apply(to pan: SceneWindow, region: PixelRegion) -> Image {
        let coarse = coarseRegion(for: region, height: pan.sceneHeight, width: pan.sceneWidth)
        let reduced = SymmetricFilter.apply(
            filters, to: pan, step: ratio, rows: coarse.rows, columns: coarse.columns)
        let window = SceneWindow(
            reduced, region: coarse, sceneHeight: Decimation.count(pan.sceneHeight, step: ratio),
            sceneWidth: Decimation.count(pan.sceneWidth, step: ratio))
        return upsampler.apply(to: window, region: region)
    }
}
