import Networks
import Testing
import Torch

@Suite("LE-Mamba has")
struct LEMambaStateTests {
    @Test(
        "as many parameters as published",
        arguments: [
            (LEMambaConfiguration(msBands: 4), 741_156),
            (LEMambaConfiguration(msBands: 8), 743_464),
            (LEMambaConfiguration(msBands: 31, guideBands: 3), 757_311),
            (.small(msBands: 8), 2_574_344),
            (.small(msBands: 31, guideBands: 3), 2_588_895),
            (.base(msBands: 8), 1_650_152),
            (.base(msBands: 31, guideBands: 3, ratio: 8, width: 48), 3_050_287),
        ])
    func parameterCount(configuration: LEMambaConfiguration, count: Int) throws {
        #expect(try LEMamba(configuration).parameterCount == count)
    }

    @Test("the parameters of the authors' program in the order of its registration")
    func names() throws {
        let state = try LEMamba().state()
        func first(_ prefix: String) throws -> Int { try #require(state.firstIndex { $0.name.hasPrefix(prefix) }) }
        let order = [
            "intro.weight", "intro.bias", "ending.", "lemm_encoders.0.mods.0.enhanced_factor",
            "lemm_encoders.0.mods.0.intro_conv.0.weight", "lemm_encoders.0.mods.0.intro_conv.1.weight",
            "lemm_encoders.0.mods.0.mamba_inner_shared.norm.weight", "lemm_encoders.0.mods.0.mamba.norm.weight",
            "lemm_encoders.0.mods.1.mamba.op.x_proj_weight", "lemm_encoders.0.mods.1.mamba.op.ssm_state_weight1",
            "lemm_encoders.0.mods.1.mamba.op.xs_gate_weight", "lemm_encoders.0.mods.1.mamba.op.ssm_gate_ratio",
            "lemm_encoders.0.mods.1.mamba.op.dt_projs_weight", "lemm_encoders.0.mods.1.mamba.op.dt_projs_bias",
            "lemm_encoders.0.mods.1.mamba.op.A_logs", "lemm_encoders.0.mods.1.mamba.op.Ds",
            "lemm_encoders.0.mods.1.mamba.op.out_norm.", "lemm_encoders.0.mods.1.mamba.op.in_proj.weight",
            "lemm_encoders.0.mods.1.mamba.op.conv2d.weight", "lemm_encoders.0.mods.1.mamba.op.norm.body.weight",
            "lemm_encoders.0.mods.1.mamba.op.out_proj.weight", "lemm_encoders.0.mods.1.mamba.norm2.weight",
            "lemm_encoders.0.mods.1.mamba.mlp.fc1.weight", "lemm_encoders.1.", "lemm_encoders.2.",
            "lemm_decoders.0.mods.0.weight", "lemm_decoders.0.mods.1.", "lemm_decoders.2.mods.2.",
            "middle_blks.mods.0.", "lemm_ups.0.1.weight", "lemm_ups.2.1.weight", "lemm_downs.0.1.weight",
            "lemm_downs.0.1.bias", "skip_scales.0", "skip_scales.2",
        ]
        let places = try order.map(first)
        #expect(places == places.sorted())
        #expect(places.last == state.count - 1)
    }

    @Test("parameters of the shapes that the specification lists")
    func shapes() throws {
        let state = Dictionary(uniqueKeysWithValues: try LEMamba().state().map { ($0.name, $0.tensor.shape) })
        let expected: [String: [Int]] = [
            "intro.weight": [32, 8, 3, 3], "ending.weight": [8, 32, 3, 3], "lemm_downs.1.1.weight": [32, 32, 2, 2],
            "lemm_ups.1.1.weight": [32, 32, 1, 1], "skip_scales.1": [1, 1, 1, 32],
            "lemm_decoders.1.mods.0.weight": [32, 64], "lemm_encoders.0.mods.0.enhanced_factor": [1, 1, 1, 32],
            "lemm_encoders.0.mods.0.mamba_inner_shared.mlp.fc1.weight": [64, 32],
            "lemm_encoders.0.mods.0.mamba_inner_shared.op.A_logs": [256, 16],
            "lemm_encoders.0.mods.0.mamba.mlp.fc1.weight": [256, 32],
            "lemm_encoders.0.mods.1.mamba.op.ssm_state_weight1": [256, 64, 1],
            "lemm_encoders.2.mods.0.mamba.op.A_logs": [128, 32],
            "middle_blks.mods.0.mamba.op.conv2d.weight": [32, 1, 11, 11],
            "lemm_decoders.1.mods.1.mamba.op.ssm_state_weight1": [256, 32, 1],
            "lemm_decoders.1.mods.1.mamba.op.ssm_state_weight2": [256, 64, 1],
            "lemm_decoders.2.mods.2.mamba.op.xs_gate_weight": [128, 64, 1],
            "lemm_decoders.2.mods.2.mamba.op.ssm_gate_ratio": [1, 4, 64, 1],
        ]
        for (name, shape) in expected { #expect(state[name] == shape, "\(name)") }
        // Only the first block of a decoder level has weights for the skip state; deepest levels have no windows.
        for name in [
            "lemm_decoders.2.mods.2.mamba.op.ssm_state_weight2", "lemm_encoders.0.mods.0.mamba.op.ssm_state_weight1",
            "lemm_encoders.2.mods.0.enhanced_factor", "lemm_ups.0.1.bias",
        ] { #expect(state[name] == nil, "\(name)") }
    }

    @Test("the authors' starting values")
    func startingValues() throws {
        let network = try LEMamba(.little)
        network.initialize(using: RandomGenerator(seed: 3))
        let state = Dictionary(uniqueKeysWithValues: network.state())
        func values(_ name: String) throws -> [Double] { try #require(state[name]).array(of: Double.self) }
        func deviation(_ name: String) throws -> Double {
            let values = try values(name)
            return (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
        }
        let block = "lemm_encoders.0.mods.1."
        #expect(try values("skip_scales.0").allSatisfy { $0 == 0 })
        #expect(try values("intro.bias").allSatisfy { $0 == 0 })
        #expect(abs(try deviation("intro.weight") - (2.0 / (8 * 9)).squareRoot()) < 0.05)
        #expect(abs(try deviation(block + "mamba.mlp.fc1.weight") - 0.02) < 0.004)
        #expect(abs(try deviation(block + "enhanced_factor") - 0.02) < 0.02)
        #expect(abs(try deviation(block + "mamba.op.ssm_state_weight1") - 1) < 0.1)
        #expect(try values(block + "mamba.op.norm.body.weight").allSatisfy { $0 == 1 })
        // Fan-out of the depth-wise convolution is that of all channels.
        #expect(abs(try deviation(block + "mamba.op.conv2d.weight") - (2.0 / (16 * 25)).squareRoot()) < 0.01)
        for (name, tensor) in network.state() { #expect(isFinite(tensor), "\(name)") }
    }
}
