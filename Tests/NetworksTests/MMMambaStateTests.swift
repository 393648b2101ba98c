import Foundation
import Networks
import StateSpace
import Testing
import Torch

/// A small network with repeatable values.
func mmMamba(_ configuration: MMMambaConfiguration, seed: UInt64 = 1) throws -> MMMamba {
    let network = try MMMamba(configuration)
    network.initialize(using: RandomGenerator(seed: seed))
    network.eval()
    return network
}

/// Random images for a network, of h × w multispectral pixels.
func images(
    of network: MMMamba, _ height: Int, _ width: Int, batches: Int = 1, seed: UInt64 = 7
) -> (ms: Tensor, pan: Tensor) {
    let generator = RandomGenerator(seed: seed)
    return (
        .uniform([batches, network.msBands, height, width], low: 0, high: 1, generator: generator),
        .uniform(
            [batches, 1, network.ratio * height, network.ratio * width], low: 0, high: 1, generator: generator)
    )
}

extension MMMambaConfiguration {
    /// A small one, changed in some way.
    static func small(_ change: (inout Self) -> Void = { _ in }) -> Self {
        var configuration = MMMambaConfiguration(bands: 3, width: 8, blocks: 2)
        change(&configuration)
        return configuration
    }

    /// One of each kind.
    static let kinds: [Self] = [
        small(), small { $0.fusion = .channelConcat }, small { $0.directions = [.rows] },
        small { $0.window = .global }, small { $0.mixer = .attention },
        small {
            ($0.mixer, $0.heads, $0.span) = (.attention, 2, .side(8))
        },
    ]
}

@Suite("MMMamba's parameters")
struct MMMambaStateTests {
    private func shapes(_ configuration: MMMambaConfiguration) throws -> [String: [Int]] {
        Dictionary(uniqueKeysWithValues: try MMMamba(configuration).state().map { ($0.name, $0.tensor.shape) })
    }

    @Test("are as many as the authors' network has")
    func count() throws {
        let network = try MMMamba()
        #expect(network.parameterCount == 330_460)
        func count(_ prefix: String) -> Int {
            network.namedParameters().filter { $0.name.hasPrefix(prefix) }.reduce(0) { $0 + $1.tensor.count }
        }
        #expect(count("pan_encoder.") == 59072 && count("ms_encoder.") == 59936)
        #expect((0..<5).allSatisfy { count("mm_mamba.\($0).") == 35984 })
        #expect(count("simple_fusion.") == 2080 && count("ms_head.") == 29452)
    }

    @Test("have the authors' names and shapes")
    func names() throws {
        let found = try shapes(MMMambaConfiguration(bands: 8, blocks: 1))
        #expect(found["ms_encoder.0.weight"] == [32, 8, 3, 3] && found["pan_encoder.0.weight"] == [32, 1, 3, 3])
        let encoder = ["identity", "conv_1", "conv_2", "norm"].flatMap { ["\($0).weight", "\($0).bias"] }
        let mixer = [
            "x_proj_weight", "dt_projs_weight", "dt_projs_bias", "A_logs", "Ds", "in_proj_vis.weight",
            "in_proj_inf.weight", "conv2d_vis.weight", "conv2d_vis.bias", "conv2d_inf.weight", "conv2d_inf.bias",
            "out_norm_vis.weight", "out_norm_vis.bias", "out_norm_inf.weight", "out_norm_inf.bias",
            "out_proj_vis.weight", "out_proj_inf.weight",
        ]
        let norms = ["norm_pan", "norm_ms", "norm_pan_2", "norm_ms_2"].map { "\($0).body.weight" }
        let feedForward = ["project_in", "dwconv", "project_out"].map { "ffn.\($0).weight" }
        let head = [
            "conv_in", "process.0.process.0", "process.0.process.2", "process.0.conv_du.0", "process.0.conv_du.2",
            "conv_last",
        ]
        var expected = (norms + feedForward + mixer.map { "attn.\($0)" }).map { "mm_mamba.0.\($0)" }
        for image in ["pan", "ms"] {
            expected += ["weight", "bias"].map { "\(image)_encoder.0.\($0)" }
            for block in 1...3 { expected += encoder.map { "\(image)_encoder.\(block).\($0)" } }
        }
        expected += (["simple_fusion"] + head.map { "ms_head.\($0)" }).flatMap { ["\($0).weight", "\($0).bias"] }
        #expect(Set(found.keys) == Set(expected))
        #expect(found["mm_mamba.0.attn.x_proj_weight"] == [4, 18, 85])
        #expect(found["mm_mamba.0.ffn.project_in.weight"] == [128, 32, 1, 1])
        #expect(found["ms_encoder.1.norm.weight"] == [16])
        #expect(found["ms_head.process.0.conv_du.0.weight"] == [8, 32, 1, 1])
    }

