import Networks
import Torch

extension LEMambaConfiguration {
    /// Three levels with windows of 4 and 2, small enough for tests; its sizes are multiples of 8 or are filled up.
    static var little: LEMambaConfiguration {
        var configuration = LEMambaConfiguration(msBands: 3)
        configuration.width = 8
        configuration.windows = [4, 2, nil]
        configuration.encoderStates = [[2, 4], [2, 4], [nil, 4]]
        configuration.decoderStates = [[nil, 4], [2, 4], [2, 4]]
        configuration.encoderKernels = [[3, 5], [3, 5], [nil, 5]]
        configuration.decoderKernels = [[nil, 5], [3, 5], [3, 5]]
        return configuration
    }
}

/// A small network with repeatable values, in which all ways are open.
func leMamba(_ configuration: LEMambaConfiguration, seed: UInt64 = 1) throws -> LEMamba {
    let network = try LEMamba(configuration)
    let generator = RandomGenerator(seed: seed)
    network.initialize(using: generator)
    // Published starting values leave skip connections closed and windows with little weight.
    for (name, tensor) in network.namedParameters()
    where name.hasPrefix("skip_scales") || name.hasSuffix("enhanced_factor") {
        tensor.initialize(.uniform(low: 0.5, high: 1), using: generator)
    }
    network.eval()
    return network
}

/// Both inputs of a network at the size of its result, between 0 and 1.
func inputs(
    of network: LEMamba, height: Int, width: Int, batches: Int = 1, seed: UInt64 = 5
) -> (upsampled: Tensor, guide: Tensor) {
    let generator = RandomGenerator(seed: seed)
    return (
        Tensor.uniform([batches, network.msBands, height, width], low: 0, high: 1, generator: generator),
        Tensor.uniform([batches, network.panBands, height, width], low: 0, high: 1, generator: generator)
    )
}
