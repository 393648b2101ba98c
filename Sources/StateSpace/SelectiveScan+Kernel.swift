import CScan
import CTorch
import Torch

extension SelectiveScan {
    /// Whether the SIMD kernel takes the operands: on the CPU, all in float32, or the large ones in one type of 16 bits and
    /// the others in that or float32.
    var suitsKernel: Bool {
        let large = [u, delta, B, C] + [z].compactMap { $0 }
        let storage = u.dtype
        return !SelectiveScanLibrary.usesTensorOperations
            && [.float32, .bfloat16, .float16].contains(storage) && large.allSatisfy { $0.dtype == storage }
            && (paths?.pixels.device ?? .cpu) == .cpu
            && tensors.allSatisfy { $0.device == .cpu && ($0.dtype == storage || $0.dtype == .float32) }
    }

    /// The scan by the SIMD kernel, forwards and, where gradients are wanted, backwards.
    func differentiableKernel() throws -> (y: Tensor, lastState: Tensor) {
        guard tensors.contains(where: \.requiresGradient) else {
            let result = try kernel()
            return (result.y, result.lastState)
        }
        let inputs = detached()
        let result = try inputs.kernel(savingCheckpoints: true)
        let outputs = differentiable(
            "selective_scan", tensors, forward: { [result.y, result.lastState] },
            backward: { outputGradients in
                try inputs.kernelGradients(
                    dy: outputGradients[0], dLastState: outputGradients[1], checkpoints: result.checkpoints)
            })
        return (outputs[0], outputs[1])
    }

    /// The scan by the SIMD kernel, without gradients. The last state is in float32.
    ///
    /// - Parameter savingCheckpoints: whether the states that the backward pass starts from are kept: a sixteenth of all.
    func kernel(
        savingCheckpoints: Bool = false
    ) throws -> (y: Tensor, lastState: Tensor, checkpoints: Tensor?) {
        let (batches, length, states) = (u.size(0), u.size(2), A.size(1))
        let y = dense(like: u)
        let lastState = Tensor.uninitialized([batches, channels, states])
        let interval = Int(fk_scan_checkpoint_interval)
        let checkpoints =
            savingCheckpoints
            ? Tensor.uninitialized([batches, (length + interval - 1) / interval, channels, states]) : nil
        try run { arguments, message, capacity in
            let output = sequence(y)
            arguments.y = UnsafeMutableRawPointer(mutating: output.0)
            arguments.y_strides = output.1
            arguments.last_state = mutable(lastState)
            arguments.checkpoints = checkpoints.flatMap(mutable)
            return withExtendedLifetime((y, lastState, checkpoints)) {
                profiled("selective scan", work: batches * channels * states * length) {
                    fk_scan_forward(&arguments, fk_parallel_for, nil, message, capacity)
                }
            }
        }
        return (y, lastState, checkpoints)
    }

    /// The gradients of all ``tensors``, in their order, by the SIMD kernel.
    ///
    /// - Parameters:
    ///   - dy: gradient of y, (B, D, L).
    ///   - dLastState: gradient of the last state, (B, D, N).
    ///   - checkpoints: what the forward pass has kept.
    func kernelGradients(dy: Tensor, dLastState: Tensor, checkpoints: Tensor?) throws -> [Tensor] {
        let results = SelectiveScan(
            u: dense(like: u), delta: dense(like: delta), A: .uninitialized(A.shape), B: dense(like: B),
            C: dense(like: C), D: D.map { .uninitialized($0.shape) }, z: z.map { dense(like: $0) },
            deltaBias: deltaBias.map { .uninitialized($0.shape) }, softplus: softplus,
            initialState: initialState.map { .uninitialized($0.shape) }, reversed: reversed)
        let dy = dy.to(u.dtype)
        let dLastState = dLastState.to(.float32).contiguous()
        try run { arguments, message, capacity in
            arguments.checkpoints = checkpoints.flatMap(mutable)
            var gradients = fk_scan_gradients()
            (gradients.dy, gradients.dy_strides) = sequence(dy)
            gradients.dlast_state = floats(dLastState)
            func outputs(_ tensor: Tensor) -> (UnsafeMutableRawPointer, fk_scan_sequence_strides) {
                let (start, strides) = sequence(tensor)
                return (UnsafeMutableRawPointer(mutating: start), strides)
            }
            func stateOutputs(_ tensor: Tensor) -> (UnsafeMutableRawPointer, fk_scan_state_strides) {
                let (start, strides) = stateSequence(tensor)
                return (UnsafeMutableRawPointer(mutating: start), strides)
            }
            (gradients.du, gradients.du_strides) = outputs(results.u)
            (gradients.ddelta, gradients.ddelta_strides) = outputs(results.delta)
            if let dz = results.z { (gradients.dz, gradients.dz_strides) = outputs(dz) }
            (gradients.dB, gradients.dB_strides) = stateOutputs(results.B)
            (gradients.dC, gradients.dC_strides) = stateOutputs(results.C)
            gradients.dA = mutable(results.A)
            gradients.dD = results.D.flatMap(mutable)
            gradients.ddelta_bias = results.deltaBias.flatMap(mutable)
            gradients.dinitial_state = results.initialState.flatMap(mutable)
            return withExtendedLifetime((results.tensors, dy, dLastState, checkpoints)) {
                profiled("selective scan, backward", work: u.size(0) * channels * A.size(1) * u.size(2)) {
                    fk_scan_backward(&arguments, &gradients, fk_parallel_for, nil, message, capacity)
                }
            }
        }
        return zip(results.tensors, tensors).map { $0.to($1.dtype) }
    }

