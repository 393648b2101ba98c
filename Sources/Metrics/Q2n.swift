import Sensors

/// The quality index for images of any number of bands (Q4, Q8, …), mean over blocks of 32 × 32.
///
/// Each pixel is a hypercomplex number of 2^n components; zero bands fill up. Correlation, bias of means and contrast are
/// judged jointly. As in the DLPan toolbox both images are rounded to 16 bits and saturated first, bands are scaled by mean and
/// deviation of the reference in the block, and sides that 32 does not divide are continued by their mirror image. Blocks
/// with a masked pixel are left out. Identical images give 1; where the reference is constant in a block and the fused
/// image another constant, however near, the block gives about 0: differences count by the deviation of the reference.
public struct Q2n: ReferenceMetric {
    /// Short name.
    public let name = "Q2n"
    /// Full name.
    public let title = "hypercomplex quality index"
    /// A plain number.
    public let unit = ""
    /// Blocks and rounding.
    public let variant = "blocks of 32 × 32, 16-bit samples"
    /// Origin.
    public let source = "Garzelli, Nencini, IEEE GRSL 6(4), 2009"
    /// Larger is better.
    public let higherIsBetter = true
    /// 0 to 1.
    public let range = 0.0...1

    /// Rows and columns of a block.
    static let side = 32
    private let side: Int

    /// The metric with the blocks of the toolbox.
    public init() { self.init(side: Self.side) }

    /// The metric with other blocks, such as golden files of small images have.
    ///
    /// - Parameter side: a power of two, 4 to 128.
    package init(side: Int) {
        precondition(side & (side - 1) == 0 && (4...128).contains(side), "blocks of \(side)")
        self.side = side
    }

    /// Blocks.
    public func statistics(of scene: PairScene) -> [PairStatistic] { [.blocks(side: side)] }

    /// The index.
    public func value(of sums: PairSums) throws(MetricError) -> MetricValue {
        try sums.requireSide(side / 2, for: name)
        return MetricValue(try sums.means(.blocks(side: side), for: name)[0])
    }

    /// The index of each block, (1, ⌈H/32⌉, ⌈W/32⌉); NaN for blocks with a masked pixel.
    public func map(_ pair: ImagePair) throws(MetricError) -> Image {
        let (height, width) = (pair.reference.height, pair.reference.width)
        try pair.requireSide(side / 2, for: name)
        var result = Image(bands: 1, height: (height + side - 1) / side, width: (width + side - 1) / side)
        let scene = PairScene(pair)
        try withMetricErrors {
            for region in SceneTiles(height: height, width: width, bands: pair.reference.bands).regions {
                result.paste(
                    Self.map(try PairTile(scene, region: region, for: [.blocks(side: side)]), side: side),
                    row: region.rows.lowerBound / side,
                    column: region.columns.lowerBound / side)
            }
        }
        return result
    }

    /// The mean of a tile's blocks.
    ///
    /// - Parameter comparesLevels: see ``map(_:side:comparesLevels:)``.
    static func sums(_ tile: PairTile, side: Int, comparesLevels: Bool = false) -> Means {
        var means = Means(channels: 1)
        // The mirror image must be long enough to fill the last block.
        guard min(tile.height, tile.width) >= side / 2 else { return means }
        for value in map(tile, side: side, comparesLevels: comparesLevels).values where !value.isNaN {
            means.sums[0] += value
            means.count += 1
        }
        return means
    }

    /// The index of each block of a tile; NaN for blocks with an unknown pixel.
    ///
    /// - Parameter comparesLevels: whether a block that is constant in both images is judged by how near their levels are.
    static func map(_ tile: PairTile, side: Int = Q2n.side, comparesLevels: Bool = false) -> Image {
        let rows = (tile.region.rows.count + side - 1) / side
        let columns = (tile.region.columns.count + side - 1) / side
        var result = Image(bands: 1, height: rows, width: columns, repeating: .nan)
        var block = Q2nBlock(bands: tile.reference.bands, side: side, comparesLevels: comparesLevels)
        for row in 0..<rows {
            let top = tile.region.rows.lowerBound + row * side
            let rowIndices = indices(top, side: side, count: tile.height)
            for column in 0..<columns {
                let left = tile.region.columns.lowerBound + column * side
                let columnIndices = indices(left, side: side, count: tile.width)
                if tile.unknown != nil,
                    tile.isUnknown(
                        rows: (rowIndices.min() ?? 0)..<(rowIndices.max() ?? 0) + 1,
                        columns: (columnIndices.min() ?? 0)..<(columnIndices.max() ?? 0) + 1)
                {
                    continue
                }
                result[0, row, column] = block.index(
                    tile, rows: rowIndices.map { $0 - tile.area.rows.lowerBound },
                    columns: columnIndices.map { $0 - tile.area.columns.lowerBound })
            }
        }
        return result
    }

    /// The pixels of a block along an axis, those beyond the image replaced by their mirror image.
    private static func indices(_ start: Int, side: Int, count: Int) -> [Int] {
        (start..<start + side).map { Border.symmetric.index($0, count: count) }
    }
}
