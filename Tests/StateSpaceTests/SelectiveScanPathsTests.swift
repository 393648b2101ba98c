import StateSpace
import Testing
import Torch

/// The operands of a scan along paths, in double precision with values that float32 holds exactly.
struct PathsCase: CustomStringConvertible, Sendable {
    var batches = 2
    var channels = 5
    var paths = 3
    var groupsOfPath = 1
    var states = 4
    var length = 37
    var hasOptions = true
    var isChannelsLast = true

    var description: String {
        "B\(batches) D\(channels) K\(paths) G\(groupsOfPath)·K N\(states) L\(length)"
            + "\(isChannelsLast ? " channels last" : "")\(hasOptions ? "" : " bare")"
    }

    /// u, delta, A, B, C and, with options, D, deltaBias, initialState.
    func operands(_ dtype: DType = .float64) -> [Tensor] {
        let generator = RandomGenerator(seed: 5)
        func normal(_ shape: [Int]) -> Tensor { Tensor.normal(shape, generator: generator).to(dtype) }
        func sequence(_ channels: Int) -> Tensor {
            isChannelsLast
                ? normal([batches, length, channels]).transposed(1, 2) : normal([batches, channels, length])
        }
        func stateInput() -> Tensor {
            sequence(paths * groupsOfPath * states).unflattened(axis: 1, sizes: [paths * groupsOfPath, states])
        }
        let all = paths * channels
        let tensors = [
            sequence(channels), sequence(all), -normal([all, states]).abs() - 0.1, stateInput(), stateInput(),
        ]
        return hasOptions ? tensors + [normal([all]), normal([all]), normal([batches, all, states])] : tensors
    }

    /// Rows, rows backwards, then orders that differ from it by a permutation.
    func scanPaths() throws -> ScanPaths {
        let factor = [2, 3, 5, 7].first { length % $0 != 0 } ?? 1
        return try ScanPaths(
            (0..<paths).map { path in
                switch path {
                case 0: Array(0..<length)
                case 1: (0..<length).reversed()
                default: (0..<length).map { ($0 * factor + path) % length }
                }
            })
    }

    func run(_ operands: [Tensor]) throws -> [Tensor] {
        let result = try selectiveScan(
            operands[0], along: scanPaths(), delta: operands[1], A: operands[2], B: operands[3], C: operands[4],
            D: hasOptions ? operands[5] : nil, deltaBias: hasOptions ? operands[6] : nil,
            initialState: hasOptions ? operands[7] : nil)
        return [result.y, result.lastState]
    }

    /// The gradients of a sum of both results with fixed weights.
    func gradients(_ operands: [Tensor]) throws -> [Tensor] {
        let leaves = operands.map { operand in
            let leaf = operand.detached()
            leaf.setRequiresGradient()
            return leaf
        }
        let generator = RandomGenerator(seed: 77)
        let sum = try run(leaves).map { output in
            (output * Tensor.uniform(output.shape, low: 0.5, high: 1.5, generator: generator).to(output.dtype)).sum()
        }.reduce(Tensor(0.0, dtype: operands[0].dtype)) { $0 + $1 }
        return try Torch.gradients(of: sum, withRespectTo: leaves).map { try #require($0) }
    }
}

@Suite("Selective scan along paths over one map", .serialized)
struct SelectiveScanPathsTests {
    static let cases: [PathsCase] = [true, false].flatMap { isChannelsLast in
        (1...5).flatMap { paths in
            [
                PathsCase(paths: paths, isChannelsLast: isChannelsLast),
                PathsCase(channels: 6, paths: paths, groupsOfPath: 3, length: 64, isChannelsLast: isChannelsLast),
                PathsCase(
                    batches: 1, channels: 17, paths: paths, states: 16, length: 35, hasOptions: false,
                    isChannelsLast: isChannelsLast),
            ]
        }
    }

