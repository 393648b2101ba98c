import Sensors

/// Band-dependent spatial detail: what a band lacks is a combination of all bands and PAN, found at reduced scale.
///
/// With both images at a resolution lower by the ratio (``ReducedScale``), γ_k = least squares of A_k − A'_k on
/// [A'_1 … A'_B, p] without intercept; F_k = M_k + [M_1 … M_B, P]·γ_k. Either of the whole scene, or in squares ("BDSD-64").
///
/// Squares whose side does not divide the scene: there are as many as the length divided by the side, rounded, at least one,
/// and the last one of a row or column ends with the scene. So it has between half and one and a half times the side.
///
/// Squares are fitted each for itself and not blended, as in the DLPan toolbox, so their edges can be seen, and a square with
/// little contrast has wild coefficients. On the full scene of WorldView-2 the toolbox's own HQNR is 0.34 by squares of 64,
/// 0.70 for the whole scene and 0.87 for ``EXP``; at reduced resolution squares are worse than the whole scene as well.
public struct BDSD: ClassicalMethod {
    /// The name in the literature, with the side of a square.
    public var name: String { blockSide.map { "BDSD-\($0)" } ?? "BDSD" }
    /// What it does.
    public var summary: String {
        "component substitution: the detail of each band is fitted at reduced scale, "
            + (blockSide.map { "in blocks of \($0) × \($0) pixels, whose edges may show" } ?? "for the whole scene")
    }
    /// Who published it.
    public let source = "Garzelli, Nencini, Capobianco, IEEE TGRS 46(1), 2008"
    /// Side of a square in PAN pixels; the whole scene when nil.
    public let blockSide: Int?

    /// The method.
    ///
    /// - Parameter blockSide: side of a square in PAN pixels, at least 1; the whole scene when nil.
    public init(blockSide: Int? = nil) {
        precondition(blockSide.map { $0 > 0 } ?? true, "blocks of \(blockSide ?? 0) pixels")
        self.blockSide = blockSide
    }

    /// Measures products of bands and PAN at reduced scale.
    public func start(on scene: SharpeningScene) throws(ClassicalError) -> FittingStep {
        let blocks = BlockGrid(of: scene, side: blockSide)
        let moments = DetailRegression.moments(of: scene, groups: blocks.count) { block in
            let coarse = scene.coarseRegion(of: block.region)
            let centre = scene.ratio / 2
            return coarse.rows.flatMap { row in
                coarse.columns.map { column in
                    Int32(blocks.index(row: row * scene.ratio + centre, column: column * scene.ratio + centre))
                }
            }
        }
        return .pass(
            ScenePass(moments) { (moments) throws(ClassicalError) in
                try moments.validate()
                let regressions = (0..<blocks.count).map { DetailRegression(moments.group($0), bands: scene.bands) }
                let coefficients: [FittedMethod.Coefficients] =
                    blocks.count > 1 ? [] : [.init(name: "gain of PAN", values: regressions[0].panGains)]
                return .fitted(
                    FittedMethod(coefficients: coefficients) { block in
                        var result = block.interpolated
                        for (part, index) in blocks.parts(of: block.region) {
                            regressions[index].inject(into: &result, of: block, part: part)
                        }
                        return result
                    })
            })
    }
}

/// Squares that a scene is divided into.
private struct BlockGrid: Sendable {
    private let side: Int
    private let rows: Int
    private let columns: Int

    init(of scene: SharpeningScene, side: Int?) {
        guard let side else {
            (self.side, rows, columns) = (Int.max, 1, 1)
            return
        }
        func count(_ length: Int) -> Int { max(1, (2 * length + side) / (2 * side)) }
        (self.side, rows, columns) = (side, count(scene.panHeight), count(scene.panWidth))
    }

    var count: Int { rows * columns }

    func index(row: Int, column: Int) -> Int {
        min(row / side, rows - 1) * columns + min(column / side, columns - 1)
    }

    /// The parts of a region that lie in one square each.
    func parts(of region: PixelRegion) -> [(part: PixelRegion, index: Int)] {
        func cuts(_ range: Range<Int>, _ count: Int) -> [Range<Int>] {
            var parts: [Range<Int>] = []
            var start = range.lowerBound
            while start < range.upperBound {
                let square = min(start / side, count - 1)
                let end = square == count - 1 ? range.upperBound : min(range.upperBound, (square + 1) * side)
                parts.append(start..<end)
                start = end
            }
            return parts
        }
        return cuts(region.rows, rows).flatMap { rows in
            cuts(region.columns, columns).map { columns in
                (
                    PixelRegion(rows: rows, columns: columns),
                    index(row: rows.lowerBound, column: columns.lowerBound)
                )
            }
        }
    }
}
