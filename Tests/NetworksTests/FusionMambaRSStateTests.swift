import Foundation
import Networks
import Testing
import Torch

@Suite("Parameters of FusionMamba (Peng)")
struct FusionMambaRSStateTests {
    @Test(
        "are as many as the authors'",
        arguments: [
            (FusionMambaRSConfiguration(), 735_401), (FusionMambaRSConfiguration(msBands: 4), 726_181),
            (FusionMambaRSConfiguration(panBands: 3, msBands: 31), 878_416),
        ])
    func count(configuration: FusionMambaRSConfiguration, expected: Int) throws {
        #expect(try FusionMambaRS(configuration).parameterCount == expected)
    }

    @Test("are as many in each child as the authors'")
    func countByChild() throws {
        var counts: [String: Int] = [:]
        for (name, tensor) in try FusionMambaRS().state() {
            counts[String(name.prefix { $0 != "." }), default: 0] += tensor.count
        }
        #expect(
            counts == [
                "upsample": 9216, "raise_pan_dim": 320, "raise_ms_dim": 2336, "to_hrms": 11560, "stage0": 42208,
                "stage1": 135_616, "stage2": 382_336, "stage3": 112_320, "stage4": 33952, "spe_attn": 5537,
            ])
    }

    @Test("are about half a million for hyperspectral images", arguments: [(102, 0.44...0.52), (191, 0.44...0.54)])
    func hyperspectral(bands: Int, millions: ClosedRange<Double>) throws {
        let configuration = FusionMambaRSConfiguration(width: 24, msBands: bands)
        #expect(configuration.upsampling == .fixed)
        let network = try FusionMambaRS(configuration)
        #expect(millions.contains(Double(network.parameterCount) / 1e6))
        #expect(!network.state().contains { $0.name.hasPrefix("upsample") })
    }

    @Test("have the authors' names and shapes")
    func names() throws {
        let state = try FusionMambaRS().state()
        let shapes = Dictionary(uniqueKeysWithValues: state.map { ($0.name, $0.tensor.shape) })
        #expect(state.count == 769)
        #expect(state.first?.name == "upsample.upsamle.0.weight")
        let expected = [
            "upsample.upsamle.0.weight": [128, 8, 3, 3],
            "stage0.fm.spa_mamba_layers.0.block.A_b_log": [32, 8],
            "stage1.fm.spe_cross_mamba.block.in_proj_b.weight": [64, 64],
            "stage2.fm.spa_cross_mamba.block.x_proj_d.weight": [24, 128],
            "stage2.fm.spa_cross_mamba.norm1.bias": [128],
            "stage3.fm.spe_mamba_layers.0.block.conv1d_c.weight": [64, 1, 4],
            "stage3.sample.up.0.weight": [64, 32, 2, 2],
            "stage3.sample.conv.0.weight": [32, 1, 3, 3],
            "stage4.spa_cross_mamba.block.dt_proj.weight": [32, 2],
            "spe_attn.block.2.D_b": [32],
            "to_hrms.2.weight": [8, 32, 3, 3],
        ]
        for (name, shape) in expected { #expect(shapes[name] == shape, "\(name)") }
        #expect(!shapes.keys.contains { $0.hasPrefix("spe_attn.") && $0.contains("_c") })
    }

    @Test("start as the paper's program starts them")
    func initialization() throws {
        let state = try network(.init()).state()
        let decay = (1...8).map { log(Double($0)) }
        for (name, tensor) in state {
            let values = tensor.array(of: Double.self)
            #expect(isFinite(tensor), "\(name)")
            let last = name.split(separator: ".").last.map(String.init) ?? ""
            if last.hasPrefix("A") {
                let isRight = values.indices.allSatisfy { abs(values[$0] - decay[$0 % 8]) < 1e-6 }
                #expect(isRight, "\(name)")
            } else if ["D", "D_b", "D_c", "D_d"].contains(last) {
                #expect(values.allSatisfy { $0 == 1 }, "\(name)")
            } else if name.hasSuffix("dt_proj.bias") {
                // softplus of the bias is the step.
                let steps = values.map { log1p(exp($0)) }
                #expect(steps.allSatisfy { (0.00099...0.1001).contains($0) }, "\(name)")
            }
        }
        // Quirk: the other orders keep the rule of any linear layer, ± 1/√rank, and begin with far longer steps.
        let others = state.filter { $0.name.hasSuffix("dt_proj_b.bias") }.map { $0.tensor.array(of: Double.self) }
        #expect(others.count == 21)
        #expect(others.joined().allSatisfy { $0.magnitude <= 1 / 2.0.squareRoot() + 1e-6 })
        #expect(others.joined().contains { $0 > 0.2 })
    }

    @Test("are the same for the same seed, and others for another")
    func seeds() throws {
        let configuration = FusionMambaRSConfiguration(width: 8, msBands: 4)
        func values(_ seed: UInt64) throws -> [Float] {
            try network(configuration, seed: seed).state().flatMap { $0.tensor.array(of: Float.self) }
        }
        #expect(try values(3) == values(3))
        #expect(try values(3) != values(4))
    }

    @Test(
        "of an impossible size are refused with the key and what is allowed",
        arguments: [
            (FusionMambaRSConfiguration(width: 0), "dim"), (FusionMambaRSConfiguration(panBands: 0), "pan_dim"),
            (FusionMambaRSConfiguration(msBands: 5000), "ms_dim"), (FusionMambaRSConfiguration(ratio: 0), "scale"),
        ])
    func impossible(configuration: FusionMambaRSConfiguration, key: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try FusionMambaRS(configuration) }
        #expect("\(try #require(error))".contains("'\(key)' is"))
    }
}
