import CScanCUDA
import Synchronization
import Torch

extension SelectiveScan {
    /// The scan by the CUDA kernels, with gradients where they are wanted; nil where the operands are not on one CUDA
    /// device or the kernels can't be had, which ``SelectiveScanLibrary/cuda`` explains.
    ///
    /// - Parameter paths: K paths over the map that `u` and `z` are; all else then has the channels of every path.
    func onCUDA(along paths: ScanPaths? = nil) throws -> (y: Tensor, lastState: Tensor)? {
        guard case .cuda(let index) = u.device, tensors.allSatisfy({ $0.device == u.device }) else { return nil }
        guard hasTypesOfKernels, u.count > 0 else { return nil }
        do {
            return try scanned(by: CUDAScanDevice.device(index), along: paths)
        } catch let error as CUDAScanError {
            if SelectiveScanLibrary.requiresCUDAKernels { throw error }
            SelectiveScanLibrary.lastFailure.withLock { $0 = error }
            return nil
        }
    }

    /// Whether u, delta, z, B and C have one type that the kernels store, and the others that one or float32.
    private var hasTypesOfKernels: Bool {
        storage != nil
            && [delta, B, C, z].allSatisfy { $0.map { $0.dtype == u.dtype } ?? true }
            && [A, D, deltaBias, initialState].allSatisfy {
                $0.map { $0.dtype == u.dtype || $0.dtype == .float32 } ?? true
            }
    }

    /// The name of u's type in the kernels.
    fileprivate var storage: Int32? {
        switch u.dtype {
        case .float32: Int32(fk_cuda_f32)
        case .bfloat16: Int32(fk_cuda_bf16)
        case .float16: Int32(fk_cuda_f16)
        default: nil
        }
    }

    /// The scan by the CUDA kernels on a device that runs them.
    func scanned(by device: any ScanDevice, along paths: ScanPaths?) throws -> (y: Tensor, lastState: Tensor) {
        let pixels = paths.map { DevicePixels.pixels(of: $0, on: u.device) }
        guard tensors.contains(where: \.requiresGradient) else {
            let result = try CUDAScan(self, pixels).forward(on: device, savingCheckpoints: false)
            return (result.y, result.lastState)
        }
        let scan = CUDAScan(detached(), pixels)
        let result = try scan.forward(on: device, savingCheckpoints: true)
        let outputs = differentiable(
            "selective_scan", tensors, forward: { [result.y, result.lastState] },
            backward: { outputGradients in
                try scan.gradients(
                    dy: outputGradients[0], dLastState: outputGradients[1], checkpoints: result.checkpoints, on: device)
            })
        return (outputs[0], outputs[1])
    }
}

/// The selective scan by the CUDA kernels on a given device, as tests run it in emulation. The operands are those of the
/// public functions of the same name, with shapes that fit together; along paths, z has the map's shape.
package func selectiveScan(
    by device: any ScanDevice, _ u: Tensor, along paths: ScanPaths? = nil, delta: Tensor, A: Tensor, B: Tensor,
    C: Tensor, D: Tensor? = nil, z: Tensor? = nil, deltaBias: Tensor? = nil, softplus: Bool = true,
    initialState: Tensor? = nil, reversed: Bool = false
) throws -> (y: Tensor, lastState: Tensor) {
    try SelectiveScan(
        u: u, delta: delta, A: A, B: B, C: C, D: D, z: z, deltaBias: deltaBias, softplus: softplus,
        initialState: initialState, reversed: reversed
    ).scanned(by: device, along: paths)
}

/// The tensors of a scan as the kernels are told about them.
private struct CUDAScan {
    let scan: SelectiveScan
    /// (K, L), where a token of a path lies.
    let pixels: Tensor?

    init(_ scan: SelectiveScan, _ pixels: Tensor?) {
        self.scan = scan
        self.pixels = pixels
    }

