import CScanCUDA
import ScanEmulation
import StateSpace
import Torch

/// A CUDA device that the CPU plays. Its tensors are those of the CPU.
struct EmulatedDevice: ScanDevice {
    /// Many divide a scan into chunks, one does not.
    var multiprocessors: Int32 = 132

    var limits: fk_cuda_limits { fk_cuda_limits(multiprocessors: multiprocessors, shared_bytes: 232_448) }

    func run(_ scan: fk_cuda_scan) throws {
        var (scan, limits) = (scan, limits)
        var message = [CChar](repeating: 0, count: 1000)
        guard fk_emulate_scan(&scan, &limits, false, &message, message.count) else {
            throw CUDAScanError.unsupported(text(message))
        }
    }
}

func text(_ message: [CChar]) -> String {
    String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

extension ScanCase {
    /// y and the last state, by the CUDA kernels.
    func run(_ operands: [Tensor], by device: EmulatedDevice) throws -> (y: Tensor, lastState: Tensor) {
        try selectiveScan(
            by: device, operands[0], delta: operands[1], A: operands[2], B: operands[3], C: operands[4],
            D: hasOptions ? operands[5] : nil, z: hasOptions ? operands[6] : nil,
            deltaBias: hasOptions ? operands[7] : nil, softplus: softplus,
            initialState: hasOptions ? operands[8] : nil, reversed: isReversed)
    }
}

/// The results of a scan and their gradients with respect to the operands, for fixed gradients of the results.
func resultsAndGradients(
    _ operands: [Tensor], _ scan: ([Tensor]) throws -> (y: Tensor, lastState: Tensor)
) throws -> (results: [Tensor], gradients: [Tensor]) {
    let leaves = operands.map { operand in
        let leaf = operand.detached()
        leaf.setRequiresGradient()
        return leaf
    }
    let result = try scan(leaves)
    let generator = RandomGenerator(seed: 78)
    let sum = [result.y, result.lastState].map { output in
        (output * Tensor.uniform(output.shape, low: 0.5, high: 1.5, generator: generator).to(output.dtype)).sum()
    }.reduce(Tensor(0.0, dtype: .float64)) { $0 + $1.to(.float64) }
    let gradients = Torch.gradients(of: sum, withRespectTo: leaves)
    try checkTorchErrors()
    return ([result.y, result.lastState], gradients.map { $0 ?? Tensor([Double.nan], shape: [1]) })
}
