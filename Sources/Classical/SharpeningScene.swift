import Sensors

/// What is the same in every block of a scene that is sharpened: sizes, grids, filters.
///
/// PAN pixel (i, j) and multispectral sample (k, l) lie at the same place when i = r·k + r/2 + rowShift and
/// j = r·l + r/2 + columnShift (integer division). Without georeferencing both shifts are 0; with it they follow from the
/// two geotransforms and may be any real number.
public struct SharpeningScene: Sendable, Hashable {
    /// Rows of PAN.
    public let panHeight: Int
    /// Columns of PAN.
    public let panWidth: Int
    /// Rows of the multispectral image.
    public let msHeight: Int
    /// Columns of the multispectral image.
    public let msWidth: Int
    /// Bands of the multispectral image.
    public let bands: Int
    /// Bands of the sharp image: 1 for PAN.
    public let sharpBands: Int
    /// Size of a multispectral pixel in PAN pixels.
    public let ratio: Int
    /// What the interpolator finds beyond the multispectral image: symmetric for scenes, circular to compare with the
    /// reference implementation (whole images only).
    public let border: Border
    /// Name of the sensor.
    let sensorName: String
    /// The distinct filters of the bands.
    let filters: [SymmetricFilter]
    /// Which of ``filters`` is a band's.
    let filterOfBand: [Int]
    /// The filter of PAN's own MTF.
    let panFilter: SymmetricFilter
    /// LPfilterGauss.
    let gaussian: SymmetricFilter
    let upsampler: Upsampler
    let lowPass: PANLowPass
    let atrous: AtrousFilter
    let bicubic: BicubicLowPass
    let box: BoxFilter
    /// What squares the deviation of PAN is taken in.
    let deviationBox = BoxFilter(radius: 25)
    /// The pyramid whose last level has the multispectral image's size; nil where the ratio is no power of two.
    let pyramid: MorphologicalPyramid?
    /// The filters of ``Indusion``; nil where the ratio is no power of two.
    let induction: InductionScaling?
    /// How methods for multispectral images are changed for hyperspectral ones; nil to leave them as they are.
    public var hyperspectral: HyperspectralForm?

    /// A scene.
    ///
    /// - Parameters:
    ///   - panHeight: rows of PAN.
    ///   - panWidth: columns of PAN.
    ///   - msHeight: rows of the multispectral image.
    ///   - msWidth: columns of the multispectral image.
    ///   - bands: bands of the multispectral image.
    ///   - sharpBands: bands of the sharp image, 1 for PAN.
    ///   - sensor: gives the MTF gains; its first bands are the image's.
    ///   - ratio: size of a multispectral pixel in PAN pixels, 2 to 20.
    ///   - border: what lies beyond the multispectral image.
    ///   - rowShift: PAN pixels that multispectral samples lie further down than r·k + r/2.
    ///   - columnShift: PAN pixels that they lie further right.
    /// - Throws: ``ClassicalError`` when there is no such scene.
    public init(
        panHeight: Int, panWidth: Int, msHeight: Int, msWidth: Int, bands: Int, sharpBands: Int = 1, sensor: Sensor,
        ratio: Int, border: Border = .symmetric, rowShift: Double = 0, columnShift: Double = 0
    ) throws(ClassicalError) {
        guard (2...20).contains(ratio) else { throw .ratio(ratio) }
        guard min(msHeight, msWidth, bands, sharpBands) > 0, min(panHeight, panWidth) > ratio / 2 else {
            throw .empty(pan: "\(panHeight) × \(panWidth)", ms: "\(bands) × \(msHeight) × \(msWidth)")
        }
        guard sensor.bands.count >= bands else {
            throw .sensorBands(sensor: sensor.name, gains: sensor.bands.count, bands: bands)
        }
        let overlap = [(rowShift, msHeight, panHeight), (columnShift, msWidth, panWidth)].allSatisfy {
            (shift, coarse, fine) in shift < Double(fine) && shift + Double(ratio * coarse) > 0
        }
        guard overlap else { throw .noOverlap(rowShift: rowShift, columnShift: columnShift) }
        self.panHeight = panHeight
        self.panWidth = panWidth
        self.msHeight = msHeight
        self.msWidth = msWidth
        self.bands = bands
        self.sharpBands = sharpBands
        self.ratio = ratio
        self.border = border
        sensorName = sensor.name
        var gains: [Double] = []
        filterOfBand = sensor.mtfGains.prefix(bands).map { gain in
            if let known = gains.firstIndex(of: gain) { return known }
            gains.append(gain)
            return gains.count - 1
        }
        filters = gains.map { MTFFilter.taps(gain: $0, ratio: ratio) }
        gaussian = MTFFilter.gaussian(ratio: ratio)
        panFilter = MTFFilter.taps(gain: sensor.panchromatic.mtfGain, ratio: ratio)
        upsampler = Upsampler(ratio: ratio, border: border, rowShift: rowShift, columnShift: columnShift)
        lowPass = PANLowPass(filters: filters, ratio: ratio, border: border)
        atrous = AtrousFilter(ratio: ratio)
        bicubic = BicubicLowPass(ratio: ratio)
        box = BoxFilter(radius: ratio / 2)
        induction =
            ratio & (ratio - 1) == 0
            ? InductionScaling(ratio: ratio, border: border, rowShift: rowShift, columnShift: columnShift) : nil
        pyramid =
            ratio & (ratio - 1) == 0 ? MorphologicalPyramid(levels: ratio.trailingZeroBitCount) : nil
    }