    private var paths: Int { pixels?.size(0) ?? 1 }
    private var channels: Int { scan.A.size(0) }
    private var states: Int { scan.A.size(1) }
    private var batches: Int { scan.u.size(0) }
    private var length: Int { scan.u.size(2) }

    func forward(
        on device: any ScanDevice, savingCheckpoints: Bool
    ) throws -> (y: Tensor, lastState: Tensor, checkpoints: Tensor?) {
        let operands = Operands(self)
        var arguments = try arguments(operands)
        let y = dense(like: scan.u)
        let lastState = floats([batches, channels, states])
        var checkpoints: Tensor?
        if savingCheckpoints {
            var limits = device.limits
            let interval = Int(fk_cuda_checkpoint_interval(&arguments, &limits))
            checkpoints = floats([batches, (length + interval - 1) / interval, channels, states])
        }
        arguments.operands.y = try sequence(y)
        arguments.operands.last_state = address(lastState)
        arguments.operands.checkpoints = checkpoints.flatMap(address)
        try checkTorchErrors()
        try withExtendedLifetime((operands, y, lastState, checkpoints)) { try device.run(arguments) }
        return (y, lastState, checkpoints)
    }

    /// The gradients of the scan's tensors, in their order.
    func gradients(
        dy: Tensor, dLastState: Tensor, checkpoints: Tensor?, on device: any ScanDevice
    ) throws -> [Tensor] {
        let operands = Operands(self)
        var arguments = try arguments(operands)
        let dy = dy.to(scan.u.dtype)
        let dLastState = dLastState.to(.float32).contiguous()
        let du = dense(like: scan.u), dDelta = dense(like: scan.delta), dz = scan.z.map(dense)
        let dA = floats(scan.A.shape), dB = floats(scan.B.shape), dC = floats(scan.C.shape)
        let dD = scan.D.map { floats($0.shape) }, dBias = scan.deltaBias.map { floats($0.shape) }
        let dInitial = scan.initialState.map { floats($0.shape) }
        arguments.is_backward = true
        arguments.operands.dy = try sequence(dy)
        arguments.operands.dlast_state = UnsafePointer(address(dLastState))
        arguments.operands.checkpoints = checkpoints.flatMap(address)
        arguments.operands.du = try sequence(du)
        arguments.operands.ddelta = try sequence(dDelta)
        if let dz { arguments.operands.dz = try sequence(dz) }
        arguments.operands.dA = address(dA)
        arguments.operands.dB = try stateSequence(dB)
        arguments.operands.dC = try stateSequence(dC)
        arguments.operands.dD = dD.flatMap(address)
        arguments.operands.ddelta_bias = dBias.flatMap(address)
        arguments.operands.dinitial_state = dInitial.flatMap(address)
        try checkTorchErrors()
        let results = [du, dDelta, dA, dB, dC] + [dD, dz, dBias, dInitial].compactMap { $0 }
        try withExtendedLifetime((operands, dy, dLastState, checkpoints, results)) { try device.run(arguments) }
        return zip(results, scan.tensors).map { $0.to($1.dtype) }
    }

    /// Copies that the kernels need, where an operand is not as they take it; alive until the kernels are on the stream.
    private final class Operands {
        let A: Tensor
        let D, deltaBias, initialState, pixels: Tensor?

        init(_ scan: CUDAScan) {
            func plain(_ tensor: Tensor) -> Tensor { tensor.to(.float32).contiguous() }
            A = plain(scan.scan.A)
            D = scan.scan.D.map(plain)
            deltaBias = scan.scan.deltaBias.map(plain)
            initialState = scan.scan.initialState.map(plain)
            pixels = scan.pixels?.contiguous()
        }
    }

