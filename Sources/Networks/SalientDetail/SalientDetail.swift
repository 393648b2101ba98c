// FusionKit's own network for pairs of pictures; no paper describes it. It stands on the Laplacian pyramid (Burt, Adelson,
// "The Laplacian pyramid as a compact image code", IEEE TCOM 31, 1983) and on fusion by the stronger detail (Burt,
// Kolczynski, "Enhanced image capture through fusion", ICCV 1993).

import StateSpace
import Torch

/// A network for any two pictures of one subject: at every scale of their Laplacian pyramids, from coarse to fine, it weighs
/// the details of both pixel by pixel.
///
/// With d, d' the details of the pictures at a scale, and (s, k, g) and (s', k', g') what one network makes of either
/// beside the other:
///
///     w = σ(4 log((|d| + 0.01) / (|d'| + 0.01)) + 2 (s − s'))
///     fused detail = (w + σ(2 k − 2) (1 − w)) (1 + ½ tanh g) d + the same of the other
///
/// and what is left at the coarsest scale is a weighted mean. A new network takes the stronger detail, as the classical
/// method does. At the end no pixel is left darker than the darker picture there, or brighter than the brighter one, so nothing
/// appears that neither picture has. Which picture comes first makes no difference.
public final class SalientDetail: Module {
    /// What the network was built from.
    public let configuration: SalientDetailConfiguration

    /// What is left at the coarsest scale.
    @Child var base: SalienceStage
    /// The details of all scales.
    @Child var detail: SalienceStage

    /// Maps that ``detail`` sees beside its memory.
    private static let detailInputs = 5
    /// By how much details are smaller than pictures, about.
    private static let detailScale = 8.0

    /// Builds the network; its values come from ``Module/initialize(using:)`` or a checkpoint.
    ///
    /// - Throws: `ConfigurationError` for a number that no network can be built with.
    public init(_ configuration: SalientDetailConfiguration = .init()) throws {
        try configuration.validate()
        self.configuration = configuration
        let (width, blocks, memory) = (configuration.width, configuration.blocks, configuration.memory)
        super.init()
        base = SalienceStage(inputs: 2, width: width, blocks: 1, outputs: 1 + memory)
        detail = SalienceStage(inputs: Self.detailInputs + memory, width: width, blocks: blocks, outputs: 3 + memory)
    }

    /// Fuses one batch.
    ///
    /// - Parameters:
    ///   - first: (B, 1, H, W) in 0…1 of any size.
    ///   - second: the same shape.
    /// - Returns: the same shape, every pixel between those of both pictures. In training the limits don't hold: what is
    ///   beyond them would have no gradient.
    /// - Throws: `BlockInputError` for other shapes.
    public func callAsFunction(_ first: Tensor, _ second: Tensor) throws -> Tensor {
        try require("the first picture", first, [nil, 1, nil, nil], "(B, 1, H, W)")
        try require("the second picture", second, first.shape, "\(first.shape), as that of the first")
        let count = first.size(0)
        func other(_ maps: Tensor) -> Tensor { .concatenated([maps[count...], maps[0..<count]], axis: 0) }
        func sum(_ maps: Tensor) -> Tensor { maps[0..<count] + maps[count...] }
        func centred(_ image: Tensor) -> Tensor { image * 2 - 1 }

        var pictures = [Tensor.concatenated([first, second], axis: 0)]  // (2 B, 1, H, W), finest first
        for _ in 0..<scales(of: first) { pictures.append(PictureScale.halved(pictures[pictures.count - 1])) }
        let coarsest = pictures.removeLast()
        let left = base(centred(.concatenated([coarsest, other(coarsest)], axis: 1)))
        let salience = left[.all, 0..<1]
        var memory = left[.all, 1...]
        var fused = sum(((salience - other(salience)) * 2).sigmoid() * coarsest)

        var coarse = coarsest
        for picture in pictures.reversed() {
            let (height, width) = (picture.size(2), picture.size(3))
            func doubled(_ maps: Tensor) -> Tensor { PictureScale.doubled(maps, height: height, width: width) }
            let smooth = doubled(coarse)
            let details = picture - smooth
            let fusedSmooth = doubled(fused)
            let scaled = details * Self.detailScale
            let weighed = detail(
                .concatenated(
                    [
                        scaled, other(scaled), centred(smooth), centred(other(smooth)),
                        centred(.concatenated([fusedSmooth, fusedSmooth], axis: 0)), doubled(memory),
                    ], axis: 1))
            let strength = (details.abs() + 0.01).log() * 4 + weighed[.all, 0..<1] * 2
            let weight = (strength - other(strength)).sigmoid()
            let kept = (weighed[.all, 1..<2] * 2 - 2).sigmoid()
            let gain = weighed[.all, 2..<3].tanh() * 0.5 + 1
            memory = weighed[.all, 3...]
            fused = fusedSmooth + sum((weight + kept * (1 - weight)) * gain * details)
            coarse = picture
        }
        return isTraining ? fused : fused.maximum(first.minimum(second)).minimum(first.maximum(second))
    }

    /// Scales that a picture has details at: its coarsest part has two pixels or more along each side.
    private func scales(of picture: Tensor) -> Int {
        var (side, count) = (min(picture.size(2), picture.size(3)) / 4, 1)
        while side >= 2, count < configuration.scales { (side, count) = (side / 2, count + 1) }
        return count
    }
}
