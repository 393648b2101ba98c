import Torch

/// Blocks at one size, then half the size (the authors' `VSSLayer`).
final class EncoderStage: Module {
    @Child var blocks: [DVSSBlock]
    @Child("downsample") var merging: PatchMerging?

    /// - Parameters:
    ///   - width: channels of the map.
    ///   - dropRates: one for each block.
    ///   - merges: whether the size is halved in the end.
    init(width: Int, dropRates: ArraySlice<Double>, merges: Bool) throws {
        let blocks = try dropRates.map { try DVSSBlock(width: width, dropRate: $0) }
        super.init()
        self.blocks = blocks
        merging = merges ? PatchMerging(width: width) : nil
    }

    /// (B, H, W, C) to (B, H/2, W/2, 2C), or to the same shape.
    func callAsFunction(_ map: Tensor) throws -> Tensor {
        let mixed = try blocks.reduce(map) { try $1($0) }
        return merging?(mixed) ?? mixed
    }
}

/// Twice the size, then blocks (the authors' `VSSLayer_up`).
final class DecoderStage: Module {
    @Child("upsample") var expansion: PatchExpansion?
    @Child var blocks: [DVSSBlock]

    /// - Parameters:
    ///   - width: channels of the result.
    ///   - dropRates: one for each block.
    ///   - expands: whether the size is doubled first.
    init(width: Int, dropRates: ArraySlice<Double>, expands: Bool) throws {
        let blocks = try dropRates.map { try DVSSBlock(width: width, dropRate: $0) }
        super.init()
        expansion = expands ? PatchExpansion(factor: 2, from: 2 * width, to: width) : nil
        self.blocks = blocks
    }

    /// (B, H, W, 2C) to (B, 2H, 2W, C), or (B, H, W, C) to the same shape.
    func callAsFunction(_ map: Tensor) throws -> Tensor {
        try blocks.reduce(expansion?(map) ?? map) { try $1($0) }
    }
}
