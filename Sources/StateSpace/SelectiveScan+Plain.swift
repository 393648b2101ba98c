import Torch

extension SelectiveScan {
    /// The recurrence written with tensor operations, one step of time after the other: for any type and device, and
    /// differentiable as it stands.
    func plain() -> (y: Tensor, lastState: Tensor) {
        let (batches, channels, length, states) = (u.size(0), u.size(1), u.size(2), A.size(1))
        var steps = delta
        if let deltaBias { steps = steps + deltaBias.unsqueezed(-1) }
        if softplus { steps = steps.softplus() }

        let inputs = perChannel(B, channels)
        let outputs = perChannel(C, channels)
        var state = initialState ?? Tensor.zeros([batches, channels, states], dtype: u.dtype, device: u.device)
        var y = [Tensor](repeating: state, count: length)
        for step in 0..<length {
            let time = reversed ? length - 1 - step : step
            let dt = steps[.all, .all, .at(time)].unsqueezed(-1)
            let driven = dt * u[.all, .all, .at(time)].unsqueezed(-1) * at(time, inputs)
            state = (dt * A).exp() * state + driven
            y[time] = (state * at(time, outputs)).sum(-1)
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

    private func at(_ time: Int, _ tensor: Tensor) -> Tensor {
        tensor.rank == 2 ? tensor : tensor[.all, .all, .all, .at(time)]
    }
}
