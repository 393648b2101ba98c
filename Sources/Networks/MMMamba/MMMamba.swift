// Y. Wang, X. He, C. Wu, J. Huang, S. Zhang, R. Liu, X. Ding, H. Che: "MMMamba: A Versatile
// Cross-Modal In Context Fusion Framework for Pan-Sharpening and Zero-Shot Image Enhancement", 2025, arXiv 2512.15261.
// Parameter names are those of the authors' class Net (repository Gracewangyy/MMMamba, model/mmmamba.py), so their
// checkpoints load as they are.

import StateSpace
import Torch

/// MMMamba of Wang et al.: a multispectral and a panchromatic stream that stay apart and meet inside one scan, where their
/// windows take turns. Without a panchromatic image it enlarges the multispectral one alone.
///
/// The network is not local: instance norms, the gate of the head and the scan see the whole input.
public final class MMMamba: Module {
    /// What the network was built from.
    public let configuration: MMMambaConfiguration

    @Child("pan_encoder") var panEncoder: Sequential
    @Child("ms_encoder") var msEncoder: Sequential
    @Child("mm_mamba") var blocks: [MMMambaBlock]
    @Child("simple_fusion") var fusion: Conv2d
    @Child("ms_head") var head: RefinementHead

    /// Builds the network; its values come from ``Module/initialize(using:)`` or a checkpoint.
    ///
    /// - Throws: `ConfigurationError` for a number that no network can be built with.
    public init(_ configuration: MMMambaConfiguration = .init()) throws {
        try configuration.validate()
        self.configuration = configuration
        super.init()
        let width = configuration.width
        func encoder(bands: Int) -> Sequential {
            let entry: [any Layer] = [Conv2d(bands, width, kernel: 3, padding: 1)]
            return Sequential(entry + (1...3).map { _ in HalfInstanceNormBlock(width: width) })
        }
        panEncoder = encoder(bands: 1)
        msEncoder = encoder(bands: configuration.bands)
        blocks = try (0..<configuration.blocks).map { _ in try MMMambaBlock(configuration) }
        fusion = Conv2d(2 * width, width, kernel: 1)
        head = RefinementHead(width: width, bands: configuration.bands)
    }

    /// Fuses one batch.
    ///
    /// - Parameters:
    ///   - ms: (B, bands, h, w), 0 to 1, of any size.
    ///   - pan: (B, 1, scale · h, scale · w), 0 to 1; nil where there is none, then ``MMMambaConfiguration/panAbsence`` says
    ///     what stands for it.
    /// - Returns: (B, bands, scale · h, scale · w), about 0 to 1, not clamped.
    /// - Throws: `BlockInputError` for other shapes, or another type than the parameters'.
    public func callAsFunction(ms: Tensor, pan: Tensor? = nil) throws -> Tensor {
        try callAsFunction(ms: ms, pan: pan) { _, _ in }
    }

    /// The same; `observe` gets the results on the way and their names in golden files.
    package func callAsFunction(
        ms: Tensor, pan: Tensor?, observe: (_ name: String, _ result: Tensor) -> Void
    ) throws -> Tensor {
        try check(ms, pan)
        let size = [configuration.scale * ms.size(2), configuration.scale * ms.size(3)]
        // Quirk: nearest neighbours, though the authors' variable is called bicubic (golden file model_small).
        let enlarged = filled(ms.interpolated(to: size, mode: .nearest))  // (B, bands, H, W)
        observe("ms_up", enlarged)
        var msFeatures = msEncoder(channelsLast(enlarged))  // (B, C, H, W)
        observe("ms_encoded", msFeatures)
        var panFeatures = (pan ?? substitute(for: ms, size)).map { panEncoder(channelsLast(filled($0))) }
        if let panFeatures { observe("pan_encoded", panFeatures) }
        for (index, block) in blocks.enumerated() {
            (msFeatures, panFeatures) = try block(ms: msFeatures, pan: panFeatures)
            observe("block\(index).ms", msFeatures)
            if let panFeatures { observe("block\(index).pan", panFeatures) }
        }
        let fused = fused(msFeatures, panFeatures)
        observe("fused", fused)
        let residual = head(fused)
        observe("residual", residual)
        return (residual + enlarged).cropped(toHeight: size[0], width: size[1])
    }

    /// `simple_fusion` of both streams side by side, without putting them there: the sum of a product for each.
    private func fused(_ ms: Tensor, _ pan: Tensor?) -> Tensor {
        let weights = fusion.weight.flattened(from: 1, to: 3).chunked(2, axis: 1)  // (C, C) each
        let fromMS = ms.permuted(0, 2, 3, 1).linear(weight: weights[0], bias: fusion.bias)
        let sum = pan.map { added(fromMS, $0.permuted(0, 2, 3, 1).linear(weight: weights[1])) } ?? fromMS
        return sum.permuted(0, 3, 1, 2)
    }

    /// What stands for a panchromatic image that is not there.
    private func substitute(for ms: Tensor, _ size: [Int]) -> Tensor? {
        switch configuration.panAbsence ?? .drop {
        case .drop: nil
        case .zero: .zeros([ms.size(0), 1] + size, dtype: ms.dtype, device: ms.device)
        case .pseudo: ms.mean(1, keepingAxes: true).interpolated(to: size, mode: .bicubic).clamped(0, 1)
        }
    }

    /// The image with its last row and column repeated until windows divide it.
    private func filled(_ image: Tensor) -> Tensor {
        let unit = configuration.sizeUnit
        return image.grown(
            toHeight: image.size(2).roundedUp(toMultipleOf: unit), width: image.size(3).roundedUp(toMultipleOf: unit),
            by: .replicate)
    }

    /// The image with the channels of a pixel side by side in memory; convolutions keep their results so.
    private func channelsLast(_ image: Tensor) -> Tensor {
        // One channel lies so either way; only the strides of this view say it.
        image.size(1) == 1 ? image.squeezed(1).unsqueezed(-1).permuted(0, 3, 1, 2) : image.channelsLast()
    }

    private func check(_ ms: Tensor, _ pan: Tensor?) throws(BlockInputError) {
        let (bands, scale) = (configuration.bands, configuration.scale)
        try require("the pixels of the multispectral image", ms, [nil, bands, nil, nil], "(B, \(bands), h, w)")
        try requireType("the pixels of the multispectral image", ms, like: fusion.weight)
        guard let pan else { return }
        try requireType("the pixels of the panchromatic image", pan, like: fusion.weight)
        let expected = [ms.size(0), 1, scale * ms.size(2), scale * ms.size(3)]
        try require(
            "the pixels of the panchromatic image", pan, expected,
            "\(expected), \(scale) along each multispectral one")
    }
}
