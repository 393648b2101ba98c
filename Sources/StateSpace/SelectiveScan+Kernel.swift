import CScan
import CTorch
import Torch

extension SelectiveScan {
    /// The scan by the SIMD kernel: float32 on the CPU, without gradients.
    func kernel() throws -> (y: Tensor, lastState: Tensor) {
        let (batches, channels, length, states) = (u.size(0), u.size(1), u.size(2), A.size(1))
        // The result lies in memory as u does, so that what follows finds the layout that it had before.
        let keepsTokensTogether = u.strides[1] == 1 && channels > 1
        let y =
            keepsTokensTogether
            ? Tensor.uninitialized([batches, length, channels]).transposed(1, 2)
            : Tensor.uninitialized([batches, channels, length])
        let lastState = Tensor.uninitialized([batches, channels, states])
        let A = self.A.contiguous()
        let D = self.D?.contiguous()
        let deltaBias = self.deltaBias?.contiguous()
        let initialState = self.initialState?.contiguous()

        var arguments = fk_scan_arguments()
        arguments.batches = Int64(batches)
        arguments.channels = Int64(channels)
        arguments.groups = Int64(B.rank == 4 ? B.size(1) : B.rank == 2 ? channels : 1)
        arguments.states = Int64(states)
        arguments.length = Int64(length)
        (arguments.u, arguments.u_strides) = sequence(u, length)
        (arguments.delta, arguments.delta_strides) = sequence(delta, length)
        (arguments.B, arguments.B_strides) = stateSequence(B, length)
        (arguments.C, arguments.C_strides) = stateSequence(C, length)
        if let z { (arguments.z, arguments.z_strides) = sequence(z, length) }
        let output = sequence(y, length)
        arguments.y = UnsafeMutablePointer(mutating: output.0)
        arguments.y_strides = output.1
        arguments.A = floats(A)
        arguments.D = D.flatMap(floats)
        arguments.delta_bias = deltaBias.flatMap(floats)
        arguments.initial_state = initialState.flatMap(floats)
        arguments.last_state = floats(lastState).map { UnsafeMutablePointer(mutating: $0) }
        arguments.delta_softplus = softplus

        var message = [CChar](repeating: 0, count: 1024)
        let violations = withExtendedLifetime((tensors, A, D, deltaBias, initialState, y, lastState)) {
            fk_scan_forward(&arguments, fk_parallel_for, nil, &message, message.count)
        }
        guard violations == 0 else {
            let text = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw SelectiveScanError(message: String(decoding: text, as: UTF8.self))
        }
        return (y, lastState)
    }

    private func floats(_ tensor: Tensor) -> UnsafePointer<Float>? {
        UnsafePointer(tensor.unsafeAddress.assumingMemoryBound(to: Float.self))
    }

    /// The first token of a (B, D, L) tensor in the order of time, and its strides.
    private func sequence(_ tensor: Tensor, _ length: Int) -> (UnsafePointer<Float>?, fk_scan_sequence_strides) {
        let strides = tensor.strides
        let start = reversed ? (length - 1) * strides[2] : 0
        return (
            floats(tensor).map { $0 + max(0, start) },
            fk_scan_sequence_strides(
                batch: Int64(strides[0]), channel: Int64(strides[1]), time: Int64(reversed ? -strides[2] : strides[2]))
        )
    }

    /// The same for B and C in each of their forms.
    private func stateSequence(_ tensor: Tensor, _ length: Int) -> (UnsafePointer<Float>?, fk_scan_state_strides) {
        let strides = tensor.strides.map { Int64($0) }
        if tensor.rank == 2 {
            return (floats(tensor), fk_scan_state_strides(batch: 0, group: strides[0], state: strides[1], time: 0))
        }
        let time = strides[tensor.rank - 1]
        let start = reversed ? (length - 1) * Int(time) : 0
        return (
            floats(tensor).map { $0 + max(0, start) },
            fk_scan_state_strides(
                batch: strides[0], group: tensor.rank == 4 ? strides[1] : 0, state: strides[tensor.rank - 2],
                time: reversed ? -time : time)
        )
    }
}
