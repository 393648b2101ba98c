import StateSpace
import Torch

/// The convolution before a scan, four taps with SiLU, beside libtorch's.
func benchmarkCausalConvolution(report: (Comparison) -> Void) throws {
    let (channels, length, taps) = (32, 65536, 4)
    let generator = RandomGenerator(seed: 1)
    let x = Tensor.normal([1, length, channels], generator: generator).transposed(1, 2)
    let weight = Tensor.normal([channels, 1, taps], generator: generator)
    let bias = Tensor.normal([channels], generator: generator)
    try withThreads(1) {
        try withInference {
            let measurements = try measure([
                Contestant("causalConvolution") { _ = try causalConvolution(x, weight: weight, bias: bias) },
                Contestant("libtorch conv1d, SiLU") {
                    _ = x.conv1d(weight: weight, bias: bias, padding: taps - 1, groups: channels)
                        .narrowed(axis: 2, start: 0, length: length).silu()
                },
                Contestant("libtorch conv2d with channels last, SiLU") {
                    _ = x.unsqueezed(2).channelsLast()
                        .conv2d(
                            weight: weight.unsqueezed(2), bias: bias, padding: Size2(0, taps - 1), groups: channels
                        )
                        .narrowed(axis: 3, start: 0, length: length).silu()
                },
                Contestant("a copy") { _ = x.copy() },
            ])
            report(
                Comparison(
                    title: "causal convolution B1 D\(channels) L\(length), \(taps) taps, SiLU", unit: "elements",
                    work: Double(channels * length), threads: 1, measurements: measurements))
        }
    }
}
