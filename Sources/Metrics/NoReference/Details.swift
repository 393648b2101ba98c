import Sensors

extension SharpenedScene {
    /// Q between details of the multispectral image and those of PAN with its resolution, in sliding windows, values below 0
    /// counted as 0.
    func coarseDetails(_ work: SceneWork) throws -> Means {
        let first = firstPixel
        let coarsePAN = DecimatedReader(
            source: pan, filters: [panFilter], ratio: ratio,
            phases: [.init(row: first.row + ratio / 2, column: first.column + ratio / 2)], height: ms.height,
            width: ms.width)
        let windows = PairStatistic.windows(side: DSF.coarseSide(ratio: ratio), clipsNegative: true)
        let pair = try Self.details(
            of: ms, degraded: FilteredReader(source: ms, filters: bandFilters), pan: coarsePAN,
            lowPass: IdealReader(source: coarsePAN, ratio: ratio))
        return try work.sums(pair, [windows]).means[windows] ?? Means(channels: ms.bands)
    }

    /// Details of PAN, for each band once more, and those of an image.
    static func details(
        of image: any PixelReader, degraded: any PixelReader, pan: any PixelReader, lowPass: any PixelReader
    ) throws(MetricError) -> PairScene {
        try PairScene(
            reference: DetailReader(source: pan, lowPass: lowPass, bands: image.bands),
            fused: DetailReader(source: image, lowPass: degraded, bands: image.bands), ratio: 1, peak: 1)
    }
}
