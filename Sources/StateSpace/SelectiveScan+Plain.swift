import Torch

extension SelectiveScan {
    /// The recurrence written with tensor operations, one step of time after the other: for any type and device, and
    /// differentiable as it stands.
    func plain() -> (y: Tensor, lastState: Tensor) {
        let (batches, channels, length, states) = (u.size(0), u.size(1), u.size(2), A.size(1))
        var steps = delta
        if let deltaBias { steps = steps + deltaBias.unsqueezed(-1) }
        if softplus { steps = steps.softplus() }

        let (deltas, driving) = (moments(steps), moments(u))
        let (inputs, outputs) = (moments(perChannel(B, channels)), moments(perChannel(C, channels)))
        var state = initialState ?? Tensor.zeros([batches, channels, states], dtype: u.dtype, device: u.device)
        var y = [Tensor](repeating: state, count: length)
        for step in 0..<length {
            let time = reversed ? length - 1 - step : step
            let dt = deltas[time].unsqueezed(-1)
            let driven = dt * driving[time].unsqueezed(-1) * inputs[time]
            state = (dt * A).exp() * state + driven
            y[time] = (state * outputs[time]).sum(-1)
        }
        var result = length == 0 ? u : Tensor.stacked(y, axis: 2)
        if let D { result = result + D.unsqueezed(-1) * u }
        if let z { result = result * z.silu() }
        return (result, state)
    }

    /// B or C as (B, D, N, L), or as it is where it is constant in time.
    private func perChannel(_ tensor: Tensor, _ channels: Int) -> Tensor {
        switch tensor.rank {
        case 2: tensor
        case 3: tensor.unsqueezed(1)
        default: tensor.repeatInterleaved(channels / tensor.size(1), axis: 1)
        }
    }

    /// What a tensor is at every moment: (…, L) without its last axis; B and C that are constant in time are as they are.
    ///
    /// Gradients of all moments are put together at once. Those of one slice after the other would each be added to zeros of
    /// the whole length: work that grows with the square of it.
    private func moments(_ tensor: Tensor) -> [Tensor] {
        let length = u.size(2)
        guard tensor.rank > 2 else { return [Tensor](repeating: tensor, count: length) }
        func slices() -> [Tensor] { (0..<length).map { tensor[.ellipsis, .at($0)] } }
        guard tensor.requiresGradient, length > 0 else { return slices() }
        return differentiable("moments", [tensor], forward: slices) { [.stacked($0, axis: -1)] }
    }
}