    @Test("of the attention have the names and shapes of its definition")
    func attention() throws {
        let found = try shapes(.small { $0.mixer = .attention }).filter { $0.key.hasPrefix("mm_mamba.0.attn.") }
        let expected = ["ms", "pan"].flatMap {
            [("qkv_\($0)", [24, 8, 1, 1]), ("qkv_dw_\($0)", [24, 1, 3, 3]), ("proj_\($0)", [8, 8, 1, 1])]
        }
        #expect(found == Dictionary(uniqueKeysWithValues: expected.map { ("mm_mamba.0.attn.\($0.0).weight", $0.1) }))
    }

    @Test("start finite, with norms of 1, step sizes between their bounds, and the same ones for the same seed")
    func initialization() throws {
        let state = try mmMamba(MMMambaConfiguration(bands: 4, blocks: 1)).state()
        let decay = (1...8).map { log(Double($0)) }
        for (name, tensor) in state {
            let values = tensor.array(of: Double.self)
            #expect(isFinite(tensor), "\(name)")
            if name.hasSuffix("A_logs") {
                #expect(values.indices.allSatisfy { abs(values[$0] - decay[$0 % 8]) < 1e-6 })
            } else if name.hasSuffix(".Ds") || name.contains("norm") && name.hasSuffix("weight") {
                #expect(values.allSatisfy { $0 == 1 }, "\(name)")
            } else if name.contains("norm") {
                #expect(values.allSatisfy { $0 == 0 }, "\(name)")
            } else if name.hasSuffix("dt_projs_bias") {
                #expect(values.map { log1p(exp($0)) }.allSatisfy { (0.00099...0.1001).contains($0) })
            } else if tensor.rank > 1 {
                let fan = name.hasSuffix("projs_weight") ? 2 : tensor.shape.dropFirst().reduce(1, *)
                let bound = 1 / Double(name.hasSuffix("x_proj_weight") ? 85 : fan).squareRoot()
                #expect(values.allSatisfy { $0.magnitude <= bound * 1.000001 }, "\(name)")
                #expect(values.contains { $0.magnitude > bound / 2 }, "\(name)")
            }
        }
        let again = try mmMamba(MMMambaConfiguration(bands: 4, blocks: 1)).state()
        #expect(zip(state, again).allSatisfy { difference($0.tensor, $1.tensor) == 0 })
    }

    @Test("tell the configuration that they are of", arguments: MMMambaConfiguration.kinds)
    func inferred(configuration: MMMambaConfiguration) throws {
        let scratch = try Scratch()
        let path = scratch.path("authors.safetensors")
        let state = try mmMamba(configuration).state()
        // As saved from a data-parallel wrapper.
        try SafetensorsFile.write(state.map { ("module." + $0.name, $0.tensor) }, metadata: [:], to: path)
        let checkpoint = try NetworkCheckpoint(file: path)
        var expected = configuration
        // What shapes can't tell.
        (expected.window, expected.heads, expected.span) = (.side(4), 4, .global)
        let network = try #require(checkpoint.network as? MMMamba)
        #expect(network.configuration == expected)
        #expect(zip(network.state(), state).allSatisfy { difference($0.tensor, $1.tensor) == 0 })
    }

