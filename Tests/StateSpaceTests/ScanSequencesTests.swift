import StateSpace
import Testing
import Torch

@Suite("Maps along scan paths")
struct ScanSequencesTests {
    static let (height, width) = (3, 5)
    static let paths: [[ScanPath]] = [
        [.columnsReversed], ScanPath.bidirectional, CrossScan.fourDirections.paths, CrossScan.twoDirections.paths,
        [.windows(2), .windows(2, .columnsReversed)],
    ]

    private func scan(_ paths: [ScanPath]) throws -> ScanPaths {
        try ScanPaths(paths, height: Self.height, width: Self.width)
    }

    private func map(_ seed: UInt64, channelsLast: Bool) -> Tensor {
        let shape = [2, Self.height * Self.width, 4]
        let values = Tensor.normal(shape, generator: RandomGenerator(seed: seed)).to(.float64)
        return channelsLast ? values.transposed(1, 2) : values.transposed(1, 2).contiguous()
    }

    @Test("hold the pixel of each token, in both layouts", arguments: paths, [false, true])
    func sequences(paths: [ScanPath], channelsLast: Bool) throws {
        let scan = try scan(paths)
        let map = map(1, channelsLast: channelsLast)
        let sequences = try scan.sequences(of: map)
        #expect(sequences.shape == [2, paths.count, 4, 15])
        #expect((sequences.strides[2] == 1) == channelsLast)
        for (index, path) in paths.enumerated() {
            let pixels = try path.permutation(height: Self.height, width: Self.width).pixels.array(of: Int.self)
            for (token, pixel) in pixels.enumerated() {
                let found = sequences[.all, .at(index), .all, .at(token)].array(of: Double.self)
                #expect(found == map[.all, .all, .at(pixel)].array(of: Double.self))
            }
        }
    }

    @Test("are summed at the pixels that they came from", arguments: paths, [false, true])
    func merged(paths: [ScanPath], channelsLast: Bool) throws {
        let scan = try scan(paths)
        let map = map(2, channelsLast: channelsLast)
        let merged = try scan.merged(scan.sequences(of: map))
        #expect((merged.strides[1] == 1) == channelsLast)
        #expect(relativeDifference(merged, map * Double(paths.count)) < 1e-15)
    }

    @Test("have each other's gradient", arguments: paths, [false, true])
    func eachOther(paths: [ScanPath], channelsLast: Bool) throws {
        let scan = try scan(paths)
        try withGradients {
            let map = map(3, channelsLast: channelsLast)
            let weights = Tensor.normal([2, paths.count, 4, 15], generator: RandomGenerator(seed: 4)).to(.float64)
            map.setRequiresGradient()
            (try scan.sequences(of: map) * weights).sum().backward()
            #expect(relativeDifference(try #require(map.gradient), try scan.merged(weights)) < 1e-15)

            weights.setRequiresGradient()
            (try scan.merged(weights) * map.detached()).sum().backward()
            let expected = try scan.sequences(of: map.detached())
            #expect(relativeDifference(try #require(weights.gradient), expected) < 1e-15)
        }
    }

    @Test("have gradients of gradients")
    func secondGradients() throws {
        let scan = try scan(CrossScan.fourDirections.paths)
        try withGradients {
            let map = map(5, channelsLast: true).contiguous()
            map.setRequiresGradient()
            let merged = try scan.merged(scan.sequences(of: map).squared())
            let first = try #require(gradients(of: [merged.sum()], withRespectTo: [map], createGraph: true)[0])
            first.squared().sum().backward()
            // The sum is 4 x², its gradient 8 x, the sum of whose squares has the gradient 128 x.
            #expect(relativeDifference(try #require(map.gradient), map.detached() * 128) < 1e-14)
        }
    }

    @Test("give the scan along paths the orders that it sums")
    func selectiveScanAlongPaths() throws {
        let generator = RandomGenerator(seed: 6)
        func normal(_ shape: [Int]) -> Tensor { Tensor.normal(shape, generator: generator) }
        let paths = CrossScan.fourDirections.paths
        let scan = try scan(paths)
        let (d, n, length) = (3, 2, 15)
        let u = normal([2, d, length])
        let (delta, A) = (normal([2, 4 * d, length]), -normal([4 * d, n]).abs())
        let (B, C) = (normal([2, 4, n, length]), normal([2, 4, n, length]))
        let found = try selectiveScan(u, along: scan, delta: delta, A: A, B: B, C: C)
        var sequences: [Tensor] = []
        for (index, path) in paths.enumerated() {
            let one = try self.scan([path])
            func along(_ tensor: Tensor, _ start: Int, _ count: Int) throws -> Tensor {
                try one.sequences(of: tensor.narrowed(axis: 1, start: start, length: count))[.all, .at(0)]
            }
            func states(_ tensor: Tensor) throws -> Tensor {
                try one.sequences(of: tensor[.all, .at(index)])[.all, .at(0)]
            }
            sequences.append(
                try selectiveScan(
                    along(u, 0, d), delta: along(delta, index * d, d),
                    A: A.narrowed(axis: 0, start: index * d, length: d),
                    B: states(B), C: states(C)
                ).y)
        }
        #expect(relativeDifference(found.y, try scan.merged(.stacked(sequences, axis: 1))) < 1e-6)
    }

    @Test("must have the shape of the paths")
    func shapes() throws {
        let scan = try scan(ScanPath.bidirectional)
        func message(_ body: () throws(ScanPathError) -> Tensor) -> String {
            do throws(ScanPathError) {
                _ = try body()
                return "no error"
            } catch {
                return error.message
            }
        }
        #expect(
            message { () throws(ScanPathError) in try scan.sequences(of: .zeros([1, 2, 14])) }
                == "a map of shape [1, 2, 14]; it must be (B, D, 15).")
        #expect(
            message { () throws(ScanPathError) in try scan.sequences(of: .zeros([2, 15])) }
                .contains("shape [2, 15]"))
        #expect(
            message { () throws(ScanPathError) in try scan.merged(.zeros([1, 3, 2, 15])) }
                == "sequences of shape [1, 3, 2, 15]; they must be (B, 2, D, 15).")
    }

    @Test("follow explicit orders, which must be permutations of one length")
    func explicitPaths() throws {
        #expect(throws: ScanPathError.self) { try ScanPaths([[0, 1], [0]]) }
        #expect(throws: ScanPathError.self) { try ScanPaths([[0, 0]]) }
        #expect(throws: ScanPathError.self) { try ScanPaths([[0, 2]]) }
        #expect(throws: ScanPathError.self) { try ScanPaths([[Int]]()) }
        #expect(try ScanPaths([[1, 2, 0]]).positions.array() == [2, 0, 1])
    }
}
