import StateSpace
import Testing
import Torch

@Suite("Skip-sampled paths")
struct SkipSampledPathsTests {
    static let sides = [1, 2, 3, 4, 5, 6, 7, 10]

    /// The tokens of one path as the specification's table says: phase of rows, phase of columns, and which runs faster.
    private func tokens(_ path: Int, _ height: Int, _ width: Int) -> [Int] {
        func pixel(_ row: Int, _ column: Int) -> Int { row < height && column < width ? row * width + column : -1 }
        let rows = Array(stride(from: path == 1 || path == 3 ? 1 : 0, to: height + height % 2, by: 2))
        let columns = Array(stride(from: path >= 2 ? 1 : 0, to: width + width % 2, by: 2))
        return path == 0 || path == 2
            ? rows.flatMap { row in columns.map { pixel(row, $0) } }
            : columns.flatMap { column in rows.map { pixel($0, column) } }
    }

    @Test("take each pixel once, in the order of the table", arguments: sides, sides)
    func order(height: Int, width: Int) throws {
        let paths = try SkipSampledPaths(height: height, width: width)
        let pixels = paths.pixels
        #expect(pixels.shape == [4, paths.length])
        #expect(pixels.array(of: Int.self) == (0..<4).flatMap { tokens($0, height, width) })
        #expect(pixels.array(of: Int.self).filter { $0 >= 0 }.sorted() == Array(0..<height * width))
    }

    @Test("bring a map there and back, with zeros beyond its edge", arguments: sides, sides)
    func roundTrip(height: Int, width: Int) throws {
        let paths = try SkipSampledPaths(height: height, width: width)
        let map = Tensor.normal([2, height, width, 3], generator: RandomGenerator(seed: 8))
        let tokens = try paths.tokens(of: map)
        #expect(tokens.shape == [2, 4, paths.length, 3])
        let flat = map.reshaped(2, -1, 3)
        for (place, pixel) in paths.pixels.array(of: Int.self).enumerated() {
            let token = tokens[.all, .at(place / paths.length), .at(place % paths.length)].array(of: Float.self)
            #expect(token == (pixel < 0 ? [Float](repeating: 0, count: 6) : flat[.all, .at(pixel)].array()))
        }
        #expect((try paths.map(of: tokens) .== map).all().item == 1)
    }

    @Test("are a view for the selective scan")
    func layout() throws {
        let tokens = try SkipSampledPaths(height: 5, width: 4).tokens(of: .ones([2, 5, 4, 3]))
        let operand = tokens.transposed(2, 3).flattened(from: 1, to: 2)
        #expect(operand.shape == [2, 12, 6])
        #expect(operand.sharesStorage(with: tokens))
        #expect(operand.strides == [72, 1, 12])
    }

    @Test("have each other's gradient, and none for zeros", arguments: [(4, 6), (5, 7), (1, 1), (1, 3), (2, 3)])
    func gradients(height: Int, width: Int) throws {
        let paths = try SkipSampledPaths(height: height, width: width)
        try withGradients {
            let generator = RandomGenerator(seed: 9)
            let map = Tensor.normal([2, height, width, 3], generator: generator)
            let weights = Tensor.normal([2, 4, paths.length, 3], generator: generator)
            map.setRequiresGradient()
            (try paths.tokens(of: map) * weights).sum().backward()
            #expect((try #require(map.gradient) .== paths.map(of: weights)).all().item == 1)
            weights.setRequiresGradient()
            (try paths.map(of: weights) * map.detached()).sum().backward()
            #expect((try #require(weights.gradient) .== paths.tokens(of: map.detached())).all().item == 1)
        }
    }

    @Test("refuse sizes that are none, and other shapes")
    func refusals() throws {
        #expect(throws: ScanPathError.self) { try SkipSampledPaths(height: 0, width: 4) }
        #expect(throws: ScanPathError.self) { try SkipSampledPaths(height: 4, width: -2) }
        #expect(throws: ScanPathError.self) { try SkipSampledPaths(height: Int.max, width: Int.max) }
        #expect(throws: ScanPathError.self) { try SkipSampledPaths(height: 1, width: Int(Int32.max)) }
        let paths = try SkipSampledPaths(height: 3, width: 4)
        #expect(throws: ScanPathError.self) { try paths.tokens(of: .zeros([1, 4, 4, 2])) }
        #expect(throws: ScanPathError.self) { try paths.map(of: .zeros([1, 4, 3, 2])) }
    }
}
