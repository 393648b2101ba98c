import Foundation
import Networks
import Testing
import Torch

@Suite("Salient detail") struct SalientDetailTests {
    private func picture(_ height: Int, _ width: Int, seed: UInt64) -> Tensor {
        .uniform([1, 1, height, width], low: 0, high: 1, generator: RandomGenerator(seed: seed))
    }

    private func shipped() throws -> SalientDetail {
        let checkpoint = try #require(try NetworkCheckpoint(shippedWith: .salientDetail, for: .fuse))
        return try #require(checkpoint.network as? SalientDetail)
    }

    @Test(
        "a picture of any size is fused to one between both, whichever comes first",
        arguments: [[1, 1], [1, 9], [2, 3], [5, 64], [33, 50], [64, 64]])
    func between(size: [Int]) throws {
        try withTorchErrors {
            let network = try shipped()
            let (first, second) = (picture(size[0], size[1], seed: 1), picture(size[0], size[1], seed: 2))
            let fused = try network(first, second)
            #expect(fused.shape == first.shape)
            #expect((fused .>= first.minimum(second)).all().item != 0)
            #expect((fused .<= first.maximum(second)).all().item != 0)
            let swapped = try network(second, first)
            #expect(difference(fused, swapped) < 1e-5)
        }
    }

    @Test("pictures that are turned or mirrored have the same result, turned or mirrored")
    func orientation() throws {
        try withTorchErrors {
            let network = try shipped()
            // Every second sample of an odd number is the same from both ends, at all scales.
            let (first, second) = (picture(65, 129, seed: 11), picture(65, 129, seed: 12))
            let fused = try network(first, second)
            for change in [{ $0.flipped(2) }, { $0.flipped(3) }, { $0.transposed(2, 3) }] as [(Tensor) -> Tensor] {
                let other = try network(change(first), change(second))
                #expect(difference(change(fused), other) < 1e-4)
            }
        }
    }

    @Test("where both pictures agree, nothing changes")
    func agreement() throws {
        try withTorchErrors {
            let same = picture(40, 56, seed: 3)
            let fused = try shipped()(same, same)
            #expect(difference(fused, same) == 0)
        }
    }

    @Test("a new network takes the details of the picture that has some")
    func untrained() throws {
        try withTorchErrors {
            let network = try SalientDetail()
            network.initialize(using: RandomGenerator(seed: 4))
            let (detailed, flat) = (picture(64, 64, seed: 5) * 0.4 + 0.3, Tensor.full([1, 1, 64, 64], 0.5))
            let fused = try network(detailed, flat)
            let (x, y) = (fused - fused.mean(), detailed - detailed.mean())
            let correlation = (x * y).sum().item / ((x * x).sum().item * (y * y).sum().item).squareRoot()
            #expect(correlation > 0.95, "\(correlation)")
        }
    }

    @Test("parts that are read alone become what the whole becomes, away from their borders")
    func parts() throws {
        try withTorchErrors {
            let network = try shipped()
            let smooth = { (seed: UInt64) in
                picture(40, 48, seed: seed).interpolated(to: [640, 768], mode: .bicubic)
            }
            let (first, second) = (smooth(6), smooth(7))
            let whole = try network(first, second)
            let part = try network(first[.all, .all, 64..<640, 64..<768], second[.all, .all, 64..<640, 64..<768])
            let inner = difference(
                whole[.all, .all, 320..<512, 320..<640], part[.all, .all, 256..<448, 256..<576])
            #expect(inner < 0.02, "\(inner)")
        }
    }

    @Test("strips of rows become what all rows become at once", arguments: [[300, 400], [131, 2100], [33, 4000]])
    func strips(size: [Int]) throws {
        try withTorchErrors {
            let network = try shipped()
            let (first, second) = (picture(size[0], size[1], seed: 8), picture(size[0], size[1], seed: 9))
            let atOnce = try network(first, second)
            let inStrips = try withoutGradients { try network(first, second) }
            #expect(difference(atOnce, inStrips) < 1e-5)
        }
    }

    @Test("the weights that come with the library are small, and their file says how it was made")
    func weights() throws {
        let checkpoint = try #require(try NetworkCheckpoint(shippedWith: .salientDetail, for: .fuse))
        #expect(checkpoint.network.parameterCount < 20_000)
        #expect(checkpoint.description.origin?.contains("fusionkit train") == true)
    }

    @Test("a file tells the widths of its network")
    func inferred() throws {
        var configuration = SalientDetailConfiguration()
        (configuration.width, configuration.memory, configuration.blocks) = (6, 3, 1)
        let network = try SalientDetail(configuration)
        network.initialize(using: RandomGenerator(seed: 8))
        let scratch = try Scratch()
        let path = scratch.path("weights.safetensors")
        try SafetensorsFile.write(network.state(), metadata: [:], to: path)
        let found = try #require(NetworkCheckpoint(file: path).network as? SalientDetail)
        #expect(found.configuration == configuration)
    }
}
