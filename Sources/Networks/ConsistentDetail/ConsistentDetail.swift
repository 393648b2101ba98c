// FusionKit's own pansharpening network; no paper describes it. It stands on:
//
// the details of classical methods (Vivone et al., "A new benchmark based on recent advances in multispectral
// pansharpening", IEEE GRSM 9(1), 2021, for all of them together);
// iterative back-projection: Irani and Peleg, "Improving resolution by image registration", CVGIP 53(3), 1991.

import StateSpace
import Torch

/// A network for any sensor: it weighs the details that classical methods would add, pixel by pixel and band by band, and
/// brings the image back to what was measured after each step.
///
/// With e the interpolated bands, c_k the candidates of ``DetailCandidates``, D the instrument (``CoarseGrid``), and all bands
/// in units of their standard deviation:
///
///     x  = e + Σ_k w_k c_k + r,  (w, r) from a network, Σ w_k ≤ 1
///     x ← x + D'(m − D x)        twice
///     x ← x + α D'(m − D x) + s(x, D'(m − D x), …);  x ← x + β D'(m − D x)   for every stage s
///     x ← x + D'(m − D x)
///
/// Networks see one band at a time and the mean of all, so one set of weights serves any number of bands; ratio and gains of the
/// instrument are inputs.
public final class ConsistentDetail: Module {
    /// What the network was built from.
    public let configuration: ConsistentDetailConfiguration

    @Child var mixing: BandwiseStage
    @Child var stages: [BandwiseStage]
    /// α and β of every stage, (stages, 2).
    @Parameter var steps: Tensor

    /// Maps of a band that a stage sees.
    private static let stageInputs = 9

    /// Builds the network; its values come from ``Module/initialize(using:)`` or a checkpoint.
    ///
    /// - Throws: `ConfigurationError` for a number that no network can be built with.
    public init(_ configuration: ConsistentDetailConfiguration = .init()) throws {
        try configuration.validate()
        self.configuration = configuration
        super.init()
        mixing = BandwiseStage(
            inputs: DetailCandidates.count + 7, width: configuration.mixingWidth, blocks: configuration.mixingBlocks,
            outputs: DetailCandidates.count + 1)
        stages = (0..<configuration.stages).map { _ in
            BandwiseStage(
                inputs: Self.stageInputs, width: configuration.width, blocks: configuration.blocks, outputs: 1)
        }
        steps = .full([configuration.stages, 2], Double.nan)
    }

    /// Steps towards the measured samples begin at nearly their whole length.
    public override func initializeParameters(using generator: RandomGenerator) { steps.fill(0.9) }

    /// Fuses one batch.
    ///
    /// - Parameters:
    ///   - ms: (N, B, h, w), digital numbers divided by the peak.
    ///   - pan: (N, 1, H, W), likewise.
    ///   - grid: how both lie to each other, and the instrument; for as many bands and pixels.
    ///   - statistics: those of the whole scene; of `ms` and `pan` themselves when nil.
    /// - Returns: (N, B, H, W), likewise, not clamped.
    /// - Throws: `BlockInputError` for shapes that don't fit.
    public func callAsFunction(
        ms: Tensor, pan: Tensor, grid: CoarseGrid, statistics: BandStatistics? = nil
    ) throws -> Tensor {
        let coarse = [nil, nil, grid.rows.samples, grid.columns.samples]
        try require("the samples of the multispectral image", ms, coarse, "(N, B, h, w) with the grid's h and w")
        let fine = [ms.size(0), 1, grid.rows.pixels, grid.columns.pixels]
        try require("the pixels of PAN", pan, fine, "\(fine), as the grid has them")
        let lowPass = grid.observed(pan)  // (N, B, h, w)
        let statistics = statistics ?? BandStatistics(ms: ms, lowPass: lowPass)
        let candidates = DetailCandidates(pan: pan, ms: ms, lowPass: lowPass, grid: grid, statistics: statistics)
        let measured = (ms - statistics.means) / statistics.deviations
        let groups = Self.groups(of: ms.size(1))
        /// What is missing in the image of some bands, as their samples tell.
        func residual(_ image: Tensor, _ group: Range<Int>) -> Tensor {
            let grid = grid.bands(group)
            return grid.returned(measured.bands(group) - grid.observed(image))
        }
        /// A map of the ratio for each band of an image.
        func ratio(_ image: Tensor) -> Tensor {
            .full(image.shape, Double(grid.ratio) / 4, device: ms.device).unsqueezed(2)
        }

        var image = mixing(groups) { group in
            let maps = candidates.maps(of: group)
            return .concatenated([maps.details, maps.context, ratio(maps.smooth)], axis: 2)
        } finish: { group, maps, mixed in
            let details = maps[.all, .all, 0..<DetailCandidates.count]
            var image = maps[.all, .all, .at(DetailCandidates.count)] + Self.weighted(details, by: mixed)
            for _ in 0..<2 { image += residual(image, group) }
            return image
        }
        for (index, stage) in stages.enumerated() {
            let (before, common) = (image, image.mean(1, keepingAxes: true))
            image = stage(groups) { group in
                let own = before.bands(group)
                return .concatenated(
                    [
                        own.unsqueezed(2), candidates.maps(of: group).context[.all, .all, 0..<5],
                        residual(own, group).unsqueezed(2), (common - own).unsqueezed(2), ratio(own),
                    ], axis: 2)
            } finish: { group, maps, correction in
                let difference = maps[.all, .all, .at(6)]
                var image = before.bands(group) + difference * steps[.at(index), 0] + correction.squeezed(2)
                image += residual(image, group) * steps[.at(index), 1]
                return image
            }
        }
        let parts = groups.map { group in
            let (own, statistics) = (image.bands(group), statistics.bands(group))
            return (own + residual(own, group)) * statistics.deviations + statistics.means
        }
        return parts.count == 1 ? parts[0] : .concatenated(parts, axis: 1)
    }

    /// Bands that are in memory with all their maps at a time; all of them where gradients are recorded.
    private static func groups(of bands: Int) -> [Range<Int>] {
        guard !gradientsAreRecorded else { return [0..<bands] }
        return stride(from: 0, to: bands, by: largestGroup).map { $0..<min($0 + largestGroup, bands) }
    }

    /// Bands of a group: those of a multispectral camera are one.
    static let largestGroup = 8

    /// The candidates weighted by a softmax that may leave all of them out, and what the network adds itself.
    private static func weighted(_ details: Tensor, by mixed: Tensor) -> Tensor {
        let choices = mixed[.all, .all, 0..<DetailCandidates.count] + 2
        let none = Tensor.zeros(like: choices[.all, .all, 0..<1])
        let weights = Tensor.concatenated([choices, none], axis: 2).softmax(axis: 2)
        return (weights[.all, .all, 0..<DetailCandidates.count] * details).sum(2)
            + mixed[.all, .all, .at(DetailCandidates.count)]
    }
}
