import Networks
import Testing
import Torch
import Training

@Suite("Gradient checkpointing") struct CheckpointingTests {
    @Test("a part of a network that is run again gives the gradients of one that is kept")
    func gradients() throws {
        try withTorchErrors {
            let layers = Sequential(Linear(4, 8), Function { $0.tanh() }, Linear(8, 2))
            layers.initialize(using: RandomGenerator(seed: 1))
            func found(_ forward: (Tensor) -> Tensor) -> [[Double]] {
                layers.clearGradients()
                let input = image(3, 4, dtype: .float32)
                input.setRequiresGradient()
                forward(input).squared().sum().backward()
                return ([input] + layers.parameters).map { $0.gradient?.array() ?? [] }
            }
            let kept = found { layers($0) }
            #expect(found { checkpointed([$0], in: layers) { [layers($0[0])] }[0] } == kept)
            #expect(kept.allSatisfy { !$0.isEmpty })
        }
    }

    @Test("a part may have a result that nothing is learned from")
    func constantResult() throws {
        try withTorchErrors {
            let layer = Linear(4, 2)
            layer.initialize(using: RandomGenerator(seed: 1))
            let input = image(3, 4, dtype: .float32)
            let outputs = checkpointed([input], in: layer) { [layer($0[0]), layer($0[0]).detached()] }
            (outputs[0] + outputs[1]).sum().backward()
            let gradient: [Float] = try #require(layer.weight.gradient).array()
            layer.clearGradients()
            layer(input).sum().backward()
            #expect(gradient == layer.weight.gradient?.array())
        }
    }

    @Test("a part that draws random numbers draws the same ones again, and leaves the generator as it was")
    func random() throws {
        try withTorchErrors {
            let generator = RandomGenerator(seed: 1)
            let layers = Sequential(Linear(4, 64), Dropout(0.5), Linear(64, 1))
            layers.initialize(using: generator)
            layers.train(using: generator)
            func found(isCheckpointed: Bool) -> ([[Float]], [UInt8]) {
                layers.clearGradients()
                generator.seed(3)
                let input = image(3, 4, dtype: .float32)
                let first = isCheckpointed ? checkpointed([input], in: layers) { [layers($0[0])] }[0] : layers(input)
                let second = layers(input)
                (first + second).squared().sum().backward()
                return (layers.parameters.map { $0.gradient?.array() ?? [] }, generator.state)
            }
            let (kept, state) = found(isCheckpointed: false)
            let (again, stateAgain) = found(isCheckpointed: true)
            for (a, b) in zip(kept.joined(), again.joined()) { #expect(abs(a - b) <= 1e-5 * max(1, abs(a))) }
            #expect(state == stateAgain)
        }
    }

    /// Small networks of every system.
    static let systems = [
        ("fusionmamba-rs", "{\"dim\": 8, \"ms_dim\": 3}"),
        (
            "lemamba",
            "{\"width\": 8, \"img_channel\": 3, \"out_channel\": 3, \"window_sizes\": [4, 2, null], \"drop_path_rate\": 0.5}"
        ),
        ("mmmamba", "{\"bands\": 3, \"width\": 8, \"blocks\": 2}"),
        (
            "fusionmamba-mm",
            "{\"depths\": [1, 1], \"depths_decoder\": [1, 1], \"dims\": [16, 32], \"dims_decoder\": [32, 16]}"
        ),
    ]

    @Test("of every system gives the gradients that it has without", arguments: systems)
    func keepsGradients(name: String, settings: String) throws {
        let network = try #require(NetworkSystem.named(name)).network(settings)
        let generator = RandomGenerator(seed: 1)
        network.initialize(using: generator)
        network.train(using: generator)
        for parameter in network.parameters { parameter.setRequiresGradient() }
        /// The gradients, and how many scans the backward pass made.
        func found(isCheckpointed: Bool) throws -> ([String: Tensor], Int) {
            network.setCheckpointed(isCheckpointed)
            network.clearGradients()
            generator.seed(7)
            let sum = try output(of: network).squared().sum()
            let profile = try OperationProfile.measuring { sum.backward() }
            let scans = profile.entries.filter { $0.name.contains("scan") }.reduce(0) { $0 + $1.calls }
            let gradients = network.namedParameters().compactMap { name, tensor in tensor.gradient.map { (name, $0) } }
            return (Dictionary(gradients) { first, _ in first }, scans)
        }
        let (kept, scans) = try found(isCheckpointed: false)
        let (again, scansAgain) = try found(isCheckpointed: true)
        #expect(scansAgain > scans, "\(scansAgain) scans, \(scans) before")
        #expect(kept.count == again.count && kept.count > 10)
        for (name, gradient) in kept {
            let other = try #require(again[name])
            let (largest, difference) = (gradient.abs().max().item, (gradient - other).abs().max().item)
            #expect(difference <= 1e-5 * largest + 1e-9, "\(name): \(difference) of \(largest)")
        }
    }

    private func output(of network: any FusionNetwork) throws -> Tensor {
        func made(_ bands: Int, _ side: Int, _ seed: UInt64) -> Tensor {
            image(2, bands, side, side, seed: seed, dtype: .float32)
        }
        if let network = network as? any SharpeningNetwork {
            return try network.sharpen(
                ms: made(network.msBands, 32 / network.ratio, 1), pan: made(network.panBands, 32, 2))
        }
        let network = try #require(network as? any PairFusionNetwork)
        return try network.fuse(made(1, 32, 1), made(1, 32, 2))
    }
}
