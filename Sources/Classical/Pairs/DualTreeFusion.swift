import Sensors

/// Fusion of two images by their dual-tree complex wavelet transforms (Hill, Canagarajah, Bull 2002; Lewis et al. 2007): in each of six
/// directions at every scale the coefficient of the larger magnitude, the mean of what is left.
public struct DualTreeFusion: PairMethod {
    /// The name on the command line.
    public let name = "DTCWT"
    /// Its full name.
    public let title = "dual-tree complex wavelet transform"
    /// One line for people who choose.
    public let summary = "the stronger of the two in six directions at every scale, the mean of the coarsest"
    /// Who published it.
    public let source = "Lewis et al.: Pixel- and region-based image fusion with complex wavelets, Information Fusion 8(2), 2007"
    /// Parts that begin at such places have the same coefficients as the whole.
    public let sizeMultiple = 1 << DualTreeFusion.levels
    /// Bytes of memory for each pixel.
    public let bytesPerPixel = 96

    private static let levels = 4
    /// Mirrored pixels on each side, so that what a circle brings from the opposite edge stays outside.
    private static let margin = 32

    /// The method has no settings.
    public init() {}

    /// Beyond the range of the inputs near strong edges.
    public func fuse(_ first: [Float], _ second: [Float], height: Int, width: Int) -> [Float] {
        func grown(_ count: Int) -> Int {
            (count + 2 * Self.margin + sizeMultiple - 1) / sizeMultiple * sizeMultiple
        }
        let (rows, columns) = (grown(height), grown(width))
        let sourceRows = (0..<rows).map { Border.symmetric.index($0 - Self.margin, count: height) }
        let sourceColumns = (0..<columns).map { Border.symmetric.index($0 - Self.margin, count: width) }
        func transform(_ plane: [Float]) -> DualTree {
            let mirrored = sourceRows.flatMap { row in sourceColumns.map { plane[row * width + $0] } }
            return DualTree(mirrored, height: rows, width: columns, levels: Self.levels)
        }
        var fused = transform(first)
        fused.take(transform(second))
        let plane = fused.plane()
        return (Self.margin..<Self.margin + height).flatMap { row in
            plane[row * columns + Self.margin..<row * columns + Self.margin + width]
        }
    }
}

extension DualTree {
    /// Takes the coefficients of another plane where they are stronger, and half of both at the coarsest scale.
    fileprivate mutating func take(_ other: DualTree) {
        let (coarseRows, coarseColumns) = (height >> levels, width >> levels)
        for row in 0..<height {
            for column in 0..<width {
                let index = row * width + column
                if row < coarseRows && column < coarseColumns {
                    for tree in trees.indices { trees[tree][index] = (trees[tree][index] + other.trees[tree][index]) / 2 }
                    continue
                }
                // Two directions, each with a real and an imaginary part.
                let (one, two) = (directions(index), other.directions(index))
                let falling = one.falling.magnitude >= two.falling.magnitude ? one.falling : two.falling
                let rising = one.rising.magnitude >= two.rising.magnitude ? one.rising : two.rising
                trees[0][index] = (falling.real + rising.real) / 2
                trees[3][index] = (rising.real - falling.real) / 2
                trees[1][index] = (falling.imaginary - rising.imaginary) / 2
                trees[2][index] = (falling.imaginary + rising.imaginary) / 2
            }
        }
    }

    private struct Coefficient {
        let real: Float
        let imaginary: Float
        var magnitude: Float { real * real + imaginary * imaginary }
    }

    private func directions(_ index: Int) -> (falling: Coefficient, rising: Coefficient) {
        let (a, b, c, d) = (trees[0][index], trees[1][index], trees[2][index], trees[3][index])
        return (Coefficient(real: a - d, imaginary: b + c), Coefficient(real: a + d, imaginary: c - b))
    }
}
