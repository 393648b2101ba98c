import Classical
import Testing

@Suite("Laplacian pyramid") struct LaplacianPyramidTests {
    private func image(_ height: Int, _ width: Int, _ value: (Int, Int) -> Float) -> [Float] {
        (0..<height).flatMap { row in (0..<width).map { value(row, $0) } }
    }

    @Test("an image fused with itself is that image, at any size")
    func identity() {
        for (height, width) in [(1, 1), (1, 9), (2, 2), (7, 3), (33, 64), (65, 47)] {
            let picture = image(height, width) { Float(($0 * 31 + $1 * 17) % 23) / 23 }
            let fused = LaplacianPyramid().fuse(picture, picture, height: height, width: width)
            #expect(zip(fused, picture).allSatisfy { abs($0 - $1) < 1e-5 }, "\(height) × \(width)")
        }
    }

    @Test("the detail of either image is in the result, and the mean of their brightness")
    func detail() {
        // Stripes on the left of one, on the right of the other.
        let (height, width) = (64, 128)
        func stripes(_ row: Int, _ column: Int) -> Float { column % 4 < 2 ? 0.2 : -0.2 }
        let left = image(height, width) { 0.4 + ($1 < 48 ? stripes($0, $1) : 0) }
        let right = image(height, width) { 0.6 + ($1 >= 80 ? stripes($0, $1) : 0) }
        let fused = LaplacianPyramid().fuse(left, right, height: height, width: width)
        func contrast(_ columns: Range<Int>) -> Float {
            let line = fused[(32 * width + columns.lowerBound)..<(32 * width + columns.upperBound)]
            return (line.max() ?? 0) - (line.min() ?? 0)
        }
        #expect(contrast(12..<36) > 0.36 && contrast(92..<116) > 0.36)
        #expect(contrast(60..<68) < 0.06)
        #expect(abs(fused.reduce(0, +) / Float(fused.count) - 0.5) < 0.01)
    }

    @Test("which image comes first makes no difference where their details differ")
    func symmetry() {
        let (height, width) = (40, 56)
        let a = image(height, width) { Float(($0 * 7 + $1 * 13) % 29) / 29 }
        let b = image(height, width) { Float(($0 * 11 + $1 * 5) % 31) / 31 }
        let (there, back) = (
            LaplacianPyramid().fuse(a, b, height: height, width: width),
            LaplacianPyramid().fuse(b, a, height: height, width: width)
        )
        let differing = zip(there, back).filter { abs($0 - $1) > 1e-4 }.count
        #expect(differing < there.count / 100)
    }
}