    /// All PAN pixels.
    public var region: PixelRegion { PixelRegion(rows: 0..<panHeight, columns: 0..<panWidth) }

    /// Side of the blocks in which statistics are gathered, in PAN pixels; fixed, so that they do not depend on how a scene
    /// is read.
    public static let statisticsBlockSide = 256

    /// The blocks in which statistics are gathered, in the order in which they are merged.
    ///
    /// One block is the whole scene with a circular border, whose edges depend on the opposite ones.
    public var statisticsBlocks: [PixelRegion] { blocks(side: Self.statisticsBlockSide) }

    func blocks(side: Int) -> [PixelRegion] {
        if border == .circular { return [region] }
        return stride(from: 0, to: panHeight, by: side).flatMap { row in
            stride(from: 0, to: panWidth, by: side).map { column in
                PixelRegion(
                    rows: row..<min(row + side, panHeight), columns: column..<min(column + side, panWidth))
            }
        }
    }

    /// The PAN pixels that a block needs: its own and those that its filters reach.
    public func panRegion(for region: PixelRegion, ingredients: Ingredients) -> PixelRegion {
        let near = region.expanded(by: nearHalo(ingredients), height: panHeight, width: panWidth)
        guard !ingredients.isDisjoint(with: [.lowPassPAN, .widePAN]) else { return near }
        let far = lowPass.panRegion(for: region, height: panHeight, width: panWidth)
        return PixelRegion(
            rows: min(near.rows.lowerBound, far.rows.lowerBound)..<max(near.rows.upperBound, far.rows.upperBound),
            columns: min(
                near.columns.lowerBound, far.columns.lowerBound)..<max(
                    near.columns.upperBound, far.columns.upperBound))
    }

    /// The multispectral samples that a block needs.
    public func msRegion(for region: PixelRegion, ingredients: Ingredients = []) -> PixelRegion {
        upsampler.coarseRegion(for: bandRegion(for: region, ingredients: ingredients), height: msHeight, width: msWidth)
    }

    /// The PAN pixels to which a block's multispectral image is interpolated.
    func bandRegion(for region: PixelRegion, ingredients: Ingredients) -> PixelRegion {
        region.expanded(by: bandHalo(ingredients), height: panHeight, width: panWidth)
    }

    /// PAN pixels beyond a block that a method with these ingredients reads at most.
    public func panHalo(_ ingredients: Ingredients) -> Int {
        let near = nearHalo(ingredients)
        return ingredients.isDisjoint(with: [.lowPassPAN, .widePAN]) ? near : max(near, lowPass.reach)
    }

    /// Multispectral samples beyond a block that a method with these ingredients reads at most.
    public func msHalo(_ ingredients: Ingredients = []) -> Int {
        (upsampler.reach + bandHalo(ingredients) + ratio - 1) / ratio
    }

    /// The multispectral image interpolated to PAN pixels.
    func interpolate(_ ms: SceneWindow, to region: PixelRegion) -> Image {
        var result = upsampler.apply(to: ms, region: region)
        guard hyperspectral?.roundsInterpolated == true else { return result }
        for index in result.values.indices {
            result.values[index] = min(max(result.values[index].rounded(.toNearestOrEven), 0), 65536)
        }
        return result
    }

    /// PAN pixels around a block that all filters but P_L reach.
    private func nearHalo(_ ingredients: Ingredients) -> Int {
        let halos: [(Ingredients, Int)] = [
            (.gaussianPAN, MTFFilter.radius), (.coarseGrid, atrous.reach), (.coarseGaussian, MTFFilter.radius),
            (.atrousPAN, atrous.reach), (.boxPAN, box.radius), (.bicubicPAN, bicubic.reach),
            (.morphologicalPAN, pyramid?.reach ?? 0), (.deviationPAN, deviationBox.radius),
            (.reducedScale, MTFFilter.radius), (.guide, GFPCA.reach),
        ]
        return halos.reduce(0) { ingredients.contains($1.0) ? max($0, $1.1) : $0 }
    }

    /// Samples of bands around a block that preparing it takes, beyond those of the block itself.
    package func wideSamples(side: Int, ingredients: Ingredients) -> Int {
        let halo = bandHalo(ingredients)
        // The bands, and what a method makes of them.
        return halo == 0 ? 0 : 3 * bands * (side + 2 * halo) * (side + 2 * halo)
    }

    /// PAN pixels around a block to which the multispectral image is interpolated.
    func bandHalo(_ ingredients: Ingredients) -> Int {
        max(
            ingredients.contains(.reducedScale) ? ReducedScale.reach(ratio: ratio) : 0,
            ingredients.contains(.wideBands) ? bicubic.reach : 0,
            ingredients.contains(.guide) ? GFPCA.reach : 0)
    }
}
