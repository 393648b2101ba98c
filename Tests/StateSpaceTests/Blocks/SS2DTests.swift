import StateSpace
import Testing
import Torch

@Suite("SS2D")
struct SS2DTests {
    /// What kinds of block there are.
    enum Kind: String, CaseIterable, Sendable {
        case cross, windows, normalized, shared, sharedWithSkip, skipSampled

        var isShared: Bool { self == .shared || self == .sharedWithSkip }

        func block(width: Int, states: Int = 3) throws -> SS2D {
            let configuration = MambaConfiguration(width: width, states: states, convolutionWidth: 3)
            let block: SS2D =
                switch self {
                case .cross: try SS2D(configuration)
                case .windows: try SS2D(configuration, scan: .along([.windows(2), .windows(2, .columnsReversed)]))
                case .normalized: try SS2D(configuration, normalizesInput: true)
                case .shared, .sharedWithSkip:
                    try SS2D(
                        configuration, sharing: SS2D.Sharing(previousWidth: 2, projectsSkip: self == .sharedWithSkip))
                case .skipSampled: try SS2D(configuration, scan: .skipSampled)
                }
            let made = prepared(block)
            disturb(made)
            return made
        }

        /// The states of other blocks, for two maps.
        func states(width: Int, states: Int = 3, batches: Int = 2) -> [Tensor] {
            isShared
                ? [normal(batches, 4 * 2, states, seed: 21), normal(batches, 4 * 2 * width, states, seed: 22)] : []
        }
    }

    static let sizes = [(1, 1), (1, 4), (3, 2), (4, 5)]