    @Test("tell unusual sizes too")
    func inferredSizes() throws {
        let scratch = try Scratch()
        var configuration = MMMambaConfiguration.small()
        (configuration.states, configuration.convolutionWidth, configuration.stepRank) = (5, 5, .fixed(3))
        (configuration.expansion, configuration.feedForwardExpansion) = (1.7, 3.3)
        let path = scratch.path("weights.safetensors")
        try SafetensorsFile.write(try mmMamba(configuration).state(), metadata: [:], to: path)
        let found = try #require(NetworkCheckpoint(file: path).network as? MMMamba)
        #expect(found.namedParameters().map(\.tensor.shape) == (try MMMamba(configuration)).parameters.map(\.shape))
    }
}

@Suite("MMMamba's configuration")
struct MMMambaConfigurationTests {
    @Test("comes back from JSON as it was", arguments: MMMambaConfiguration.kinds)
    func roundTrip(configuration: MMMambaConfiguration) throws {
        var configuration = configuration
        configuration.panAbsence = .pseudo
        configuration.scanInverse = .released
        let text = try MMMamba(configuration).configurationText
        #expect(try decodeConfiguration(MMMambaConfiguration.self, from: text) == configuration)
    }

    @Test("reads the spelling of the specification")
    func spelling() throws {
        let text = """
            {"bands": 8, "width": 12, "blocks": 1, "window": "global", "scale": 2, "dState": 4, "dConv": 5,
            "expand": 2, "dtRank": "ceil(width/16)", "ffnExpansion": 3, "directions": ["utd_ltr", "rtl_dtu"],
            "mixer": "attention", "heads": 3, "span": 8, "fusion": "channelConcat", "scanInverse": "released",
            "panAbsent": null}
            """
        let found = try decodeConfiguration(MMMambaConfiguration.self, from: text)
        var expected = MMMambaConfiguration(bands: 8, width: 12, blocks: 1)
        (expected.window, expected.scale, expected.states, expected.convolutionWidth) = (.global, 2, 4, 5)
        (expected.expansion, expected.feedForwardExpansion) = (2, 3)
        (expected.directions, expected.mixer, expected.heads) = ([.columns, .rowsReversed], .attention, 3)
        (expected.span, expected.fusion, expected.scanInverse) = (.side(8), .channelConcat, .released)
        #expect(found == expected)
    }

    @Test(
        "of an impossible network is refused with the key",
        arguments: [
            (#"{"bands": 0}"#, "bands"), (#"{"width": 7}"#, "width"), (#"{"width": 2}"#, "width"),
            (#"{"blocks": 0}"#, "blocks"), (#"{"window": 0}"#, "window"), (#"{"window": "all"}"#, "window"),
            (#"{"scale": 0}"#, "scale"), (#"{"dState": 257}"#, "dState"), (#"{"dConv": 4}"#, "dConv"),
            (#"{"expand": 0.01}"#, "expand"), (#"{"dtRank": 0}"#, "dtRank"), (#"{"ffnExpansion": -1}"#, "ffnExpansion"),
            (#"{"directions": []}"#, "directions"), (#"{"directions": ["ltr_utd", "ltr_utd"]}"#, "directions"),
            (#"{"directions": ["up"]}"#, "directions"), (#"{"mixer": "attention", "heads": 5}"#, "heads"),
            (#"{"span": -4}"#, "span"), (#"{"panAbsent": "ones"}"#, "panAbsent"),
        ])
    func impossible(json: String, key: String) throws {
        let error = #expect(throws: ConfigurationError.self) {
            try decodeConfiguration(MMMambaConfiguration.self, from: json)
        }
        #expect("\(try #require(error))".contains("'\(key)"))
    }

    @Test("of every preset builds a network")
    func presets() throws {
        let system = try #require(NetworkSystem.named("mmmamba"))
        #expect(system.presets.map(\.name).prefix(5) == ["wv2", "gf2", "wv3", "wv3-8", "qb"])
        for preset in system.presets {
            let network = try #require(system.network(preset.json) as? MMMamba)
            #expect(network.configurationText == preset.json)
            #expect(network.sizeMultiple == 4 && network.bytesPerPixel > 0)
        }
    }
}
