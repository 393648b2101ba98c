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
/// appears that neither picture has. Which picture comes first makes no difference, and turning or mirroring both none but for
/// the samples that the pyramid takes.
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
        var pictures = [Tensor.concatenated([first, second], axis: 0)]  // (2 B, 1, H, W), finest first
        for _ in 0..<scales(of: first) { pictures.append(PictureScale.halved(pictures[pictures.count - 1])) }
        let coarsest = pictures.removeLast()
        let left = base(Self.centred(.concatenated([coarsest, Self.other(coarsest)], axis: 1)))
        let salience = left[.all, 0..<1]
        var memory = left[.all, 1...]
        var fused = Self.sum(((salience - Self.other(salience)) * 2).sigmoid() * coarsest)

        var coarse = coarsest
        for (index, picture) in pictures.enumerated().reversed() {
            let parts = strips(of: picture).map { rows in
                refined(rows, of: picture, coarse: coarse, fused: fused, memory: memory, isFinest: index == 0)
            }
            fused = .concatenated(parts.map(\.fused), axis: 2)
            memory = .concatenated(parts.map(\.memory), axis: 2)
            coarse = picture
        }
        return isTraining ? fused : fused.maximum(first.minimum(second)).minimum(first.maximum(second))
    }

    /// Some rows of a scale: what is fused so far with the details of both pictures, and what the next finer scale is left.
    ///
    /// - Parameters:
    ///   - picture: both pictures at this scale, (2 B, 1, H, W).
    ///   - coarse: both at the next coarser one, (2 B, 1, ⌈H/2⌉, ⌈W/2⌉), as what follows.
    ///   - fused: what is fused so far, (B, 1, …).
    ///   - memory: what the coarser scale has left, (2 B, memory, …).
    ///   - isFinest: whether nobody needs the memory.
    private func refined(
        _ rows: Range<Int>, of picture: Tensor, coarse: Tensor, fused: Tensor, memory: Tensor, isFinest: Bool
    ) -> (fused: Tensor, memory: Tensor) {
        // As far as the convolutions reach.
        let reach = 2 + configuration.blocks
        let seen = max(0, rows.lowerBound - reach)..<min(picture.size(2), rows.upperBound + reach)
        let own = rows.lowerBound - seen.lowerBound..<rows.upperBound - seen.lowerBound
        func doubled(_ maps: Tensor) -> Tensor { PictureScale.doubled(maps, rows: seen, width: picture.size(3)) }
        let smooth = doubled(coarse)
        let details = picture[.all, .all, seen.lowerBound..<seen.upperBound] - smooth
        let fusedSmooth = doubled(fused)
        let scaled = details * Self.detailScale
        let weighed = detail(
            .concatenated(
                [
                    scaled, Self.other(scaled), Self.centred(smooth), Self.centred(Self.other(smooth)),
                    Self.centred(.concatenated([fusedSmooth, fusedSmooth], axis: 0)), doubled(memory),
                ], axis: 1))
        let strength = (details.abs() + 0.01).log() * 4 + weighed[.all, 0..<1] * 2
        let weight = (strength - Self.other(strength)).sigmoid()
        let kept = (weighed[.all, 1..<2] * 2 - 2).sigmoid()
        let gain = weighed[.all, 2..<3].tanh() * 0.5 + 1
        let refined = fusedSmooth + Self.sum((weight + kept * (1 - weight)) * gain * details)
        // Copies, so that what the strip needed is freed.
        func part(_ maps: Tensor) -> Tensor { maps[.all, .all, own.lowerBound..<own.upperBound].contiguous() }
        return (part(refined), part(isFinest ? weighed[.all, 0..<1] : weighed[.all, 3...]))
    }

    /// Rows that go through the network at once: all, where the passage is differentiated; else as many as stay in the
    /// caches for a while, which takes a fraction of the memory.
    private func strips(of picture: Tensor) -> [Range<Int>] {
        let (height, width) = (picture.size(2), picture.size(3))
        let step = gradientsAreRecorded ? height : max(16, Self.stripPixels / width)
        return stride(from: 0, to: height, by: step).map { $0..<min($0 + step, height) }
    }

    /// Pixels of a strip.
    private static let stripPixels = 1 << 15

    /// For maps of both pictures, (2 B, C, H, W), those of the other one.
    private static func other(_ maps: Tensor) -> Tensor {
        let count = maps.size(0) / 2
        return .concatenated([maps[count...], maps[0..<count]], axis: 0)
    }

    /// (2 B, C, H, W) to (B, C, H, W).
    private static func sum(_ maps: Tensor) -> Tensor {
        let count = maps.size(0) / 2
        return maps[0..<count] + maps[count...]
    }

    /// 0…1 to −1…1.
    private static func centred(_ image: Tensor) -> Tensor { image * 2 - 1 }

    /// Scales that a picture has details at: its coarsest part has two pixels or more along each side.
    private func scales(of picture: Tensor) -> Int {
        var (side, count) = (min(picture.size(2), picture.size(3)) / 4, 1)
        while side >= 2, count < configuration.scales { (side, count) = (side / 2, count + 1) }
        return count
    }
}
