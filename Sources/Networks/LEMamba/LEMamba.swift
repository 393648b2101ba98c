// LE-Mamba.
//
// Zihan Cao, Xiao Wu, Liang-Jian Deng, Yu Zhong: "A Novel State Space Model with Local Enhancement and State Sharing for
// Image Fusion", ACM Multimedia 2024, arXiv 2404.09293. Parameter names are those of the authors' class LEMambaNet
// (repository 294coder/Efficient-MIF), so their checkpoints load as they are.

import StateSpace
import Torch

/// LE-Mamba: a U-net of blocks that scan first inside small windows, then the whole map, and that share the last states of
/// their scans. It predicts what the enlarged low-resolution image lacks.
public final class LEMamba: Module {
    /// What the network was built from.
    public let configuration: LEMambaConfiguration

    @Child("intro") var entry: Conv2d
    @Child("ending") var exit: Conv2d
    @Child("lemm_encoders") var encoders: [EncoderLevel]
    @Child("lemm_decoders") var decoders: [DecoderLevel]
    @Child("middle_blks") var middle: EncoderLevel
    @Child("lemm_ups") var ups: [Upsampling]
    @Child("lemm_downs") var downs: [Downsampling]
    @Child("skip_scales") var skipScales: SkipScales

    /// Builds the network; its values come from ``Module/initialize(using:)`` or a checkpoint.
    ///
    /// - Throws: `ConfigurationError` for a number that no network can be built with.
    public init(_ configuration: LEMambaConfiguration = .init()) throws {
        try configuration.validate()
        self.configuration = configuration
        super.init()
        let levels = configuration.levels
        var rates = dropRates(of: levels.encoder + [levels.middle] + levels.decoder)
        entry = Conv2d(configuration.msBands, configuration.width, kernel: 3, padding: 1)
        exit = Conv2d(configuration.width, configuration.outputBands, kernel: 3, padding: 1)
        encoders = try levels.encoder.map { try EncoderLevel($0, dropRates: rates.removeFirst()) }
        middle = try EncoderLevel(levels.middle, dropRates: rates.removeFirst())
        let below = [levels.middle] + levels.decoder.dropLast()
        decoders = try zip(levels.decoder, below).map { level, below in
            try DecoderLevel(
                level, previousWidth: below.global.innerWidth, dropRates: rates.removeFirst())
        }
        ups = zip(levels.decoder, below).map { Upsampling(from: $1.width, to: $0.width) }
        downs = zip(levels.encoder, levels.encoder.dropFirst() + [levels.middle]).map {
            Downsampling(from: $0.width, to: $1.width)
        }
        skipScales = SkipScales(widths: levels.decoder.map(\.width))
    }

    /// For each block of each level: evenly from 0 to the rate of the configuration.
    private func dropRates(of levels: [Level]) -> [[Double]] {
        let last = max(1, levels.reduce(0) { $0 + $1.blocks } - 1)
        var index = 0
        return levels.map { level in
            (0..<level.blocks).map { _ in
                defer { index += 1 }
                return configuration.dropRate * Double(index) / Double(last)
            }
        }
    }

    /// As the authors' program (specification, section 8): linear maps from a truncated normal distribution, convolutions by
    /// He et al., what belongs to scans by its own rules, and skip connections closed.
    public override func initializeParameters(using generator: RandomGenerator) {
        initializeLayersLikeLEMamba(using: generator)
    }

    /// Fuses one batch.
    ///
    /// - Parameters:
    ///   - upsampled: (B, msBands, H, W), the low-resolution image at the size of the result, digital numbers divided by the
    ///     peak. Sizes that the network's strides and windows don't divide are filled up by copies of the last pixels.
    ///   - guide: (B, guideBands, H, W), likewise.
    /// - Returns: (B, msBands, H, W), likewise, not clamped.
    /// - Throws: `BlockInputError` for shapes that don't fit.
    public func callAsFunction(upsampled: Tensor, guide: Tensor) throws -> Tensor {
        added(try residual(upsampled: upsampled, guide: guide), upsampled)
    }

    /// What the network adds to the enlarged image; see ``callAsFunction(upsampled:guide:)``.
    public func residual(upsampled: Tensor, guide: Tensor) throws -> Tensor {
        let (bands, guideBands) = (configuration.msBands, configuration.guideBands)
        try require("the enlarged images of LE-Mamba", upsampled, [nil, bands, nil, nil], "(B, \(bands), H, W)")
        let (batches, height, width) = (upsampled.size(0), upsampled.size(2), upsampled.size(3))
        try require(
            "the guides of LE-Mamba", guide, [batches, guideBands, height, width],
            "(\(batches), \(guideBands), \(height), \(width))")
        let unit = configuration.sizeUnit
        func grown(_ image: Tensor) -> Tensor {
            image.grown(
                toHeight: height.roundedUp(toMultipleOf: unit), width: width.roundedUp(toMultipleOf: unit),
                by: .replicate)
        }
        return try filledResidual(grown(upsampled), grown(guide)).cropped(toHeight: height, width: width)
    }

    /// For sizes that all levels halve and all windows divide.
    private func filledResidual(_ upsampled: Tensor, _ guide: Tensor) throws -> Tensor {
        let (height, width) = (guide.size(2), guide.size(3))
        let guides = (0...encoders.count).map { guide.resizedLikeCorners(to: [height >> $0, width >> $0]) }

        var map = entry(upsampled.channelsLast()).permuted(0, 2, 3, 1)  // (B, H, W, C)
        var skips: [(map: Tensor, state: Tensor)] = []
        for (index, encoder) in encoders.enumerated() {
            let result = try encoder(map, guide: guides[index])
            skips.append((result.map, result.globalState))
            map = downs[index](result.map)
        }
        var result = try middle(map, guide: guides[encoders.count])  // (B, H / 2ⁿ, W / 2ⁿ, C)
        for (step, decoder) in decoders.enumerated() {
            let skip = skips.removeLast()
            let both = [ups[step](result.map), skip.map * skipScales.scales[step]]
            result = try decoder(
                Tensor.concatenated(both, axis: 3), guide: guides[skips.count], previous: result.globalState,
                skip: skip.state)
        }
        return exit(result.map.permuted(0, 3, 1, 2))  // (B, S, H, W)
    }
}
