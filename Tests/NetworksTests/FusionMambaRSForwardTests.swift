import Networks
import Testing
import Torch

@Suite("FusionMamba (Peng) fuses")
struct FusionMambaRSForwardTests {
    static let sizes: [(FusionMambaRSConfiguration, Int, Int)] = [
        (FusionMambaRSConfiguration(width: 8, msBands: 4), 16, 40),
        (FusionMambaRSConfiguration(width: 8, msBands: 4, ratio: 2), 12, 8),
        (FusionMambaRSConfiguration(width: 8, panBands: 3, msBands: 5, ratio: 8), 16, 24),
        (FusionMambaRSConfiguration(width: 20, msBands: 3), 4, 4),
        (FusionMambaRSConfiguration(width: 8, msBands: 40), 16, 24),
        (FusionMambaRSConfiguration(width: 8, msBands: 4, ratio: 3, upsampling: .fixed), 12, 24),
    ]

    @Test("rectangles of any allowed size, ratio and number of bands", arguments: sizes)
    func shapes(configuration: FusionMambaRSConfiguration, height: Int, width: Int) throws {
        try withTorchErrors {
            let network = try network(configuration)
            #expect(height % network.sizeMultiple == 0 && width % network.sizeMultiple == 0)
            let (ms, pan) = inputs(of: network, height: height, width: width)
            let fused = try withInference { try network.sharpen(ms: ms, pan: pan) }
            #expect(fused.shape == [1, configuration.msBands, height, width])
            #expect(isFinite(fused))
        }
    }

    @Test("the same with and without recording gradients", arguments: sizes)
    func inference(configuration: FusionMambaRSConfiguration, height: Int, width: Int) throws {
        try withTorchErrors {
            let network = try network(configuration)
            let (ms, pan) = inputs(of: network, height: height, width: width, batches: 2)
            let (panBefore, msBefore) = (pan.copy(), ms.copy())
            let recorded = try network(ms: ms, pan: pan)
            let fused = try withInference { try network(ms: ms, pan: pan) }
            #expect(recorded.requiresGradient)
            #expect(difference(fused, recorded.detached()) < 2e-6)
            #expect(difference(pan, panBefore) == 0 && difference(ms, msBefore) == 0)
        }
    }

    @Test("each image of a batch as if it were alone")
    func batches() throws {
        try withTorchErrors {
            let network = try network(FusionMambaRSConfiguration(width: 8, msBands: 4))
            let (ms, pan) = inputs(of: network, height: 12, width: 20, batches: 3)
            try withInference {
                let together = try network(ms: ms, pan: pan)
                for index in 0..<3 {
                    let alone = try network(
                        ms: ms.narrowed(axis: 0, start: index, length: 1),
                        pan: pan.narrowed(axis: 0, start: index, length: 1))
                    #expect(difference(together.narrowed(axis: 0, start: index, length: 1), alone) < 2e-6)
                }
            }
        }
    }

    @Test("inputs in any memory layout")
    func layouts() throws {
        try withTorchErrors {
            let network = try network(FusionMambaRSConfiguration(width: 8, panBands: 3, msBands: 4))
            let (ms, pan) = inputs(of: network, height: 16, width: 24)
            try withInference {
                let expected = try network(ms: ms, pan: pan)
                let found = try network(ms: ms.channelsLast(), pan: pan.channelsLast())
                #expect(difference(found, expected) < 2e-6)
            }
        }
    }

    @Test("with gradients for both inputs and every parameter", arguments: [4, 40])
    func gradients(bands: Int) throws {
        try withTorchErrors {
            let network = try network(FusionMambaRSConfiguration(width: 4, msBands: bands))
            let (ms, pan) = inputs(of: network, height: 8, width: 8)
            ms.setRequiresGradient()
            pan.setRequiresGradient()
            FusionMambaRSLoss()(fused: try network(ms: ms, pan: pan), reference: .zeros([1, bands, 8, 8])).l1.backward()
            for (name, tensor) in network.namedParameters() + [("ms", ms), ("pan", pan)] {
                let gradient = try #require(tensor.gradient, "\(name) has none")
                #expect(isFinite(gradient), "\(name)")
            }
            let panGradient = try #require(pan.gradient)
            #expect(panGradient.abs().max().item > 0)
        }
    }

    @Test("a gradient that is the derivative along its own direction")
    func derivative() throws {
        try withTorchErrors {
            let network = try network(FusionMambaRSConfiguration(width: 4, msBands: 2))
            let (ms, pan) = inputs(of: network, height: 8, width: 8)
            network.to(.float64)
            let (coarse, sharp) = (ms.to(.float64), pan.to(.float64))
            sharp.setRequiresGradient()
            try network(ms: coarse, pan: sharp).squared().sum().backward()
            let gradient = try #require(sharp.gradient)
            let step = 1e-6 / gradient.squared().sum().squareRoot().item
            func value(_ factor: Double) throws -> Double {
                try withoutGradients { try network(ms: coarse, pan: sharp + gradient * factor).squared().sum().item }
            }
            let slope = (try value(step) - value(-step)) / (2 * step)
            let expected = gradient.squared().sum().item
            #expect(abs(slope - expected) < 1e-6 * expected)
        }
    }
}
