/// Fusion of two images by their Laplacian pyramids (Burt, Adelson 1983; Burt, Kolczynski 1993, without a window): at every
/// scale and pixel the detail of the larger absolute value is taken, and the mean of what is left.
///
/// It needs no training and is what fused images are usually compared with first.
public struct LaplacianPyramid: PairMethod {
    /// The name on the command line.
    public let name = "LP"
    /// Its full name.
    public let title = "Laplacian pyramid"
    /// One line for people who choose.
    public let summary = "the stronger detail of the two at every scale of a pyramid, the mean of the rest"
    /// Who published it.
    public let source = "Burt, Adelson: The Laplacian Pyramid as a Compact Image Code, IEEE TCOM 31, 1983"
    /// Parts that begin at such places have the same pyramid as the whole.
    public let sizeMultiple = 1 << LaplacianPyramid.levels
    /// Bytes of memory for each pixel.
    public let bytesPerPixel = 96

    /// Scales of detail, at most.
    private static let levels = 5

    /// The method has no settings.
    public init() {}

    /// Rarely a little beyond the range of the inputs.
    public func fuse(_ first: [Float], _ second: [Float], height: Int, width: Int) -> [Float] {
        Self.fuse(
            Plane(height: height, width: width, values: first), Plane(height: height, width: width, values: second),
            levels: Self.levels
        ).values
    }

    private static func fuse(_ first: Plane, _ second: Plane, levels: Int) -> Plane {
        guard levels > 0, min(first.height, first.width) > 1 else {
            return first.combined(with: second) { ($0 + $1) / 2 }
        }
        let (coarse, otherCoarse) = (first.halved(), second.halved())
        let detail = first.combined(with: coarse.doubled(height: first.height, width: first.width), -)
        let otherDetail = second.combined(with: otherCoarse.doubled(height: first.height, width: first.width), -)
        let chosen = detail.combined(with: otherDetail) { abs($0) >= abs($1) ? $0 : $1 }
        return fuse(coarse, otherCoarse, levels: levels - 1)
            .doubled(height: first.height, width: first.width).combined(with: chosen, +)
    }
}

/// One scale of one image.
private struct Plane {
    let height: Int
    let width: Int
    var values: [Float]

    func combined(with other: Plane, _ body: (Float, Float) -> Float) -> Plane {
        var result = self
        for index in values.indices { result.values[index] = body(values[index], other.values[index]) }
        return result
    }

    /// Low pass with the kernel (1, 4, 6, 4, 1)/16 along both axes, and every second sample.
    func halved() -> Plane {
        transposedAndHalved().transposedAndHalved()
    }

    /// Samples between the samples, by the same kernel.
    func doubled(height: Int, width: Int) -> Plane {
        transposedAndDoubled(width).transposedAndDoubled(height)
    }

    /// Every second column, low-passed along the row; rows become columns.
    private func transposedAndHalved() -> Plane {
        let count = (width + 1) / 2
        var result = Plane(height: count, width: height, values: [Float](repeating: 0, count: count * height))
        let taps = (0..<count).map { column in (-2...2).map { mirrored(2 * column + $0) } }
        for row in 0..<height {
            for (column, at) in taps.enumerated() {
                func sample(_ tap: Int) -> Float { values[row * width + at[tap]] }
                let sum = sample(0) + sample(4) + 4 * (sample(1) + sample(3)) + 6 * sample(2)
                result.values[column * height + row] = sum / 16
            }
        }
        return result
    }

    /// `count` columns from half as many; rows become columns.
    private func transposedAndDoubled(_ count: Int) -> Plane {
        var result = Plane(height: count, width: height, values: [Float](repeating: 0, count: count * height))
        for row in 0..<height {
            for column in 0..<count {
                func sample(_ index: Int) -> Float { values[row * width + min(max(index, 0), width - 1)] }
                let middle = column / 2
                result.values[column * height + row] =
                    column % 2 == 0
                    ? (sample(middle - 1) + 6 * sample(middle) + sample(middle + 1)) / 8
                    : (sample(middle) + sample(middle + 1)) / 2
            }
        }
        return result
    }

    /// The column that stands for one beyond the edge.
    private func mirrored(_ column: Int) -> Int {
        let inside = column < 0 ? -column : column >= width ? 2 * (width - 1) - column : column
        return min(max(inside, 0), width - 1)
    }
}
