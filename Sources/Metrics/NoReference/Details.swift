import Sensors

extension SharpenedScene {
    /// Q between details of the bands and those of PAN, in sliding windows, values below 0 counted as 0; for the sharpened
    /// image on PAN's grid, and for the multispectral image on its own.
    func details(_ work: SceneWork) throws -> (sharp: Means, coarse: Means) {
        let bands = fused.bands
        func pair(_ image: any PixelReader, _ pan: any PixelReader) throws -> PairScene {
            try PairScene(
                reference: DetailReader(source: pan, lowPass: IdealReader(source: pan, ratio: ratio), bands: bands),
                fused: DetailReader(
                    source: image, lowPass: FilteredReader(source: image, filters: bandFilters), bands: bands),
                ratio: 1, peak: 1)
        }
        let first = firstPixel
        let coarsePAN = DecimatedReader(
            source: pan, filters: [panFilter], ratio: ratio,
            phases: [.init(row: first.row + ratio / 2, column: first.column + ratio / 2)], height: ms.height,
            width: ms.width)
        let sharp = PairStatistic.windows(side: DSF.side, clipsNegative: true)
        let coarse = PairStatistic.windows(side: DSF.coarseSide(ratio: ratio), clipsNegative: true)
        return (
            try work.sums(pair(fused, pan), [sharp]).means[sharp] ?? Means(channels: bands),
            try work.sums(pair(ms, coarsePAN), [coarse]).means[coarse] ?? Means(channels: bands)
        )
    }
}
