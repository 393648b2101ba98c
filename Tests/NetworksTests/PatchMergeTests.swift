import Networks
import StateSpace
import Testing
import Torch

@Suite("Merging of patches")
struct PatchMergeTests {
    static let cases = [(4, 1, 4, 4), (4, 4, 7, 9), (8, 2, 19, 26), (6, 3, 11, 6), (16, 4, 16, 33), (5, 1, 12, 13)]

    @Test("gives back what depends on single pixels only, for any tile and ratio", arguments: cases)
    func identity(tile: Int, ratio: Int, height: Int, width: Int) throws {
        try withTorchErrors {
            let image = Tensor.uniform(
                [2, 3, height * ratio, width * ratio], low: 0, high: 1, generator: RandomGenerator(seed: 4))
            let merged = try PatchMerge(tile: tile, ratio: ratio, batch: 3)([image], height: height, width: width) {
                #expect($0[0].size(2) == tile * ratio && $0[0].size(3) == tile * ratio)
                return $0[0] * 2 + 1
            }
            #expect(difference(merged, image * 2 + 1) < 1e-5)
        }
    }

    @Test("takes borders from the outermost tiles and the rest from the centres of several")
    func places() throws {
        try withTorchErrors {
            // Tiles of 8 at 0, 2, 4 and, since 13 − 8 is no multiple of 2, at 5. Each gives its own number.
            var number = 0.0
            let rows = try PatchMerge(tile: 8, ratio: 1, batch: 1)([.zeros([1, 1, 13, 8])], height: 13, width: 8) { _ in
                defer { number += 1 }
                return .full([1, 1, 8, 8], number)
            }.flattened(from: 0, to: 2)[.all, 4].array(of: Double.self)
            // The last tile's rows begin with 13 − 8 + ⌊(8 − 1) / 2 + ½⌋ = 9.
            #expect(rows == [0, 0, 0, 0, 0.5, 0.5, 1.5, 1.5, 2, 3, 3, 3, 3])
        }
    }

    @Test("refuses images smaller than a tile")
    func small() throws {
        #expect(throws: BlockInputError.self) {
            try PatchMerge(tile: 8)([.zeros([1, 1, 28, 40])], height: 7, width: 10) { $0[0] }
        }
    }

    @Test("fuses an image of one tile as the network does, and larger ones nearly so")
    func network() throws {
        try withTorchErrors {
            let network = try leMamba(.little)
            try withInference {
                let (upsampled, guide) = inputs(of: network, height: 16, width: 16)
                let whole = try network(upsampled: upsampled, guide: guide)
                #expect(difference(try network.tiled(upsampled: upsampled, guide: guide, tile: 4), whole) < 1e-5)
                let larger = inputs(of: network, height: 32, width: 24)
                let tiled = try network.tiled(upsampled: larger.upsampled, guide: larger.guide, tile: 4)
                #expect(tiled.shape == [1, 3, 32, 24] && isFinite(tiled))
            }
        }
    }
}