    /// Calls the kernel with the inputs described, and throws what it has to object.
    private func run(
        _ body: (inout fk_scan_arguments, UnsafeMutablePointer<CChar>?, Int) -> Int32
    ) throws {
        let A = self.A.to(.float32).contiguous()
        let D = self.D?.to(.float32).contiguous()
        let deltaBias = self.deltaBias?.to(.float32).contiguous()
        let initialState = self.initialState?.to(.float32).contiguous()

        var arguments = fk_scan_arguments()
        arguments.batches = Int64(u.size(0))
        arguments.channels = Int64(channels)
        arguments.groups = Int64(B.rank == 4 ? B.size(1) : B.rank == 2 ? channels : 1)
        arguments.states = Int64(A.size(1))
        arguments.length = Int64(u.size(2))
        (arguments.u, arguments.u_strides) = sequence(u)
        (arguments.delta, arguments.delta_strides) = sequence(delta)
        (arguments.B, arguments.B_strides) = stateSequence(B)
        (arguments.C, arguments.C_strides) = stateSequence(C)
        if let z { (arguments.z, arguments.z_strides) = sequence(z) }
        arguments.A = floats(A)
        arguments.D = D.flatMap(floats)
        arguments.delta_bias = deltaBias.flatMap(floats)
        arguments.initial_state = initialState.flatMap(floats)
        arguments.delta_softplus = softplus
        switch u.dtype {
        case .float16: arguments.storage = fk_scan_float16
        case .bfloat16: arguments.storage = fk_scan_bfloat16
        default: arguments.storage = fk_scan_float32
        }
        if let paths {
            arguments.paths = Int64(paths.count)
            arguments.pixels = UnsafePointer(paths.pixels.unsafeAddress.assumingMemoryBound(to: Int32.self))
        }

        let threads = Int64(TorchLibrary.threads)
        arguments.threads = threads
        let pieces = fk_scan_pieces(&arguments)
        if pieces > 0 && threads >= 2 * pieces && arguments.length >= 4096 { arguments.parts = threads / pieces + 1 }

        var message = [CChar](repeating: 0, count: 1024)
        let violations = withExtendedLifetime((tensors, A, D, deltaBias, initialState, paths)) {
            message.withUnsafeMutableBufferPointer { body(&arguments, $0.baseAddress, $0.count) }
        }
        guard violations == 0 else {
            let text = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw SelectiveScanError(message: String(decoding: text, as: UTF8.self))
        }
    }

    /// Memory without gaps for a tensor of another one's shape, with its channels (or states) side by side where the other
    /// has them so: what follows then finds the layout that it had before.
    private func dense(like tensor: Tensor) -> Tensor {
        let rank = tensor.rank
        guard rank > 2, tensor.size(rank - 2) > 1, tensor.strides[rank - 2] == 1 else {
            return Tensor.uninitialized(tensor.shape, dtype: tensor.dtype)
        }
        var shape = tensor.shape
        shape.swapAt(rank - 1, rank - 2)
        return Tensor.uninitialized(shape, dtype: tensor.dtype).transposed(rank - 1, rank - 2)
    }

    private func mutable(_ tensor: Tensor) -> UnsafeMutablePointer<Float>? {
        tensor.unsafeAddress.assumingMemoryBound(to: Float.self)
    }

    private func floats(_ tensor: Tensor) -> UnsafePointer<Float>? {
        UnsafePointer(tensor.unsafeAddress.assumingMemoryBound(to: Float.self))
    }

    /// Where an element lies.
    private func address(_ tensor: Tensor, _ element: Int) -> UnsafeRawPointer {
        UnsafeRawPointer(tensor.unsafeAddress) + element * tensor.dtype.byteCount
    }

    /// The first token of a (B, D, L) tensor in the order of time, and its strides.
    private func sequence(_ tensor: Tensor) -> (UnsafeRawPointer, fk_scan_sequence_strides) {
        let strides = tensor.strides
        let start = reversed ? (tensor.size(2) - 1) * strides[2] : 0
        return (
            address(tensor, max(0, start)),
            fk_scan_sequence_strides(
                batch: Int64(strides[0]), channel: Int64(strides[1]), time: Int64(reversed ? -strides[2] : strides[2]))
        )
    }

    /// The same for B and C in each of their forms.
    private func stateSequence(_ tensor: Tensor) -> (UnsafeRawPointer, fk_scan_state_strides) {
        let strides = tensor.strides.map { Int64($0) }
        if tensor.rank == 2 {
            return (address(tensor, 0), fk_scan_state_strides(batch: 0, group: strides[0], state: strides[1], time: 0))
        }
        let time = strides[tensor.rank - 1]
        let start = reversed ? (tensor.size(-1) - 1) * Int(time) : 0
        return (
            address(tensor, max(0, start)),
            fk_scan_state_strides(
                batch: strides[0], group: tensor.rank == 4 ? strides[1] : 0, state: strides[tensor.rank - 2],
                time: reversed ? -time : time)
        )
    }
}
