// FusionMamba for multimodal images.
//
// Xinyu Xie, Yawen Cui, Tao Tan, Xubin Zheng, Zitong Yu: "FusionMamba: Dynamic Feature Enhancement for Multimodal Image
// Fusion with Mamba", Visual Intelligence 2 (37), 2024, arXiv 2404.09498. Parameter names are those of the authors' class
// VSSM_Fusion (repository millieXie/FusionMamba), so their checkpoints load as they are.

import StateSpace
import Torch

/// FusionMamba of Xie et al.: a U-net of dynamic visual state-space blocks (DVSS) whose encoder sees both images, and whose
/// skip connections fuse what it has seen of them (DFFM).
public final class FusionMambaMM: Module {
    /// What the network was built from.
    public let configuration: FusionMambaMMConfiguration

    @Child("patch_embed1") var firstEmbedding: PatchEmbedding
    @Child("patch_embed2") var secondEmbedding: PatchEmbedding
    @Child("pos_drop") var dropout: Dropout
    @Child("layers") var encoder: [EncoderStage]
    // Quirk: the first one is in every file, and what it makes is never used (golden file model_l2_grad).
    @Child("Cross_block") var fusions: [DynamicFeatureFusion]
    @Child("layers_up") var decoder: [DecoderStage]
    @Child("final_up") var finalExpansion: PatchExpansion
    @Child("final_conv") var finalConvolution: Conv2d

    /// Builds the network.
    ///
    /// - Throws: `ConfigurationError` for a number that no network can be built with.
    public init(_ configuration: FusionMambaMMConfiguration = .init()) throws {
        try configuration.validate()
        self.configuration = configuration
        let width = configuration.widths[0]
        let rate = configuration.pathDropRate
        super.init()
        firstEmbedding = PatchEmbedding(width: width)
        secondEmbedding = PatchEmbedding(width: width)
        dropout = Dropout(configuration.dropRate)
        var rates = ramp(to: rate, count: configuration.depths.reduce(0, +))[...]
        encoder = try configuration.widths.enumerated().map { index, width in
            defer { rates = rates.dropFirst(configuration.depths[index]) }
            return try EncoderStage(
                width: width, dropRates: rates.prefix(configuration.depths[index]),
                merges: index + 1 < configuration.depths.count)
        }
        fusions = try configuration.widths.map {
            try DynamicFeatureFusion(
                width: $0, states: configuration.states, dropRate: configuration.scanDropRate,
                correctsGate: configuration.hasCorrectedGate)
        }
        rates = ramp(to: rate, count: configuration.decoderDepths.reduce(0, +)).reversed()[...]
        decoder = try configuration.decoderWidths.enumerated().map { index, width in
            defer { rates = rates.dropFirst(configuration.decoderDepths[index]) }
            return try DecoderStage(
                width: width, dropRates: rates.prefix(configuration.decoderDepths[index]), expands: index > 0)
        }
        finalExpansion = PatchExpansion(factor: 4, from: width, to: width / 4)
        finalConvolution = Conv2d(width / 4, 1, kernel: 1)
    }

    /// Linear maps as in the authors' program; all else by its own rule.
    public override func initializeParameters(using generator: RandomGenerator) {
        for case let linear as Linear in namedModules().map(\.module) {
            linear.weight.initialize(.truncatedNormal(deviation: 0.02), using: generator)
            linear.bias?.fill(0)
        }
    }

    /// Fuses one batch.
    ///
    /// - Parameters:
    ///   - first: (B, 1, H, W) in 0…1 of any size: the visible image, MRI, or phase contrast.
    ///   - second: the same shape: infrared, CT, or the luma of PET, SPECT or GFP.
    /// - Returns: (B, 1, H, W), nominally 0…1, not clamped. Sizes that the network can't halve so often are filled up by
    ///   mirroring, right and below, and cut again.
    /// - Throws: `BlockInputError` for other shapes.
    public func callAsFunction(_ first: Tensor, _ second: Tensor) throws -> Tensor {
        try require("the first image of FusionMamba", first, [nil, 1, nil, nil], "(B, 1, H, W)")
        try require("the second image", second, first.shape, "\(first.shape), as that of the first")
        let (height, width) = (first.size(2), first.size(3))
        func grown(_ image: Tensor) -> Tensor {
            image.grown(
                toHeight: height.roundedUp(toMultipleOf: sizeMultiple),
                width: width.roundedUp(toMultipleOf: sizeMultiple), by: .reflect)
        }
        let residual = try residual(grown(first), grown(second)).cropped(toHeight: height, width: width)
        return added(residual, (first + second) * configuration.residualGain)
    }

    /// Heights and widths that are worked on as they are: patches of 4 × 4, halved between stages.
    public var sizeMultiple: Int { 4 << (configuration.depths.count - 1) }

    /// What the network adds to its inputs: (B, 1, H, W), sizes multiples of what it can halve.
    private func residual(_ first: Tensor, _ second: Tensor) throws -> Tensor {
        // One encoder sees both images, so both are one batch: (2B, H/4, W/4, C).
        var map = dropout(.concatenated([firstEmbedding(first), secondEmbedding(second)], axis: 0))
        var skips: [Tensor] = []
        for stage in encoder {
            skips.append(map)
            map = try stage(map)
        }
        let ends = map.chunked(2, axis: 0)
        map = ends[0] + ends[1]
        for (index, stage) in decoder.enumerated() {
            if index > 0 {
                let level = encoder.count - index
                let skip = skips[level].chunked(2, axis: 0)
                map = added(try fusions[level](skip[0], skip[1]), map)
            }
            map = try stage(map)
        }
        // The last convolution sees single pixels: it comes before the pixels of each cell are arranged.
        let pixels = finalExpansion.cells(map).linear(
            weight: finalConvolution.weight.flattened(from: 1), bias: finalConvolution.bias)  // (B, H/4, W/4, 4, 4, 1)
        return finalExpansion.arranged(pixels).permuted(0, 3, 1, 2)
    }
}

/// `count` numbers from 0 to an end.
private func ramp(to end: Double, count: Int) -> [Double] {
    (0..<count).map { count == 1 ? 0 : end * Double($0) / Double(count - 1) }
}
