import Classical
import Testing

@Suite("Methods that fuse two pictures") struct PairMethodTests {
    private static let names = PairMethods.all.map(\.name)

    private func method(_ name: String) throws -> any PairMethod { try #require(PairMethods.named(name)) }

    private func image(_ height: Int, _ width: Int, _ value: (Int, Int) -> Float) -> [Float] {
        (0..<height).flatMap { row in (0..<width).map { value(row, $0) } }
    }

    @Test("an image fused with itself is that image, at any size", arguments: names)
    func identity(name: String) throws {
        let method = try method(name)
        for (height, width) in [(1, 1), (1, 9), (2, 2), (7, 3), (33, 64), (65, 47)] {
            let picture = image(height, width) { Float(($0 * 31 + $1 * 17) % 23) / 23 }
            let fused = method.fuse(picture, picture, height: height, width: width)
            let error = zip(fused, picture).map { abs($0 - $1) }.max() ?? 1
            #expect(fused.count == picture.count && error < 1e-4, "\(height) × \(width): \(error)")
        }
    }

    @Test("the detail of either image is in the result", arguments: names.filter { $0 != "average" })
    func detail(name: String) throws {
        // Stripes on the left of one, on the right of the other.
        let (height, width) = (64, 192)
        func stripes(_ column: Int) -> Float { column % 4 < 2 ? 0.2 : -0.2 }
        let left = image(height, width) { 0.5 + ($1 < 64 ? stripes($1) : 0) }
        let right = image(height, width) { 0.5 + ($1 >= 128 ? stripes($1) : 0) }
        let fused = try method(name).fuse(left, right, height: height, width: width)
        func contrast(_ columns: Range<Int>) -> Float {
            let line = fused[(32 * width + columns.lowerBound)..<(32 * width + columns.upperBound)]
            return (line.max() ?? 0) - (line.min() ?? 0)
        }
        // The brighter of both shows half of the stripes.
        let expected: Float = name == "maximum" ? 0.19 : 0.36
        #expect(contrast(16..<40) > expected && contrast(152..<176) > expected)
        #expect(contrast(92..<100) < 0.06)
    }

    @Test("constant images give a constant between them", arguments: names)
    func constant(name: String) throws {
        let (dark, bright) = ([Float](repeating: 0.2, count: 40 * 50), [Float](repeating: 0.6, count: 40 * 50))
        let fused = try method(name).fuse(dark, bright, height: 40, width: 50)
        let (low, high) = (fused.min() ?? 0, fused.max() ?? 1)
        #expect(high - low < 1e-4 && low > 0.1999 && high < 0.6001)
    }

    @Test("the dual tree hardly minds where a pattern lies, the wavelet transform does")
    func shiftInvariance() throws {
        func changes(_ name: String) throws -> Float {
            let (height, width) = (96, 96)
            func fused(_ shift: Int) throws -> [Float] {
                let a = image(height, width) { $1 + shift > 47 + $0 / 7 ? 0.8 : 0.2 }
                let b = image(height, width) { row, _ in row > 50 ? 0.7 : 0.3 }
                return try method(name).fuse(a, b, height: height, width: width)
            }
            // The edge of one picture, moved by one pixel, and moved back in the result.
            let (still, moved) = (try fused(0), try fused(1))
            var change: Float = 0
            for row in 20..<44 {
                for column in 30..<66 {
                    let difference = still[row * width + column] - moved[row * width + column - 1]
                    change += difference * difference
                }
            }
            return change
        }
        let (tree, wavelet) = (try changes("DTCWT"), try changes("DWT"))
        #expect(tree < wavelet / 2, "\(tree) and \(wavelet)")
    }
}
