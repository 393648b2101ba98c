import StateSpace
import Torch

/// The learnable descriptive convolution of FusionMamba (Xie et al. 2024, LDC; the authors' `LDC` and
/// `Enhancement_texture_LDC`): 3 × 3, without bias, from whose centre tap a learnt share of the sum of all taps is taken.
package final class DescriptiveConvolution: Module {
    @Child("conv") var convolution: Conv2d
    // All ones in every file of the authors, so no memory is spent on it until a file says otherwise.
    @Buffer("base_mask") var baseMask: Tensor
    @Parameter("learnable_mask") var mask: Tensor
    @Parameter("learnable_theta") var share: Tensor
    private let keptCorrection = DerivedTensor()

    package init(_ inputs: Int, _ outputs: Int) {
        super.init()
        convolution = Conv2d(inputs, outputs, kernel: 3, padding: 1, hasBias: false)
        // The maps' own layout: libtorch would bring all weights to it in every pass.
        convolution.weight.become(convolution.weight.channelsLast())
        baseMask = .repeating(1, shape: [outputs, inputs, 3, 3])
        mask = .ones([outputs, inputs])
        share = .full([1], 0.5)
    }

    /// The whole sum for every pair of channels, at half its weight.
    package override func initializeParameters(using generator: RandomGenerator) {
        mask.fill(1)
        share.fill(0.5)
    }

    /// - Parameter map: (B, H, W, inputs).
    /// - Returns: (B, H, W, outputs).
    package func callAsFunction(_ map: Tensor) -> Tensor {
        func convolved(_ kernel: Tensor) -> Tensor {
            map.permuted(0, 3, 1, 2).conv2d(weight: kernel, padding: 1).permuted(0, 2, 3, 1)
        }
        guard baseMask.repeatsOneElement else { return convolved(kernel) }
        // The correction is a ninth of the kernel, and can be kept from one pass to the next.
        return added(convolved(convolution.weight), map.linear(weight: correction))
    }

    /// (outputs, inputs, 3, 3)
    private var kernel: Tensor {
        let kernel = convolution.weight * baseMask
        kernel[.all, .all, 1, 1].addInPlace(correction)
        return kernel
    }

    /// What is added to the centre taps, (outputs, inputs).
    private var correction: Tensor {
        keptCorrection(of: [convolution.weight, mask, share]) {
            let weight = convolution.weight
            // Quirk: the correction is multiplied by the centre tap, unlike in central difference convolutions (golden file
            // block_ldc).
            return weight[.all, .all, 1, 1] * weight.sum(2, 3) * mask * -share
        }
    }
}
