import Foundation
import StateSpace
import Torch

/// The scan on a CUDA device beside a copy on it, which is the most that memory allows. Nothing without a device.
///
/// A run waits for the device, so wall time is what counts here; "of a copy's speed" compares the bytes that the scan must
/// at least move (each operand read once, each result written once) with the bytes that a copy moves in the same time.
func benchmarkCUDAScan(report: (Comparison) -> Void) throws {
    guard Device.hasCUDA else { return }
    let device = Device.cuda(0)
    for (batches, channels, states, length) in [(8, 192, 16, 16384), (1, 64, 16, 65536), (1, 128, 8, 65536)] {
        for dtype in [DType.float32, .bfloat16] {
            for areChannelsLast in [false, true] {
                try withTorchErrors {
                    let generator = RandomGenerator(seed: 1)
                    func sequence(_ channels: Int, _ type: DType = dtype) -> Tensor {
                        let shape = areChannelsLast ? [batches, length, channels] : [batches, channels, length]
                        let tensor = Tensor.normal(shape, generator: generator).to(type).to(device)
                        return areChannelsLast ? tensor.transposed(1, 2) : tensor
                    }
                    let operands = [
                        sequence(channels), sequence(channels),
                        (-Tensor.range(from: 1, to: states + 1)).expanded([channels, states]).contiguous().to(device),
                        sequence(states), sequence(states), Tensor.ones([channels]).to(device), sequence(channels),
                        Tensor.full([channels], -4.6).to(device),
                    ]
                    func scan(_ operands: [Tensor], isGated: Bool) throws -> Tensor {
                        try selectiveScan(
                            operands[0], delta: operands[1], A: operands[2], B: operands[3], C: operands[4],
                            D: operands[5], z: isGated ? operands[6] : nil, deltaBias: operands[7]
                        ).y
                    }
                    let dy = sequence(channels)
                    let leaves = operands.map { $0.detached() }
                    for leaf in leaves { leaf.setRequiresGradient() }
                    let copied = Tensor.zeros([1 << 28], device: device)
                    let target = Tensor.zeros(like: copied)
                    try checkTorchErrors()

                    /// Waits for the device: a number comes back from it.
                    func wait() { _ = target.narrowed(axis: 0, start: 0, length: 1).to(.cpu).array(of: Float.self) }
                    func seconds(_ body: () throws -> Void) throws -> Double {
                        for _ in 0..<3 { try body() }
                        wait()
                        var times: [Double] = []
                        for _ in 0..<7 {
                            let repetitions = 10
                            let start = DispatchTime.now().uptimeNanoseconds
                            for _ in 0..<repetitions { try body() }
                            wait()
                            times.append(
                                Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9 / Double(repetitions))
                        }
                        try checkTorchErrors()
                        return times.sorted()[times.count / 2]
                    }

                    let copy = try seconds { target.copy(from: copied) }
                    let bytesPerSecond = Double(2 * copied.count * 4) / copy
                    let sequenceBytes = Double(batches * channels * length * dtype.byteCount)
                    let stateBytes = Double(2 * batches * states * length)
                    var rows = [
                        Measurement(
                            name: String(format: "copy of 1 GiB, %.2f TB/s", bytesPerSecond * 1e-12), wallSeconds: copy,
                            processorSeconds: copy, ratioToFirst: 1, peakBytes: nil)
                    ]
                    func add(_ name: String, _ bytes: Double, _ time: Double) {
                        let share = 100 * bytes / time / bytesPerSecond
                        rows.append(
                            Measurement(
                                name: name + String(format: ", %.0f%% of a copy's speed", share), wallSeconds: time,
                                processorSeconds: time, ratioToFirst: time / copy, peakBytes: nil))
                    }
                    for isGated in [false, true] {
                        let gate = isGated ? "gated " : ""
                        let forward = try seconds { try withInference { _ = try scan(operands, isGated: isGated) } }
                        add(
                            gate + "forward", sequenceBytes * (isGated ? 4 : 3) + stateBytes * Double(dtype.byteCount),
                            forward)
                        let both = try seconds {
                            let y = try scan(leaves, isGated: isGated)
                            let inputs = isGated ? leaves : Array(leaves[..<6] + leaves[7...])
                            _ = gradients(of: [y], withRespectTo: inputs, outputGradients: [dy])
                        }
                        // The forward scan before it also keeps states; that difference counts as the backward scan's.
                        add(
                            gate + "backward",
                            sequenceBytes * (isGated ? 7 : 5) + stateBytes * Double(2 * dtype.byteCount),
                            both - forward)
                    }
                    let layout = areChannelsLast ? "(B, L, D)" : "(B, D, L)"
                    report(
                        Comparison(
                            title: "CUDA scan, \(SelectiveScanLibrary.cuda), \(dtype) \(layout) B\(batches) "
                                + "D\(channels) N\(states) L\(length)",
                            unit: "updates", work: Double(batches * channels * states * length), threads: 1,
                            measurements: rows))
                }
            }
        }
    }
}
