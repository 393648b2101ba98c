/// Shrinks the gradients of all parameters together so that their common norm is at most `maximum`: they are multiplied by
/// maximum / (norm + 10⁻⁶) where that is below 1 (Pascanu et al. 2013, as PyTorch computes it).
///
/// Parameters without a gradient don't count and stay without. A norm that is not finite spoils all gradients; the caller
/// sees it in the result.
///
/// - Parameters:
///   - parameters: with their gradients; the names play no part.
///   - maximum: of the norm.
/// - Returns: the L2 norm before, over the elements of all gradients.
@discardableResult
public func clipGradientNorm(_ parameters: [(name: String, tensor: Tensor)], to maximum: Double) -> Double {
    withoutGradients {
        let gradients = parameters.compactMap(\.tensor.gradient)
        guard let device = gradients.first?.device else { return 0 }
        // Gradients of 16 bits would lose digits in their own norm.
        let norms = gradients.map { ($0.dtype == .float64 ? $0 : $0.to(.float32)).norm().to(device).to(.float64) }
        let norm = Tensor.stacked(norms).norm().item
        let factor = maximum / (norm + 1e-6)
        // Also where the factor is no number.
        if !(factor >= 1) {
            for gradient in gradients {
                gradient.multiplyInPlace(Tensor(factor, dtype: .float32, device: gradient.device))
            }
        }
        return norm
    }
}
