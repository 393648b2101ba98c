import Torch

extension Module {
    /// What LE-Mamba's program does to all linear maps, norms and convolutions of a network once it is built; call it from
    /// the network's own rule, which runs last. Other parameters keep their values.
    package func initializeLayersLikeLEMamba(using generator: RandomGenerator) {
        for (_, module) in namedModules() {
            switch module {
            case let linear as Linear:
                linear.weight.initialize(.truncatedNormal(deviation: 0.02), using: generator)
                linear.bias?.fill(0)
            case let convolution as Conv2d:
                // Connections to each channel are counted as if it had those of all groups.
                convolution.weight.initialize(.kaimingNormal(fan: .output), using: generator)
                convolution.bias?.fill(0)
            default: break
            }
        }
    }
}
