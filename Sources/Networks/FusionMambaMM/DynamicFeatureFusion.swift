import StateSpace
import Torch

/// The dynamic feature enhancement module of FusionMamba (Xie et al. 2024, DFEM; the authors' `Cross_layer`): the texture of
/// each modality, and what it has beyond the other one.
package final class DynamicFeatureEnhancement: Module {
    @Child("texture_enhance1") var firstTexture: DescriptiveConvolution
    @Child("texture_enhance2") var secondTexture: DescriptiveConvolution
    // Quirk: in every file, and never used (golden file block_dfem).
    @Child("Diff_enhance.lastconv") var unusedConvolution: Conv2d

    package init(width: Int) {
        super.init()
        firstTexture = DescriptiveConvolution(width, width)
        secondTexture = DescriptiveConvolution(width, width)
        unusedConvolution = Conv2d(width, width / 2, kernel: 1)
    }

    /// - Parameters:
    ///   - first: (B, H, W, C).
    ///   - second: the same shape.
    ///   - sum: of both, the same shape.
    /// - Returns: both enhanced, each (B, H, W, C).
    package func callAsFunction(
        _ first: Tensor, _ second: Tensor, sum: Tensor
    ) -> (first: Tensor, second: Tensor) {
        let difference = (first - second).mean(1, 2, keepingAxes: true)  // (B, 1, 1, C)
        func enhanced(_ map: Tensor, _ texture: DescriptiveConvolution, _ gate: Tensor) -> Tensor {
            added(added(texture(map), sum * gate), map)
        }
        return (
            enhanced(first, firstTexture, difference.sigmoid()),
            enhanced(second, secondTexture, (-difference).sigmoid())
        )
    }
}

/// The dynamic feature fusion module of FusionMamba (Xie et al. 2024, DFFM; the authors' `VSSBlock_Cross_new`): enhancement
/// (DFEM), then the cross-modality scan (CMFM) with channel attention.
package final class DynamicFeatureFusion: Module {
    @Child("ln_1") var firstNorm: LayerNorm
    @Child("ln_2") var secondNorm: LayerNorm
    @Child("Cross_layer") var enhancement: DynamicFeatureEnhancement
    @Child("self_attention_cross") var scan: CrossModalityScan
    @Child("self_attention_cross_spatial") var attention: EfficientChannelAttention

    /// Builds the module.
    ///
    /// - Parameters:
    ///   - width: channels.
    ///   - states: of each channel of the scan.
    ///   - epsilon: added to the variance in the module's own norms.
    ///   - dropRate: how many elements of the scan's result are left out in training, 0 to 1.
    ///   - correctsGate: see ``CrossModalityScan/init(_:dropRate:correctsGate:)``.
    /// - Throws: `ConfigurationError` for a number that no block can be built with.
    package init(
        width: Int, states: Int = 16, epsilon: Double = 1e-5, dropRate: Double = 0, correctsGate: Bool = false
    ) throws {
        let scan = try CrossModalityScan(
            MambaConfiguration(width: width, states: states, convolutionWidth: 3), dropRate: dropRate,
            correctsGate: correctsGate)
        super.init()
        firstNorm = LayerNorm(width, epsilon: epsilon)
        secondNorm = LayerNorm(width, epsilon: epsilon)
        enhancement = DynamicFeatureEnhancement(width: width)
        self.scan = scan
        attention = EfficientChannelAttention()
    }

    /// - Parameters:
    ///   - first: (B, H, W, C).
    ///   - second: the same shape.
    /// - Returns: (B, H, W, C).
    /// - Throws: `BlockInputError` for other shapes.
    package func callAsFunction(_ first: Tensor, _ second: Tensor) throws -> Tensor {
        try runBlock([first, second]) { [try self.fused($0[0], $0[1])] }[0]
    }

    private func fused(_ first: Tensor, _ second: Tensor) throws -> Tensor {
        let sum = first + second
        let enhanced = enhancement(first, second, sum: sum)
        let scanned = try scan(firstNorm(enhanced.first), secondNorm(enhanced.second))
        return added(multiplied(scanned, attention.weights(of: scanned) + 1), sum)
    }
}
