import Torch

extension Tensor {
    /// The elements clamped to 0…1, with a gradient also where a step against it leads back into the range. With that of
    /// `clamped(_:_:)` a network whose first results lie beyond it, such as FusionMamba's (Xie et al.) of bright pictures,
    /// never learns anything.
    func clampedReturning() -> Tensor {
        let values = detached()
        return differentiable(
            "clamp", [self], forward: { [values.clamped(0, 1)] },
            backward: { gradients in
                let gradient = gradients[0]
                let passes = ((values .<= 1) .|| (gradient .> 0)) .&& ((values .>= 0) .|| (gradient .< 0))
                return [gradient * passes.to(gradient.dtype)]
            })[0]
    }
}
