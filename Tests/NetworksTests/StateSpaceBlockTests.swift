import Networks
import StateSpace
import Testing
import Torch

@Suite("State-space blocks of single networks")
struct StateSpaceBlockTests {
    private let configuration = MambaConfiguration(width: 8, states: 3, convolutionWidth: 3)

    private func features(_ shape: Int..., seed: UInt64 = 4) -> Tensor {
        Tensor.normal(shape, generator: RandomGenerator(seed: seed))
    }

    @Test("have the parameters of LE-Mamba's block")
    func visualBlockNames() throws {
        let block = try VSSBlock(configuration, perceptronRatio: 4, sharing: SS2D.Sharing(previousWidth: 5))
        let state = Dictionary(uniqueKeysWithValues: block.state().map { ($0.name, $0.tensor.shape) })
        #expect(state.count == 24)
        #expect(state["op.ssm_state_weight1"] == [64, 5, 1] && state["op.norm.body.bias"] == [16])
        #expect(state["mlp.fc1.weight"] == [64, 8] && state["mlp.fc2.weight"] == [8, 32])
        #expect(state["norm2.bias"] == [8])
    }

    @Test("leave out whole branches of single maps in training, and only then")
    func stochasticDepth() throws {
        try withTorchErrors {
            let block = try VSSBlock(configuration, perceptronRatio: 2, dropRate: 0.5)
            block.initialize(using: RandomGenerator(seed: 1))
            let maps = features(1, 2, 2, 8).expanded([64, 2, 2, 8])
            try withoutGradients {
                block.eval()
                let plain = try block(maps).map
                #expect(difference(plain, plain[0..<1].expanded(plain.shape)) < 1e-5)
                block.train(using: RandomGenerator(seed: 2))
                let results = try block(maps).map
                // Both branches left out: a quarter of the maps come out as they were.
                let untouched = (0..<64).filter { difference(results[.at($0)], maps[.at($0)]) == 0 }.count
                #expect((6...28).contains(untouched))
                let distinct = Set((0..<64).map { (results[.at($0), 0, 0, 0].item * 1e4).rounded() })
                #expect(distinct.count == 4)
            }
        }
    }

    @Test("start as LE-Mamba's program starts them")
    func initialization() throws {
        let block = try VSSBlock(MambaConfiguration(width: 64, states: 3, convolutionWidth: 7), perceptronRatio: 2)
        let generator = RandomGenerator(seed: 1)
        block.initialize(using: generator)
        withoutGradients { block.initializeLayersLikeLEMamba(using: generator) }
        let state = Dictionary(uniqueKeysWithValues: block.state().map { ($0.name, $0.tensor) })
        func deviation(_ name: String) throws -> Double { try #require(state[name]).squared().mean().squareRoot().item }
        #expect(abs(try deviation("op.in_proj.weight") - 0.02) < 0.001)
        #expect(abs(try deviation("mlp.fc2.weight") - 0.02) < 0.001)
        #expect(try deviation("mlp.fc1.bias") == 0)
        // √(2 / (128 · 49)): all groups' channels are counted.
        #expect(abs(try deviation("op.conv2d.weight") / (2.0 / (128 * 49)).squareRoot() - 1) < 0.05)
        #expect(try deviation("op.conv2d.bias") == 0)
        #expect(try #require(state["op.Ds"]).min().item == 1)
    }

    @Test("of LE-Mamba refuse ratios and rates that mean nothing")
    func wrongVisualBlock() throws {
        for (ratio, rate) in [(0, 0), (.nan, 0), (2, -0.1), (2, 1.5)] as [(Double, Double)] {
            #expect(throws: ConfigurationError.self) {
                try VSSBlock(configuration, perceptronRatio: ratio, dropRate: rate)
            }
        }
    }

    @Test("of FusionMamba (Xie) join two maps of one shape only")
    func crossModality() throws {
        try withTorchErrors {
            let block = try CrossModalityScan(configuration)
            block.initialize(using: RandomGenerator(seed: 1))
            #expect(try block(features(2, 3, 5, 8), features(2, 3, 5, 8, seed: 5)).shape == [2, 3, 5, 8])
            let error = #expect(throws: BlockInputError.self) {
                try block(features(2, 3, 5, 8), features(2, 5, 3, 8))
            }
            #expect(error?.description.contains("the second map's pixels have shape [2, 5, 3, 8]") == true)
            #expect(throws: BlockInputError.self) { try block(features(2, 3, 5, 7), features(2, 3, 5, 7)) }
        }
        var wrong = configuration
        wrong.convolutionWidth = 2
        #expect(throws: ConfigurationError.self) { try CrossModalityScan(wrong) }
    }

    @Test("of FusionMamba (Xie) never use half of the second projection")
    func unusedHalf() throws {
        try withTorchErrors {
            let block = try CrossModalityScan(configuration)
            block.initialize(using: RandomGenerator(seed: 1))
            try block(features(1, 4, 4, 8), features(1, 4, 4, 8, seed: 5)).squared().sum().backward()
            let parameters = Dictionary(uniqueKeysWithValues: block.namedParameters())
            let gradient = try #require(parameters["in_proj2.weight"]?.gradient)
            #expect(gradient[16...].abs().max().item == 0 && gradient[0..<16].abs().max().item > 0)
        }
    }
}
