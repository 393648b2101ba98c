import StateSpace
import Testing
import Torch

@Suite("Mamba block of several directions")
struct MultiDirectionMambaTests {
    static let configuration = MambaConfiguration(width: 5, states: 3)
    private let four = ScanPath.Direction.allCases

    private func block(
        _ configuration: MambaConfiguration = configuration, directions: [ScanPath.Direction] = [.rows, .rowsReversed],
        isSteered: Bool = false, averages: Bool = false, hasNorm: Bool = false
    ) throws -> MultiDirectionMamba {
        let block = prepared(
            try MultiDirectionMamba(
                configuration, directions: directions, isSteered: isSteered, averages: averages, hasNorm: hasNorm))
        disturb(block)
        return block
    }

    @Test("has the parameters of Vision Mamba, in its order")
    func names() throws {
        #expect(
            try block().state().map(\.name) == [
                "A_log", "D", "A_b_log", "D_b", "in_proj.weight", "conv1d.weight", "conv1d.bias", "x_proj.weight",
                "dt_proj.weight", "dt_proj.bias", "conv1d_b.weight", "conv1d_b.bias", "x_proj_b.weight",
                "dt_proj_b.weight", "dt_proj_b.bias", "out_proj.weight",
            ])
        let names = try block(directions: four, isSteered: true, hasNorm: true).state().map(\.name)
        #expect(names.contains("in_proj_b.weight") && names.contains("conv1d_d.weight") && names.contains("norm.bias"))
    }

    @Test("of one direction is a Mamba block")
    func single() throws {
        try withTorchErrors {
            let one = try block(directions: [.rows])
            let plain = prepared(try MambaBlock(Self.configuration))
            try plain.load(Dictionary(uniqueKeysWithValues: one.state().map { ($0.name, $0.tensor) }))
            let tokens = normal(2, 9, 5)
            let results = try withoutGradients { try [one(tokens), plain(tokens)] }
            #expect(relativeDifference(results[0], results[1]) < 1e-12)
        }
    }

    @Test("both ways is the sum of a Mamba block forwards and another backwards", arguments: [false, true])
    func bidirectional(averages: Bool) throws {
        try withTorchErrors {
            let both = try block(averages: averages)
            let state = Dictionary(uniqueKeysWithValues: both.state().map { ($0.name, $0.tensor) })
            let (forwards, backwards) = (
                prepared(try MambaBlock(Self.configuration)), prepared(try MambaBlock(Self.configuration))
            )
            try forwards.load(state, allowing: .unexpected)
            var mirrored = state
            for name in [
                "A_log", "D", "conv1d.weight", "conv1d.bias", "x_proj.weight", "dt_proj.weight", "dt_proj.bias",
            ] {
                mirrored[name] = state[suffixed(name, "_b")]
            }
            try backwards.load(mirrored, allowing: .unexpected)
            let tokens = normal(2, 9, 5)
            try withoutGradients {
                let sum = try forwards(tokens) + backwards(tokens.flipped(1)).flipped(1)
                #expect(try relativeDifference(both(tokens), averages ? sum / 2 : sum) < 1e-12)
            }
        }
    }

    @Test("over columns is the one over rows of the transposed map", arguments: [false, true])
    func transposed(isSteered: Bool) throws {
        try withTorchErrors {
            let rows = try block(directions: [.rows, .rowsReversed], isSteered: isSteered, hasNorm: true)
            let columns = try block(directions: [.columns, .columnsReversed], isSteered: isSteered, hasNorm: true)
            var state: [String: Tensor] = [:]
            let own = Dictionary(uniqueKeysWithValues: rows.state().map { ($0.name, $0.tensor) })
            for (name, _) in columns.state() {
                var source = name
                if name != "in_proj_b.weight" {
                    source = name.replacing("_c", with: "").replacing("_d", with: "_b")
                }
                state[name] = own[source] ?? own[name]
            }
            try columns.load(state)
            let (height, width) = (3, 4)
            func transposed(_ tokens: Tensor, _ height: Int, _ width: Int) -> Tensor {
                tokens.unflattened(axis: 1, sizes: [height, width]).transposed(1, 2).flattened(from: 1, to: 2)
            }
            let (tokens, steering) = (normal(2, 12, 5), isSteered ? normal(2, 12, 5, seed: 6) : nil)
            try withoutGradients {
                let found = try columns(tokens, steering: steering, height: height, width: width)
                let expected = try rows(
                    transposed(tokens, height, width), steering: steering.map { transposed($0, height, width) },
                    height: width, width: height)
                #expect(relativeDifference(found, transposed(expected, width, height)) < 1e-12)
            }
        }
    }

    @Test("with two inputs takes steps, B and C from the second, and values, gate and skip from the first")
    func steered() throws {
        try withTorchErrors {
            let block = try block(isSteered: true)
            let (tokens, steering) = (normal(1, 6, 5), normal(1, 6, 5, seed: 6))
            try withoutGradients {
                let result = try block(tokens, steering: steering)
                #expect(try relativeDifference(block(tokens, steering: steering * 0.5), result) > 1e-3)
                // With neither values nor gate nothing comes out, whatever steers.
                #expect(try block(Tensor.zeros(like: tokens), steering: steering).abs().max().item < 1e-30)
            }
        }
    }

    @Test(
        "has the gradients of central differences",
        arguments: [(false, false, false), (false, true, false), (true, true, true), (true, false, false)])
    func numericalGradients(isSteered: Bool, averages: Bool, hasNorm: Bool) throws {
        try withTorchErrors {
            let block = try block(
                MambaConfiguration(width: 2, states: 2), directions: four, isSteered: isSteered, averages: averages,
                hasNorm: hasNorm)
            let inputs = [normal(1, 6, 2)] + (isSteered ? [normal(1, 6, 2, seed: 6)] : [])
            try expectNumericalGradients(of: block, inputs: inputs) {
                [try block($0[0], steering: isSteered ? $0[1] : nil, height: 2, width: 3)]
            }
        }
    }

    @Test("refuses inputs that don't fit, and says why")
    func wrongInput() throws {
        try withTorchErrors {
            let (plain, steered) = (try block(), try block(isSteered: true))
            let tokens = normal(2, 6, 5)
            func message(_ body: () throws -> Tensor) -> String? {
                #expect(throws: BlockInputError.self) { try body() }?.description
            }
            #expect(
                message { try plain(tokens, height: 2, width: 4) }
                    == "the tokens of a Mamba block have shape [2, 6, 5]; it must be (B, 8, 5), with at least one element."
            )
            #expect(
                message { try plain(tokens, steering: tokens) }
                    == "a Mamba block with one input was given steering tokens.")
            #expect(message { try steered(tokens) } == "a Mamba block with two inputs was given no steering tokens.")
            #expect(
                message { try steered(tokens, steering: normal(1, 6, 5)) }?.contains("must be (2, 6, 5)") == true)
            #expect(message { try plain(normal(6)) } != nil)
        }
    }

    @Test("refuses no direction, and one twice", arguments: [[], [.rows, .rows]] as [[ScanPath.Direction]])
    func wrongDirections(directions: [ScanPath.Direction]) {
        #expect(throws: ConfigurationError.self) {
            try MultiDirectionMamba(Self.configuration, directions: directions)
        }
    }

    /// "conv1d.weight" as "conv1d_b.weight", "A_log" as "A_b_log".
    private func suffixed(_ name: String, _ suffix: String) -> String {
        if name == "A_log" { return "A\(suffix)_log" }
        let parts = name.split(separator: ".", maxSplits: 1)
        return parts[0] + suffix + (parts.count > 1 ? "." + parts[1] : "")
    }
}
