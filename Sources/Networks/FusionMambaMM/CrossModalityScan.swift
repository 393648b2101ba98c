import StateSpace
import Torch

extension SS2D {
    /// The state-space mixer (ESSM) of FusionMamba (Xie et al. 2024): SS2D with skip-sampled paths.
    ///
    /// - Throws: `ConfigurationError` for a number that no block can be built with.
    package convenience init(fusionMambaMM configuration: MambaConfiguration) throws {
        try self.init(configuration, scan: .skipSampled)
    }
}

/// The cross-modality fusion of FusionMamba (Xie et al. 2024, CMFM; the authors' `SS2D_cross_new`): the values of both
/// modalities are joined, scanned together, and gated.
package final class CrossModalityScan: Module {
    @Inlined var scan: MultiPathScan
    @Child("in_proj1") var firstProjection: Linear
    @Child("in_proj2") var secondProjection: Linear
    @Child("conv2d") var convolution: Conv2d
    @Child("out_norm") var outputNorm: LayerNorm
    @Child("out_proj") var outputProjection: Linear
    @Child("dropout") var dropout: Dropout
    private let width: Int
    private let correctsGate: Bool

    /// Builds the block.
    ///
    /// - Parameters:
    ///   - configuration: sizes; the convolution sees a square of odd width.
    ///   - dropRate: how many elements of the result are left out in training, 0 to 1.
    ///   - correctsGate: whether each modality has a gate of its own, as published; the released program makes both from the
    ///     first.
    /// - Throws: `ConfigurationError` for a number that no block can be built with.
    package init(_ configuration: MambaConfiguration, dropRate: Double = 0, correctsGate: Bool = false) throws {
        try configuration.validate()
        let side = configuration.convolutionWidth
        guard side % 2 == 1 else {
            throw ConfigurationError.outOfRange(key: "d_conv", value: "\(side)", allowed: "odd")
        }
        width = configuration.width
        self.correctsGate = correctsGate
        super.init()
        let inner = configuration.innerWidth
        scan = MultiPathScan(
            count: SkipSampledPaths.count, width: inner, states: configuration.states, rank: configuration.rank,
            steps: configuration.steps)
        firstProjection = Linear(width, 2 * inner, hasBias: false)
        secondProjection = Linear(width, 2 * inner, hasBias: false)
        convolution = Conv2d(inner, inner, kernel: Size2(side), padding: Size2(side / 2), groups: inner)
        outputNorm = LayerNorm(inner)
        outputProjection = Linear(inner, width, hasBias: false)
        dropout = Dropout(dropRate)
    }

    /// The scans by the rules of every state-space block.
    package override func initializeParameters(using generator: RandomGenerator) {
        scan.initializeParameters(using: generator)
    }

    /// - Parameters:
    ///   - first: (B, H, W, C).
    ///   - second: the same shape.
    /// - Returns: (B, H, W, C).
    /// - Throws: `BlockInputError` for other shapes.
    package func callAsFunction(_ first: Tensor, _ second: Tensor) throws -> Tensor {
        try require("the first map's pixels", first, [nil, nil, nil, width], "(B, H, W, \(width))")
        try require("the second map's pixels", second, first.shape, "\(first.shape), as those of the first")
        let halves = firstProjection.parts(2, of: first)
        let secondHalves = secondProjection.weight.chunked(2, axis: 0)
        let a = convolution.channelsLast(halves[0]).silu()
        let b = convolution.channelsLast(second.linear(weight: secondHalves[0])).silu()
        let scanned = outputNorm(try scan.skipSampled(added(multiplied(a + 1, b), a)).y)
        let gate = halves[1].silu()
        // Quirk: the gate of the second modality is made from that of the first, so half of its projection is never used
        // (golden files block_cmfm_*).
        let secondGate = (correctsGate ? second.linear(weight: secondHalves[1]) : gate).silu()
        return dropout(outputProjection(multiplied(scanned, added(secondGate, gate))))
    }
}
