import Foundation
import Networks
import StateSpace
import Testing
import Torch

@Suite("Consistent detail") struct ConsistentDetailTests {
    private func grid(_ height: Int, _ width: Int, ratio: Int = 4, phase: Double = 1.5, gains: [Double]) -> CoarseGrid {
        CoarseGrid(
            rows: .init(pixels: height * ratio, samples: height, phase: phase),
            columns: .init(pixels: width * ratio, samples: width, phase: phase), ratio: ratio, gains: gains)
    }

    /// Weights that are not zero anywhere, so that every part has its say.
    private func network(stages: Int = 1) throws -> ConsistentDetail {
        var configuration = ConsistentDetailConfiguration()
        (configuration.mixingWidth, configuration.width, configuration.stages) = (6, 5, stages)
        let network = try ConsistentDetail(configuration)
        let generator = RandomGenerator(seed: 3)
        network.initialize(using: generator)
        for (name, parameter) in network.namedParameters() where name.contains("output") {
            withoutGradients { parameter.copy(from: .normal(parameter.shape, generator: generator) * 0.05) }
        }
        return network
    }

    /// Smooth bands and a PAN with finer detail, about 300 in every sample.
    private func scene(_ bands: Int, _ height: Int, _ width: Int, ratio: Int = 4) -> (ms: Tensor, pan: Tensor) {
        let generator = RandomGenerator(seed: 11)
        func field(_ channels: Int, _ rows: Int, _ columns: Int) -> Tensor {
            Tensor.normal([1, channels, rows / 2, columns / 2], generator: generator)
                .interpolated(to: [rows, columns], mode: .bicubic)
        }
        let common = field(1, height, width)
        let ms = (field(bands, height, width) * 20 + common * 60) + 300
        let pan =
            common.interpolated(to: [height * ratio, width * ratio], mode: .bicubic) * 60
            + field(1, height * ratio, width * ratio) * 25 + 310
        return (ms, pan)
    }

    @Test("the instrument keeps a flat image, and so does interpolation", arguments: [2, 3, 4])
    func flat(ratio: Int) throws {
        try withTorchErrors {
            let grid = grid(7, 9, ratio: ratio, phase: Double(ratio / 2), gains: [0.2, 0.35])
            let fine = Tensor.full([1, 2, 7 * ratio, 9 * ratio], 5)
            #expect(difference(grid.observed(fine), .full([1, 2, 7, 9], 5)) < 1e-5)
            #expect(difference(grid.interpolated(.full([1, 2, 7, 9], 5)), fine) < 1e-5)
        }
    }

    @Test("the instrument has the gain that was asked for at the coarse grid's Nyquist frequency")
    func gain() throws {
        try withTorchErrors {
            // A cosine of a period of two samples, with its crests on the samples: phase 2, ratio 4, period 8.
            let wave = (0..<32).map { Float(cos(.pi * (Double($0) - 2) / 4)) }
            let fine = Tensor(wave, shape: [1, 1, 1, 32]).expanded([1, 1, 32, 32]).contiguous()
            let observed = grid(8, 8, phase: 2, gains: [0.3]).observed(fine)
            let middle = observed[0, 0, 4, 2..<6].abs().mean().item
            #expect(abs(middle - 0.3) < 0.003, "\(middle)")
        }
    }

    @Test("what comes back is the transpose of what goes out, times the pixels of a sample")
    func transpose() throws {
        try withTorchErrors {
            let grid = grid(6, 5, gains: [0.25, 0.3])
            let generator = RandomGenerator(seed: 1)
            let fine = Tensor.normal([1, 2, 24, 20], generator: generator)
            let coarse = Tensor.normal([1, 2, 6, 5], generator: generator)
            let (there, back) = ((grid.observed(fine) * coarse).sum().item, (fine * grid.returned(coarse)).sum().item)
            #expect(abs(back - 16 * there) < 1e-3 * abs(back))
        }
    }