    @Test("has the parameters of VMamba and LE-Mamba, in their order")
    func names() throws {
        let block = try SS2D(
            MambaConfiguration(width: 20, states: 6, convolutionWidth: 5), normalizesInput: true,
            sharing: SS2D.Sharing(previousWidth: 24, projectsSkip: true))
        #expect(
            block.state().map { "\($0.name) \($0.tensor.shape)" } == [
                "x_proj_weight [4, 14, 40]", "ssm_state_weight1 [160, 24, 1]", "ssm_state_weight2 [160, 40, 1]",
                "xs_gate_weight [24, 40, 1]", "ssm_gate_ratio [1, 4, 40, 1]", "dt_projs_weight [4, 40, 2]",
                "dt_projs_bias [4, 40]", "A_logs [160, 6]", "Ds [160]", "out_norm.weight [40]", "out_norm.bias [40]",
                "in_proj.weight [80, 20]", "conv2d.weight [40, 1, 5, 5]", "conv2d.bias [40]", "norm.body.weight [40]",
                "norm.body.bias [40]", "out_proj.weight [20, 40]",
            ])
    }

    @Test("is the block written with copies of the map for each path", arguments: Kind.allCases, sizes)
    func written(kind: Kind, size: (Int, Int)) throws {
        try withTorchErrors {
            let block = try kind.block(width: 4)
            let map = normal(2, size.0, size.1, 4)
            let states = kind.states(width: 4)
            try withoutGradients {
                let found = try block(map, previous: states.first, skip: states.last)
                let expected = try copied(kind, block, map, states)
                #expect(found.map.shape == map.shape)
                #expect(relativeDifference(found.map, expected.map) < 1e-11)
                #expect(relativeDifference(found.lastState, expected.lastState) < 1e-11)
                block.to(.float32)
                let single = try block(
                    map.to(.float32), previous: states.first?.to(.float32), skip: states.last?.to(.float32))
                #expect(relativeDifference(single.map, expected.map) < 2e-5)
            }
        }
    }

    @Test("has the gradients of central differences", arguments: Kind.allCases)
    func numericalGradients(kind: Kind) throws {
        try withTorchErrors {
            let block = try kind.block(width: 2, states: 2)
            let inputs = [normal(1, 3, 2, 2)] + kind.states(width: 2, states: 2, batches: 1)
            try expectNumericalGradients(of: block, inputs: inputs) { inputs in
                [
                    try block(
                        inputs[0], previous: inputs.count > 1 ? inputs[1] : nil,
                        skip: inputs.count > 1 ? inputs[2] : nil
                    ).map
                ]
            }
        }
    }

    @Test("gives its state as a constant")
    func constantState() throws {
        try withTorchErrors {
            let block = try Kind.cross.block(width: 4)
            #expect(!(try block(normal(1, 2, 2, 4), previous: nil).lastState.requiresGradient))
        }
    }

    @Test("ignores states where it shares none, and a skip state without a previous one")
    func ignores() throws {
        try withTorchErrors {
            let map = normal(1, 2, 3, 4)
            let states = Kind.shared.states(width: 4, batches: 1)
            try withoutGradients {
                let plain = try Kind.cross.block(width: 4)
                #expect(try plain(map, previous: states[0], skip: states[1]).map.isEqual(to: try plain(map)))
                let shared = try Kind.shared.block(width: 4)
                #expect(try shared(map, previous: nil, skip: states[1]).map.isEqual(to: try shared(map)))
                #expect(try !shared(map, previous: states[0]).map.isEqual(to: try shared(map)))
            }
        }
    }

    @Test("treats each map of a batch by itself", arguments: Kind.allCases)
    func batches(kind: Kind) throws {
        try withTorchErrors {
            let block = try kind.block(width: 4)
            let (map, states) = (normal(2, 3, 4, 4), kind.states(width: 4))
            try withoutGradients {
                let both = try block(map, previous: states.first, skip: states.last).map
                for index in 0..<2 {
                    func own(_ tensor: Tensor?) -> Tensor? { tensor?.narrowed(axis: 0, start: index, length: 1) }
                    let one = try block(
                        map[index..<index + 1], previous: own(states.first), skip: own(states.last)
                    ).map
                    #expect(relativeDifference(both[index..<index + 1], one) < 1e-12)
                }
            }
        }
    }

    @Test("refuses maps and states that don't fit, and says why")
    func wrongInput() throws {
        try withTorchErrors {
            func message(_ body: () throws -> Any) -> String? {
                #expect(throws: BlockInputError.self) { try body() }?.description
            }
            let block = try Kind.sharedWithSkip.block(width: 4)
            let (map, states) = (normal(2, 2, 3, 4), Kind.sharedWithSkip.states(width: 4))
            #expect(
                message { try block(normal(2, 6, 4)) }
                    == "the pixels of a map have shape [2, 6, 4]; it must be (B, H, W, 4), with at least one element.")
            #expect(message { try block(normal(2, 2, 3, 5)) } != nil)
            #expect(
                message { try block(map, previous: states[1]) }
                    == "the previous states have shape [2, 32, 3]; it must be (2, 8, 3), with at least one element.")
            #expect(
                message { try block(map, previous: states[0], skip: states[0]) }
                    == "the skip states have shape [2, 8, 3]; it must be (2, 32, 3), with at least one element.")
            #expect(throws: ConfigurationError.self) {
                try SS2D(
                    MambaConfiguration(width: 4, convolutionWidth: 3), scan: .skipSampled,
                    sharing: SS2D.Sharing(previousWidth: 2))
            }
            #expect(throws: ConfigurationError.self) {
                try SS2D(MambaConfiguration(width: 4, convolutionWidth: 3), scan: .along([]))
            }
        }
    }

    @Test("refuses paths for other parameters than it has, and maps of another size than the paths")
    func wrongPaths() throws {
        try withTorchErrors {
            let scan = MultiPathScan(count: 2, width: 4, states: 3, rank: 1)
            scan.initialize(using: RandomGenerator(seed: 1))
            let (two, four) = (
                try ScanPaths(ScanPath.bidirectional, height: 2, width: 3),
                try ScanPaths(CrossScan.fourDirections.paths, height: 2, width: 3)
            )
            func message(_ body: () throws -> Any) -> String? {
                #expect(throws: BlockInputError.self) { try body() }?.description
            }
            #expect(try scan(.zeros([1, 6, 4]), along: two).y.shape == [1, 6, 4])
            #expect(
                message { try scan(.zeros([1, 6, 4]), along: four) } == "4 scan paths for the parameters of 2.")
            #expect(message { try scan(.zeros([1, 7, 4]), along: two) }?.contains("must be (B, 6, 4)") == true)
            #expect(
                message { try scan.skipSampled(.zeros([1, 2, 3, 4])) }
                    == "4 skip-sampled paths for the parameters of 2.")
        }
    }

    /// The block as the authors' programs write it: channels first, the map copied into the order of each path, one grouped
    /// scan, the results put back.
    private func copied(
        _ kind: Kind, _ block: SS2D, _ map: Tensor, _ states: [Tensor]
    ) throws -> (map: Tensor, lastState: Tensor) {
        let parameters = Dictionary(uniqueKeysWithValues: block.state().map { ($0.name, $0.tensor) })
        func parameter(_ name: String) throws -> Tensor { try #require(parameters[name], "\(name)") }
        let (height, width) = (map.size(1), map.size(2))
        let projected = map.linear(weight: try parameter("in_proj.weight")).chunked(2, axis: 3)
        let inner = projected[0].size(3)
        var values = projected[0]
        if let weight = parameters["norm.body.weight"] {
            values = values.layerNormalized(shape: [inner], weight: weight, bias: try parameter("norm.body.bias"))
        }
        values = values.permuted(0, 3, 1, 2).contiguous().conv2d(
            weight: try parameter("conv2d.weight"), bias: try parameter("conv2d.bias"), padding: 1, groups: inner
        ).silu()  // (B, D, H, W)

        let merge: (Tensor) throws -> Tensor  // (B, K, D, L) → (B, D, H·W)
        var sequences: Tensor  // (B, K, D, L)
        if kind == .skipSampled {
            let paths = try SkipSampledPaths(height: height, width: width)
            sequences = try paths.tokens(of: values.permuted(0, 2, 3, 1)).transposed(2, 3).contiguous()
            merge = { try paths.map(of: $0.transposed(2, 3)).permuted(0, 3, 1, 2).flattened(from: 2, to: 3) }
        } else {
            let windows: [ScanPath] = [.windows(2), .windows(2, .columnsReversed)]
            let paths = try ScanPaths(
                kind == .windows ? windows : [.rows, .columns, .rowsReversed, .columnsReversed], height: height,
                width: width)
            sequences = try paths.sequences(of: values.flattened(from: 2, to: 3))
            merge = { try paths.merged($0) }
        }
        let (count, number) = (sequences.size(1), try parameter("A_logs").size(1))
        let rank = try parameter("dt_projs_weight").size(2)
        let features = Tensor.einsum("bkdl,kcd->bkcl", sequences, try parameter("x_proj_weight"))
            .split(sizes: [rank, number, number], axis: 2)
        let delta = Tensor.einsum("bkrl,kdr->bkdl", features[0], try parameter("dt_projs_weight"))
        if kind.isShared {
            func weighted(_ name: String, _ state: Tensor) throws -> Tensor {
                let weight = try parameter(name)
                return Tensor.einsum(
                    "kdc,bkcn->bkdn", weight.squeezed(2).unflattened(axis: 0, sizes: [4, inner]),
                    state.unflattened(axis: 1, sizes: [4, weight.size(1)]))
            }
            let skip =
                kind == .sharedWithSkip
                ? try weighted("ssm_state_weight2", states[1]) : states[1].unflattened(axis: 1, sizes: [4, inner])
            let targets = try weighted("ssm_state_weight1", states[0]) + skip
            let gates = Tensor.einsum(
                "knd,bkdl->bknl", try parameter("xs_gate_weight").squeezed(2).unflattened(axis: 0, sizes: [4, number]),
                sequences)
            sequences =
                sequences + (try parameter("ssm_gate_ratio")) * Tensor.einsum("bkdn,bknl->bkdl", targets, gates)
        }
        let scanned = try selectiveScan(
            sequences.flattened(from: 1, to: 2), delta: delta.flattened(from: 1, to: 2),
            A: -(try parameter("A_logs")).exp(), B: features[1], C: features[2], D: try parameter("Ds"),
            deltaBias: try parameter("dt_projs_bias").flattened())
        let y = try merge(scanned.y.unflattened(axis: 1, sizes: [count, inner])).transposed(1, 2)
            .unflattened(axis: 1, sizes: [height, width])
            .layerNormalized(
                shape: [inner], weight: try parameter("out_norm.weight"), bias: try parameter("out_norm.bias"))
        return (
            (y * projected[1].silu()).linear(weight: try parameter("out_proj.weight")), scanned.lastState
        )
    }
}
