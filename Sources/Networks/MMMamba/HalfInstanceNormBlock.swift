import Torch

/// The residual block of MMMamba's encoders (specification, 4.2; half instance normalisation, Chen et al. 2021): the first half
/// of the channels is normalised between two convolutions, each by its own mean and variance in the image.
package final class HalfInstanceNormBlock: Module, Layer {
    // Quirk: never applied, but in every checkpoint (golden file block_hinres).
    @Child("identity") var unusedIdentity: Conv2d
    @Child("conv_1") var entry: Conv2d
    @Child("conv_2") var exit: Conv2d
    @Parameter("norm.weight") var scale: Tensor  // (C/2)
    @Parameter("norm.bias") var shift: Tensor  // (C/2)
    private let width: Int

    package init(width: Int) {
        self.width = width
        super.init()
        unusedIdentity = Conv2d(width, width, kernel: 1)
        entry = Conv2d(width, width, kernel: 3, padding: 1)
        exit = Conv2d(width, width, kernel: 3, padding: 1)
        scale = .ones([width / 2])
        shift = .zeros([width / 2])
    }

    /// Scale 1, shift 0.
    package override func initializeParameters(using generator: RandomGenerator) {
        scale.fill(1)
        shift.fill(0)
    }

    /// (B, C, H, W) to the same shape.
    package func callAsFunction(_ map: Tensor) -> Tensor {
        added(exit(halfNormalized(entry(map).leakyReLU(slope: 0.2))).leakyReLU(slope: 0.2), map)
    }

    /// One subtraction, one product and one sum over all channels, which leave the second half as it is: halves that were
    /// cut and joined again would be copied, and an instance norm of libtorch's would reorder them.
    private func halfNormalized(_ map: Tensor) -> Tensor {
        let half = map.narrowed(axis: 1, start: 0, length: width / 2)
        let mean = half.mean(2, 3, keepingAxes: true)  // (B, C/2, 1, 1)
        let variance = (half - mean).squared().mean(2, 3, keepingAxes: true)
        let zeros = Tensor.zeros(like: mean)
        func all(_ first: Tensor, _ second: Tensor) -> Tensor { Tensor.concatenated([first, second], axis: 1) }
        let deviations = map - all(mean, zeros)
        let factors = scale.reshaped(width / 2, 1, 1) / (variance + 1e-5).squareRoot()
        let shifts = shift.reshaped(1, width / 2, 1, 1).expanded(mean.shape)
        return added(multiplied(deviations, all(factors, .ones(like: mean))), all(shifts, zeros))
    }
}