    @Test("the result would be measured nearly as the image was", arguments: [2, 3, 4])
    func consistency(ratio: Int) throws {
        try withTorchErrors {
            let (ms, pan) = scene(4, 16, 20, ratio: ratio)
            let grid = grid(16, 20, ratio: ratio, phase: Double(ratio - 1) / 2, gains: [0.3, 0.3, 0.28, 0.35])
            let fused = try withInference { try network()(ms: ms, pan: pan, grid: grid) }
            #expect(fused.shape == [1, 4, 16 * ratio, 20 * ratio])
            let error = (grid.observed(fused) - ms).squared().mean().item.squareRoot()
            let interpolated = (grid.observed(grid.interpolated(ms)) - ms).squared().mean().item.squareRoot()
            #expect(error < 0.25 * interpolated, "\(error), interpolated \(interpolated)")
        }
    }

    @Test("bands in another order come out in that order, and a brighter scene brighter")
    func equivariance() throws {
        try withTorchErrors {
            let network = try network(stages: 2)
            let (ms, pan) = scene(3, 8, 12)
            let fused = try withInference {
                try network(ms: ms, pan: pan, grid: grid(8, 12, gains: [0.25, 0.3, 0.35]))
            }
            let turned = try withInference {
                try network(
                    ms: ms.flipped(1), pan: pan, grid: grid(8, 12, gains: [0.35, 0.3, 0.25]))
            }
            #expect(difference(turned.flipped(1), fused) < 2e-2)
            let brighter = try withInference {
                try network(ms: ms * 16, pan: pan * 16, grid: grid(8, 12, gains: [0.25, 0.3, 0.35]))
            }
            #expect(difference(brighter / 16, fused) < 2e-2)
        }
    }

    @Test("a cube, of which some bands are in memory at a time, comes out as in one piece", arguments: [11, 16])
    func groups(bands: Int) throws {
        try withTorchErrors {
            let network = try network(stages: 2)
            let (ms, pan) = scene(bands, 8, 12)
            let grid = grid(8, 12, gains: (0..<bands).map { 0.25 + 0.005 * Double($0) })
            // Where gradients are recorded, all bands are one group.
            let whole = try network(ms: ms, pan: pan, grid: grid).detached()
            let parts = try withInference { try network(ms: ms, pan: pan, grid: grid) }
            #expect(difference(parts, whole) < 1e-3, "of about 300")
            #expect(difference(parts, grid.interpolated(ms)) > 1)
        }
    }

    @Test("images without contrast come out as they are")
    func constant() throws {
        try withTorchErrors {
            let fused = try withInference {
                try network()(
                    ms: .full([1, 2, 6, 6], 120), pan: .full([1, 1, 24, 24], 77), grid: grid(6, 6, gains: [0.3, 0.3]))
            }
            #expect(difference(fused, .full([1, 2, 24, 24], 120)) < 1e-3)
        }
    }

    @Test("every parameter learns")
    func gradients() throws {
        try withTorchErrors {
            let network = try network()
            let (ms, pan) = scene(3, 8, 8)
            (try network(ms: ms, pan: pan, grid: grid(8, 8, gains: [0.3, 0.3, 0.3])) - 300).squared().mean().backward()
            for (name, parameter) in network.namedParameters() {
                let gradient = try #require(parameter.gradient, "\(name) has none")
                #expect(isFinite(gradient) && gradient.abs().max().item > 0, "\(name)")
            }
        }
    }

    @Test("a file of parameters tells what it was built from")
    func inference() throws {
        var configuration = ConsistentDetailConfiguration()
        (configuration.mixingWidth, configuration.mixingBlocks) = (7, 0)
        (configuration.width, configuration.blocks, configuration.stages) = (9, 2, 3)
        let network = try ConsistentDetail(configuration)
        network.initialize(using: RandomGenerator(seed: 5))
        let scratch = try Scratch()
        let path = scratch.path("weights.safetensors")
        try SafetensorsFile.write(network.state(), metadata: [:], to: path)
        let found = try #require(NetworkCheckpoint(file: path).network as? ConsistentDetail)
        #expect(found.configuration == configuration)
    }

    @Test("images that don't fit the grid are refused")
    func shapes() throws {
        try withTorchErrors {
            let (ms, pan) = scene(2, 8, 8)
            let network = try network()
            #expect(throws: BlockInputError.self) {
                try network(ms: ms, pan: pan, grid: grid(9, 8, gains: [0.3, 0.3]))
            }
            #expect(throws: BlockInputError.self) { try network(ms: ms, pan: ms, grid: grid(8, 8, gains: [0.3, 0.3])) }
        }
    }
}
