import Sensors

/// What is summed over PAN's grid in one pass.
struct FineSums: Sendable {
    var blocks: BlockRelations?
    var spectralConsistency: Means?
    /// Q of details of the sharpened image, of each band.
    var details: Means?

    mutating func merge(_ other: FineSums) {
        func merged(_ a: Means?, _ b: Means?) -> Means? {
            guard var sum = a, let b else { return a ?? b }
            sum.merge(b)
            return sum
        }
        if let part = other.blocks {
            var sum = blocks ?? BlockRelations(bands: part.bands)
            sum.means.merge(part.means)
            blocks = sum
        }
        spectralConsistency = merged(spectralConsistency, other.spectralConsistency)
        details = merged(details, other.details)
    }
}

/// The images on PAN's grid that statistics compare.
private struct FineImages: Sendable {
    var fused: any PixelReader
    let pan: any PixelReader
    /// The multispectral image on PAN's grid.
    var interpolated: any PixelReader
    /// PAN with the resolution of the multispectral image.
    let lowPassPAN: any PixelReader
    /// PAN without its details.
    let idealPAN: any PixelReader
    /// The sharpened image with the resolution of the multispectral image.
    var degraded: any PixelReader
    private let filtered: FilteredReader

    private static let blocks = PairStatistic.levelledBlocks(side: Q2n.side)
    private static let windows = PairStatistic.windows(side: DSF.side, clipsNegative: true)

    init(_ scene: SharpenedScene) {
        (fused, pan, interpolated, lowPassPAN) = (scene.fused, scene.pan, scene.interpolated, scene.lowPassPAN)
        idealPAN = IdealReader(source: scene.pan, ratio: scene.ratio)
        filtered = FilteredReader(source: scene.fused, filters: scene.bandFilters)
        degraded = filtered
    }

    /// The same, of which what several statistics of a region need is in memory.
    func held(_ region: PixelRegion, for statistics: Set<SceneStatistic>) throws -> FineImages {
        var images = self
        func area(_ pairs: Set<PairStatistic>) -> PixelRegion {
            PairTile.area(of: region, for: pairs, height: fused.height, width: fused.width)
        }
        let isFiltered = statistics.contains(.spectralConsistency) || statistics.contains(.details)
        if isFiltered {
            let degradedArea = area(statistics.contains(.details) ? [Self.blocks, Self.windows] : [Self.blocks])
            images.fused = try HeldReader(
                fused, area: degradedArea.expanded(by: filtered.radius, height: fused.height, width: fused.width))
            images.degraded = filtered.reading(images.fused)
            if statistics.isSuperset(of: [.spectralConsistency, .details]) {
                images.degraded = try HeldReader(images.degraded, area: degradedArea)
            }
        }
        if statistics.isSuperset(of: [.spectralConsistency, .blocks]) {
            images.interpolated = try HeldReader(interpolated, area: area([Self.blocks]))
        }
        return images
    }

    func sums(_ statistics: Set<SceneStatistic>, in region: PixelRegion) throws -> FineSums {
        var sums = FineSums()
        if statistics.contains(.blocks) { sums.blocks = try blockRelations(region) }
        if statistics.contains(.spectralConsistency) {
            let pair = try PairScene(reference: interpolated, fused: degraded, ratio: 1, peak: 1)
            sums.spectralConsistency = try means(Self.blocks, of: pair, in: region)
        }
        if statistics.contains(.details) {
            let pair = try SharpenedScene.details(of: fused, degraded: degraded, pan: pan, lowPass: idealPAN)
            sums.details = try means(Self.windows, of: pair, in: region)
        }
        return sums
    }

    private func means(_ statistic: PairStatistic, of pair: PairScene, in region: PixelRegion) throws -> Means? {
        PairSums(pair, try PairTile(pair, region: region, for: [statistic]), [statistic]).means[statistic]
    }

    private func blockRelations(_ region: PixelRegion) throws -> BlockRelations {
        let whole = BlockRelations.wholeBlocks(of: region)
        let empty = BlockRelations(bands: fused.bands)
        guard whole.pixels > 0 else { return empty }
        return empty.measure(try [fused, pan, interpolated, lowPassPAN].map { try $0.read(whole) }, whole)
    }
}

extension SharpenedScene {
    /// Statistics of the images on PAN's grid in one pass: what several of them need is filtered and interpolated once.
    func fineSums(_ statistics: Set<SceneStatistic>, _ work: SceneWork) throws -> FineSums {
        let images = FineImages(self)
        return try SceneTiles(height: fused.height, width: fused.width, bands: fused.bands).reduce(
            into: FineSums(), threads: work.threads, progress: { try work.progress($0 * statistics.count) },
            merge: { $0.merge($1) },
            measure: { region in try images.held(region, for: statistics).sums(statistics, in: region) })
    }
}
