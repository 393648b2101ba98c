// FusionMamba for remote sensing.
//
// Siran Peng, Xiangyu Zhu, Haoyu Deng, Liang-Jian Deng, Zhen Lei: "FusionMamba: Efficient Remote Sensing Image Fusion
// with State Space Model", IEEE TGRS 62, 2024, doi 10.1109/TGRS.2024.3496073. Parameter names are those of the authors'
// class U2Net (repository PSRben/FusionMamba), so their checkpoints load as they are.

import StateSpace
import Torch

/// Learned enlargement of the low-resolution image: a convolution to ratio² · bands, then pixel shuffle.
package final class LearnedUpsampling: Module {
    // Quirk: misspelt in the authors' program and therefore in every checkpoint.
    @Child("upsamle") var layers: Sequential
    private let ratio: Int

    package init(bands: Int, ratio: Int) {
        self.ratio = ratio
        super.init()
        layers = Sequential([
            Conv2d(bands, bands * ratio * ratio, kernel: 3, padding: 1, hasBias: false)
        ])
    }

    /// - Parameter ms: (B, S, h, w).
    /// - Returns: (B, S, h · ratio, w · ratio).
    package func callAsFunction(_ ms: Tensor) -> Tensor { layers(ms).pixelShuffled(ratio) }
}

/// FusionMamba of Peng et al.: two U-shaped branches of four-direction Mamba blocks, one for the sharp image and one for
/// the spectral one, that exchange what they see at every stage.
public final class FusionMambaRS: Module {
    /// What the network was built from.
    public let configuration: FusionMambaRSConfiguration

    @Child("upsample") var upsampling: LearnedUpsampling?
    @Child("raise_pan_dim") var panEntry: Sequential
    @Child("raise_ms_dim") var msEntry: Sequential
    @Child("to_hrms") var output: Sequential
    @Child("stage0") var stage0: DownStage
    @Child("stage1") var stage1: DownStage
    @Child("stage2") var stage2: UpStage
    @Child("stage3") var stage3: UpStage
    @Child("stage4") var stage4: FusionMambaBlock
    @Child("spe_attn") var spectralAttention: SpectralAttention

    /// Builds the network; its values come from ``Module/initialize(using:)`` or a checkpoint.
    ///
    /// - Throws: `ConfigurationError` for a number that no network can be built with.
    public init(_ configuration: FusionMambaRSConfiguration = .init()) throws {
        try configuration.validate()
        self.configuration = configuration
        super.init()
        let (width, panBands, msBands) = (configuration.width, configuration.panBands, configuration.msBands)
        if configuration.upsampling == .pixelShuffle {
            upsampling = LearnedUpsampling(bands: msBands, ratio: configuration.ratio)
        }
        panEntry = Sequential([
            Conv2d(panBands, width, kernel: 3, padding: 1), Activation.leakyReLU(),
        ])
        msEntry = Sequential([
            Conv2d(msBands, width, kernel: 3, padding: 1), Activation.leakyReLU(),
        ])
        output = Sequential([
            Conv2d(width, width, kernel: 3, padding: 1), Activation.leakyReLU(),
            Conv2d(width, msBands, kernel: 3, padding: 1),
        ])
        stage0 = try DownStage(from: width, to: 2 * width)
        stage1 = try DownStage(from: 2 * width, to: 4 * width)
        stage2 = try UpStage(from: 4 * width, to: 2 * width)
        stage3 = try UpStage(from: 2 * width, to: width)
        stage4 = try FusionMambaBlock(width: width)
        spectralAttention = try SpectralAttention(width: width)
    }

    /// Fuses one batch.
    ///
    /// - Parameters:
    ///   - ms: (B, S, H/ratio, W/ratio), digital numbers divided by the sensor's peak.
    ///   - pan: (B, P, H, W), likewise. Sizes that are no multiples of 4 are filled up by reflection.
    /// - Returns: (B, S, H, W), likewise, not clamped.
    /// - Throws: `BlockInputError` for shapes that don't fit.
    public func callAsFunction(ms: Tensor, pan: Tensor) throws -> Tensor {
        let shapes = configuration
        try require(
            "the pixels of the multispectral image", ms, [nil, shapes.msBands, nil, nil], "(B, \(shapes.msBands), h, w)"
        )
        let (height, width) = (ms.size(2) * shapes.ratio, ms.size(3) * shapes.ratio)
        try require(
            "the pixels of the sharp image", pan, [ms.size(0), shapes.panBands, height, width],
            "(\(ms.size(0)), \(shapes.panBands), \(height), \(width)), \(shapes.ratio) times the multispectral one")
        let (filledHeight, filledWidth) = (
            height.roundedUp(toMultipleOf: sizeMultiple), width.roundedUp(toMultipleOf: sizeMultiple)
        )
        let fused = try fused(
            ms: ms.grown(
                toHeight: filledHeight / shapes.ratio, width: filledWidth / shapes.ratio, by: .reflect),
            pan: pan.grown(toHeight: filledHeight, width: filledWidth, by: .reflect))
        return fused.cropped(toHeight: height, width: width)
    }

    private func fused(ms: Tensor, pan: Tensor) throws -> Tensor {
        let enlarged =
            upsampling?(ms) ?? ms.interpolated(to: [pan.size(2), pan.size(3)], mode: .bicubic)  // (B, S, H, W)
        let first = try stage0(pan: panEntry(pan), ms: msEntry(enlarged))  // 2 width, H/2
        let second = try stage1(pan: first.pan, ms: first.ms)  // 4 width, H/4
        let third = try stage2(pan: second.pan, ms: second.ms, panSkip: second.panSkip, msSkip: second.msSkip)  // H/2
        let fourth = try stage3(pan: third.pan, ms: third.ms, panSkip: first.panSkip, msSkip: first.msSkip)  // H
        let details = output(try stage4.fused(pan: fourth.pan, ms: fourth.ms))  // (B, S, H, W)
        return details * (try spectralAttention(ms)) + enlarged
    }
}
