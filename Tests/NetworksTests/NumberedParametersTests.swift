import Networks
import Testing
import Torch

@Suite("Parameters without names")
struct NumberedParametersTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func file(_ tensors: [Tensor]) throws -> String {
        let path = scratch.path("list.safetensors")
        try SafetensorsFile.write(tensors.enumerated().map { ("\($0)", $1) }, metadata: [:], to: path)
        return path
    }

    @Test("get those of the preset whose shapes they have", arguments: [("gf2", Int?.none), ("cave-x8", 8)])
    func names(preset: String, ratio: Int?) throws {
        try withTorchErrors {
            let system = try #require(NetworkSystem.named("lemamba"))
            let original = try system.network(try #require(system.preset(named: preset)).json)
            original.initialize(using: RandomGenerator(seed: 9))
            let checkpoint = try NetworkCheckpoint(file: try file(original.parameters), ratio: ratio)
            #expect(checkpoint.description.system == "lemamba")
            let found = try #require(checkpoint.network as? LEMamba)
            #expect(found.ratio == ratio ?? 4)
            for ((name, expected), (_, tensor)) in zip(original.namedParameters(), found.namedParameters()) {
                #expect(difference(tensor.detached(), expected.detached()) == 0, "\(name)")
            }
        }
    }

    @Test("of no preset are refused with advice")
    func refused() throws {
        let path = try file([.zeros([3]), .zeros([2, 2])])
        let error = #expect(throws: NetworkCheckpointError.self) { try NetworkCheckpoint(file: path) }
        #expect("\(try #require(error))".contains("no names"))
    }
}