    @Test(
        "in float32, by the kernel, agrees with copies in double precision, and so do its gradients", arguments: cases)
    func agrees(problem: PathsCase) throws {
        try withTorchErrors {
            let expected = try problem.run(problem.operands())
            let found = try problem.run(problem.operands(.float32))
            for (found, expected) in zip(found, expected) {
                #expect(found.dtype == .float32 && found.shape == expected.shape)
                #expect(relativeDifference(found, expected) < 5e-6)
            }
            let expectedGradients = try problem.gradients(problem.operands())
            let gradients = try problem.gradients(problem.operands(.float32))
            for (index, pair) in zip(gradients, expectedGradients).enumerated() {
                #expect(relativeDifference(pair.0, pair.1) < 2e-5, "operand \(index)")
            }
        }
    }

    @Test("is the sum of single scans, each in the order of its path")
    func sumOfScans() throws {
        try withTorchErrors {
            let problem = PathsCase()
            let operands = problem.operands(.float32)
            let paths = try problem.scanPaths()
            var sum = [Double](repeating: 0, count: problem.batches * problem.channels * problem.length)
            for path in 0..<problem.paths {
                func own(_ tensor: Tensor, _ axis: Int) -> Tensor {
                    let size = tensor.size(axis) / problem.paths
                    return tensor.narrowed(axis: axis, start: path * size, length: size)
                }
                let pixels = paths.pixels[.at(path)].array(of: Int32.self).map { Int($0) }
                func inOrder(_ tensor: Tensor) -> Tensor {
                    Tensor.stacked(
                        pixels.map { tensor.narrowed(axis: -1, start: $0, length: 1).squeezed(-1) }, axis: -1)
                }
                let y = try selectiveScan(
                    inOrder(operands[0]), delta: inOrder(own(operands[1], 1)), A: own(operands[2], 0),
                    B: inOrder(own(operands[3], 1)), C: inOrder(own(operands[4], 1)), D: own(operands[5], 0),
                    deltaBias: own(operands[6], 0), initialState: own(operands[7], 1)
                ).y.array(of: Double.self)
                for (index, value) in y.enumerated() {
                    sum[index / problem.length * problem.length + pixels[index % problem.length]] += value
                }
            }
            let y = try problem.run(operands)[0]
            #expect(relativeDifference(y, Tensor(sum, shape: y.shape)) < 1e-6)
        }
    }

    @Test("has the same bits on one thread and on two, which take paths side by side")
    func threads() throws {
        let before = TorchLibrary.threads
        defer { TorchLibrary.threads = before }
        try withTorchErrors {
            let problem = PathsCase(batches: 1, channels: 3, paths: 4)
            let results = try [1, 2].map { threads in
                TorchLibrary.threads = threads
                let operands = problem.operands(.float32)
                return (try problem.run(operands) + problem.gradients(operands)).map { $0.array(of: Float.self) }
            }
            #expect(results[0] == results[1])
        }
    }

    @Test("says which shapes don't fit the paths")
    func shapes() throws {
        #expect(try message(0, [2, 5, 36]).contains("the paths have 37 tokens, but u has 36 pixels."))
        #expect(try message(1, [2, 5, 37]) == "selective scan: delta has shape [2, 5, 37], not [2, 15, 37].")
        #expect(try message(2, [5, 4]) == "selective scan: A has shape [5, 4], not [15, 4].")
        #expect(try message(3, [2, 4, 37]).contains("B has shape [2, 4, 37]; along paths it is (B, G, N, L)."))
        #expect(try message(3, [2, 5, 4, 37]).contains("B has 5 groups; they must be a multiple of the 3 paths."))
    }

    /// What a scan says whose operand of that index has another shape.
    private func message(_ index: Int, _ shape: [Int]) throws -> String {
        try withTorchErrors {
            let problem = PathsCase()
            var operands = problem.operands(.float32)
            operands[index] = .zeros(shape)
            do {
                _ = try problem.run(operands)
                return "no error"
            } catch let error as SelectiveScanError {
                return error.description
            }
        }
    }
}
