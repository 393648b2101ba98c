import Foundation
import Networks
import Testing
import Torch

@Suite("Network checkpoints")
struct NetworkCheckpointTests {
    private let scratch: Scratch
    private let configuration = FusionMambaRSConfiguration(width: 8, msBands: 4)

    init() throws { scratch = try Scratch() }

    /// A file with the state of a small network, changed in some way.
    private func file(
        metadata: [String: String]?,
        changing change: ([(name: String, tensor: Tensor)]) -> [(name: String, tensor: Tensor)] = { $0 }
    ) throws -> String {
        let path = scratch.path("weights.safetensors")
        try SafetensorsFile.write(change(try network(configuration).state()), metadata: metadata ?? [:], to: path)
        return path
    }

    private let described = [
        "format": "fusionkit", "system": "fusionmamba-rs", "configuration": #"{"dim":8,"ms_dim":4}"#, "sensor": "QB",
        "peak": "1023.0", "origin": "a test",
    ]

    private func message(_ path: String, system: NetworkSystem? = nil) throws -> String {
        let error = #expect(throws: NetworkCheckpointError.self) { try NetworkCheckpoint(file: path, system: system) }
        return "\(try #require(error))"
    }

    @Test("load, are written again and load with the same description and output")
    func roundTrip() throws {
        let first = try NetworkCheckpoint(file: try file(metadata: described))
        #expect(first.description.system == "fusionmamba-rs")
        #expect(first.description.sensor == "QB")
        #expect(first.description.peak == 1023)
        #expect(first.description.origin == "a test")
        #expect((first.network as? any SharpeningNetwork)?.msBands == 4)
        #expect(!first.network.isTraining)

        let copy = scratch.path("copy.safetensors")
        try first.write(to: copy)
        let second = try NetworkCheckpoint(file: copy)
        #expect(second.description == first.description)
        let original = try network(configuration)
        let (ms, pan) = inputs(of: original, height: 16, width: 24)
        try withInference {
            let expected = try original(ms: ms, pan: pan)
            let loaded = try #require(second.network as? any SharpeningNetwork)
            #expect(difference(try loaded.sharpen(ms: ms, pan: pan), expected) == 0)
        }
    }

    @Test("take sensor and peak from the caller where they are given")
    func overrides() throws {
        let checkpoint = try NetworkCheckpoint(file: try file(metadata: described), sensor: "WV2", peak: 2047)
        #expect(checkpoint.description.sensor == "WV2")
        #expect(checkpoint.description.peak == 2047)
    }

    @Test("with a peak that is no positive number have the usual one", arguments: ["-3", "nan", "many", "0", "inf"])
    func badPeak(text: String) throws {
        let metadata = described.merging(["peak": text]) { $1 }
        #expect(try NetworkCheckpoint(file: try file(metadata: metadata)).description.peak == 2047)
    }

    @Test("without a description tell their configuration by the shapes of their parameters")
    func inferred() throws {
        let checkpoint = try NetworkCheckpoint(file: try file(metadata: nil))
        let found = try #require(checkpoint.network as? FusionMambaRS)
        #expect(found.configuration == configuration)
    }

    @Test("without a description and with fixed enlargement need the ratio from the caller")
    func inferredFixed() throws {
        let path = scratch.path("fixed.safetensors")
        let settings = FusionMambaRSConfiguration(width: 8, msBands: 40, ratio: 3)
        try SafetensorsFile.write(try network(settings).state(), metadata: [:], to: path)
        let found = try #require(try NetworkCheckpoint(file: path, ratio: 3).network as? FusionMambaRS)
        #expect(found.configuration == settings)
    }

    @Test(
        "of the authors load as they are", .enabled(if: authorsCheckpoint != nil, "the authors' weights are not here"))
    func authors() throws {
        let checkpoint = try NetworkCheckpoint(file: try #require(authorsCheckpoint))
        let found = try #require(checkpoint.network as? FusionMambaRS)
        #expect(found.configuration == FusionMambaRSConfiguration())
        #expect(found.parameterCount == 735_401)
    }

    @Test("that lack parameters name them")
    func missing() throws {
        let path = try file(metadata: described) { state in
            state.filter { !["stage2.fm.out_proj.bias", "spe_attn.block.2.A_b_log"].contains($0.name) }
        }
        let text = try message(path)
        #expect(text.contains(path))
        #expect(text.contains("missing (2)"))
        #expect(text.contains("stage2.fm.out_proj.bias [32]") && text.contains("spe_attn.block.2.A_b_log [8, 8]"))
    }

    @Test("with parameters of another shape or name say which")
    func otherShapes() throws {
        let path = try file(metadata: described) { state in
            state.map { $0.name == "to_hrms.2.bias" ? ("to_hrms.2.bias", .zeros([9])) : $0 } + [
                ("extra.weight", .zeros([2]))
            ]
        }
        let text = try message(path)
        #expect(text.contains("to_hrms.2.bias [4] needed, [9] found"))
        #expect(text.contains("extra.weight [2]"))
    }

    @Test("of a system that is not known list those that are")
    func unknownSystem() throws {
        let text = try message(try file(metadata: described.merging(["system": "fusionvim"]) { $1 }))
        #expect(text.contains("'fusionvim'") && text.contains("Known are: ") && text.contains("fusionmamba-rs"))
    }

    @Test(
        "with a configuration that can't be used say what is wrong with it",
        arguments: [
            ("{", "not a JSON object"), (#"{"dim": 0}"#, "'dim' is 0; it must be 1 to 1024."),
            (#"{"dims": 8}"#, "did you mean 'dim'"), (#"{"dim": "wide"}"#, "'dim' must be an integer"),
            (#"{"upsample": "magic"}"#, "upsample"), ("[]", "not a JSON object"),
        ])
    func badConfiguration(json: String, part: String) throws {
        let path = try file(metadata: described.merging(["configuration": json]) { $1 })
        let text = try message(path)
        #expect(text.contains(path) && text.contains(part), "\(text)")
    }

    @Test("of anything else are refused, with or without the name of a system")
    func somethingElse() throws {
        let path = scratch.path("other.safetensors")
        let weights = Tensor.normal([4, 4], generator: RandomGenerator(seed: 1))
        try SafetensorsFile.write([("conv.weight", weights)], metadata: ["author": "somebody"], to: path)
        #expect(try message(path).contains("does not say what network it is for"))
        let text = try message(path, system: NetworkSystem.named("fusionmamba-rs"))
        #expect(text.contains("are not those of fusionmamba-rs"))
    }

    @Test("that are no such file, or no file of weights, are refused")
    func notWeights() throws {
        #expect(throws: CheckpointError.self) { try NetworkCheckpoint(file: scratch.path("nothing.safetensors")) }
        let path = scratch.path("text.safetensors")
        try Data("these are no weights at all".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: CheckpointError.self) { try NetworkCheckpoint(file: path) }
    }

    @Test("find a system by its name in any case")
    func systemNames() {
        #expect(NetworkSystem.named("FusionMamba-RS")?.name == "fusionmamba-rs")
        #expect(NetworkSystem.named("nothing") == nil)
        #expect(Set(NetworkSystem.all.map(\.name)).count == NetworkSystem.all.count)
    }
}