    private func arguments(_ operands: Operands) throws(CUDAScanError) -> fk_cuda_scan {
        func size(_ value: Int) throws(CUDAScanError) -> Int32 {
            guard let size = Int32(exactly: value) else {
                throw .unsupported("a size is \(value), more than the CUDA kernels count to.")
            }
            return size
        }
        var arguments = fk_cuda_scan()
        guard let storage = scan.storage else {
            throw .unsupported("the CUDA kernels do not store \(scan.u.dtype).")
        }
        arguments.storage = storage
        arguments.is_constant = scan.B.rank == 2
        arguments.operands.batches = try size(batches)
        arguments.operands.channels = try size(channels)
        arguments.operands.groups = try size(scan.B.rank == 4 ? scan.B.size(1) : scan.B.rank == 2 ? channels : 1)
        arguments.operands.states = try size(states)
        arguments.operands.length = try size(length)
        arguments.operands.paths = try size(paths)
        arguments.operands.is_softplus = scan.softplus ? 1 : 0
        arguments.operands.pixels = operands.pixels.map {
            UnsafePointer($0.unsafeAddress.assumingMemoryBound(to: Int32.self))
        }
        arguments.operands.u = try sequence(scan.u)
        arguments.operands.delta = try sequence(scan.delta)
        if let z = scan.z { arguments.operands.z = try sequence(z) }
        arguments.operands.B = try stateSequence(scan.B)
        arguments.operands.C = try stateSequence(scan.C)
        arguments.operands.A = UnsafePointer(address(operands.A))
        arguments.operands.D = UnsafePointer(operands.D.flatMap(address))
        arguments.operands.delta_bias = UnsafePointer(operands.deltaBias.flatMap(address))
        arguments.operands.initial_state = UnsafePointer(operands.initialState.flatMap(address))
        return arguments
    }

    private func floats(_ shape: [Int]) -> Tensor {
        .uninitialized(shape, dtype: .float32, device: scan.u.device)
    }

    /// Memory without gaps for a sequence, with its channels side by side where another one has them so.
    private func dense(like tensor: Tensor) -> Tensor {
        let areChannelsAdjacent = tensor.size(1) > 1 && tensor.strides[1] == 1
        let shape = areChannelsAdjacent ? [tensor.size(0), tensor.size(2), tensor.size(1)] : tensor.shape
        let memory = Tensor.uninitialized(shape, dtype: tensor.dtype, device: tensor.device)
        return areChannelsAdjacent ? memory.transposed(1, 2) : memory
    }

    private func address(_ tensor: Tensor) -> UnsafeMutablePointer<Float>? {
        tensor.unsafeAddress.assumingMemoryBound(to: Float.self)
    }

    private func stride(_ value: Int) throws(CUDAScanError) -> Int32 {
        guard let stride = Int32(exactly: value) else {
            throw .unsupported("a stride is \(value), more than the CUDA kernels count to.")
        }
        return stride
    }

    /// The first token of a sequence in the order of time, and its strides.
    private func sequence(_ tensor: Tensor) throws(CUDAScanError) -> fk_cuda_sequence {
        let strides = tensor.strides
        let start = scan.reversed ? (tensor.size(2) - 1) * strides[2] * tensor.dtype.byteCount : 0
        return fk_cuda_sequence(
            data: tensor.unsafeAddress + start, batch: Int64(strides[0]), channel: Int64(strides[1]),
            time: try stride(scan.reversed ? -strides[2] : strides[2]))
    }

    /// The same for B and C in each of their forms.
    private func stateSequence(_ tensor: Tensor) throws(CUDAScanError) -> fk_cuda_state_sequence {
        let strides = tensor.strides
        if tensor.rank == 2 {
            return fk_cuda_state_sequence(
                data: tensor.unsafeAddress, batch: 0, group: Int64(strides[0]), state: try stride(strides[1]), time: 0)
        }
        let time = strides[tensor.rank - 1]
        let start = scan.reversed ? (tensor.size(-1) - 1) * time * tensor.dtype.byteCount : 0
        return fk_cuda_state_sequence(
            data: tensor.unsafeAddress + start, batch: Int64(strides[0]),
            group: tensor.rank == 4 ? Int64(strides[1]) : 0, state: try stride(strides[tensor.rank - 2]),
            time: try stride(scan.reversed ? -time : time))
    }
}
