import Foundation
import Torch

/// The loss that FusionMamba (Xie et al. 2024) is trained with: structural similarity to both images, the intensity of the
/// brighter one, and the gradient of the stronger one.
public struct FusionMambaMMLoss: Sendable, Hashable {
    /// Weight of the dissimilarity.
    public var similarityWeight: Double
    /// Weight of the intensity.
    public var intensityWeight: Double
    /// Weight of the gradient.
    public var gradientWeight: Double
    /// What the first image counts in the dissimilarity.
    public var firstShare = 0.5
    /// What the second image counts in it.
    public var secondShare = 0.5

    /// A loss with weights; the program's own are the defaults.
    public init(similarityWeight: Double = 10, intensityWeight: Double = 10, gradientWeight: Double = 1) {
        self.similarityWeight = similarityWeight
        self.intensityWeight = intensityWeight
        self.gradientWeight = gradientWeight
    }

    /// The loss and what it is made of, tensors of one element.
    public struct Parts {
        /// The weighted sum.
        public var total: Tensor
        /// Mean squared difference from the brighter image.
        public var intensity: Tensor
        /// 1 minus the similarity to both images, see ``AuthorsMultiScaleSSIM``.
        public var dissimilarity: Tensor
        /// Mean absolute difference from the stronger gradient.
        public var gradient: Tensor
    }

    /// - Parameters:
    ///   - fused: (B, 1, H, W) in 0…1, H and W 32 or more; clamp a network's output first, as the authors do, so that what is
    ///     outside has no gradient.
    ///   - first: the same shape.
    ///   - second: the same shape.
    public func callAsFunction(fused: Tensor, first: Tensor, second: Tensor) -> Parts {
        let similarity = AuthorsMultiScaleSSIM()
        let dissimilarity =
            (1 - similarity(fused, first).value) * firstShare + (1 - similarity(fused, second).value) * secondShare
        // The published norm is not squared, the program's is.
        let intensity = (fused - first.maximum(second)).squared().mean()
        let stronger = Self.gradient(of: first).maximum(Self.gradient(of: second))
        let gradient = (Self.gradient(of: fused) - stronger).abs().mean()
        return Parts(
            total: dissimilarity * similarityWeight + intensity * intensityWeight + gradient * gradientWeight,
            intensity: intensity, dissimilarity: dissimilarity, gradient: gradient)
    }

    /// |Sobel x| + |Sobel y|, not normalised, with zeros around the image: (B, 1, H, W) to the same shape.
    package static func gradient(of image: Tensor) -> Tensor {
        sobel(image, padding: 1).abs().sum(1, keepingAxes: true)
    }

    /// Sobel's derivatives along x and, upwards, y, not normalised: (B, 1, H, W) to (B, 2, H', W').
    ///
    /// - Parameter padding: zeros around the image.
    package static func sobel(_ image: Tensor, padding: Int) -> Tensor {
        let kernels = Tensor(
            [-1, 0, 1, -2, 0, 2, -1, 0, 1, 1, 2, 1, 0, 0, 0, -1, -2, -1] as [Float], shape: [2, 1, 3, 3])
        return image.conv2d(weight: kernels.to(image.dtype).to(image.device), padding: Size2(padding))
    }
}

/// How the authors train: Adam without decay, batches of 2.
extension FusionMambaMMLoss {
    /// The learning rate of an epoch, from 0: 1.333 · 10⁻⁴, 10⁻⁴, and three quarters of it with every further one. The
    /// authors stop after two.
    public static func learningRate(epoch: Int) -> Double {
        1e-4 * pow(0.75, Double(epoch - 1))
    }
}
