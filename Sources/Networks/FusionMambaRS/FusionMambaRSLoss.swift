import Torch

/// The loss that FusionMamba (Peng et al.) is trained with: mean absolute error, and on request a little ERGAS.
public struct FusionMambaRSLoss {
    /// Weight of ERGAS; 0 in the published training.
    public var ergasWeight = 0.0
    /// Ratio in ERGAS.
    public var ratio = 4

    /// A loss with a weight of ERGAS, for a ratio.
    public init(ergasWeight: Double = 0, ratio: Int = 4) {
        self.ergasWeight = ergasWeight
        self.ratio = ratio
    }

    /// - Parameters: fused and reference, both (B, S, H, W) in [0, 1].
    /// - Returns: tensors of one element: mean absolute error, mean ERGAS of the batch, their weighted sum.
    public func callAsFunction(fused: Tensor, reference: Tensor) -> (l1: Tensor, ergas: Tensor, total: Tensor) {
        let difference = fused - reference
        let l1 = difference.abs().mean()
        let relative = difference.squared().mean(2, 3) / reference.mean(2, 3).squared()  // (B, S)
        let ergas = (relative.mean(1).squareRoot() * (100 / Double(ratio))).mean()
        return (l1, ergas, l1 + ergas * ergasWeight)
    }
}
