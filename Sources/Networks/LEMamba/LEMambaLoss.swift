import Foundation
import Torch

/// The loss that LE-Mamba is trained with (`l1ssim` of the authors' program): mean absolute error, and a little of what SSIM
/// (Wang et al. 2004) lacks to 1.
///
/// SSIM is taken in a Gaussian window around every pixel of every band. What lies beyond the image counts as zeros; values
/// are not clamped.
public struct LEMambaLoss: Hashable, Sendable {
    /// Weight of the mean absolute error.
    public var errorWeight = 1.0
    /// Weight of 1 − SSIM.
    public var similarityWeight = 0.1
    /// Side of the window, odd.
    public var window = 11
    /// Standard deviation of the window in pixels.
    public var deviation = 1.5
    /// C1, which bounds SSIM's quotients where an image is dark.
    public var darkness = 0.01 * 0.01
    /// C2, which bounds them where it is even.
    public var evenness = 0.03 * 0.03

    /// The authors' loss.
    public init() {}

    /// What the loss is made of.
    public struct Parts {
        /// Mean absolute error times its weight.
        public var error: Tensor
        /// 1 − SSIM times its weight.
        public var dissimilarity: Tensor
        /// Their sum.
        public var total: Tensor
        /// Mean SSIM.
        public var similarity: Tensor
    }

    /// - Parameters: fused and reference, both (B, S, H, W) in 0 to 1.
    /// - Returns: tensors of one element.
    public func callAsFunction(fused: Tensor, reference: Tensor) -> Parts {
        let error = (fused - reference).abs().mean() * errorWeight
        let similarity = similarityMap(fused, reference).mean()
        let dissimilarity = (1 - similarity) * similarityWeight
        return Parts(
            error: error, dissimilarity: dissimilarity, total: error + dissimilarity, similarity: similarity)
    }

    /// The window along one axis, of sum 1.
    package var windowProfile: [Double] {
        let values = (0..<window).map { exp(-pow(Double($0 - window / 2), 2) / (2 * deviation * deviation)) }
        let sum = values.reduce(0, +)
        return values.map { $0 / sum }
    }

    /// (B, S, H, W)
    private func similarityMap(_ x: Tensor, _ y: Tensor) -> Tensor {
        let means = blurred(.stacked([x, y, x.squared(), y.squared(), x * y])).chunked(5, axis: 0)
            .map { $0.squeezed(0) }
        let (xSquare, ySquare, product) = (means[0].squared(), means[1].squared(), means[0] * means[1])
        let (xVariance, yVariance) = (means[2] - xSquare, means[3] - ySquare)
        let covariance = means[4] - product
        return ((2 * product + darkness) * (2 * covariance + evenness))
            / ((xSquare + ySquare + darkness) * (xVariance + yVariance + evenness))
    }

    /// Weighted means around each pixel of (…, H, W), of the same shape.
    private func blurred(_ images: Tensor) -> Tensor {
        let taps = Tensor(windowProfile, shape: [window]).to(images.dtype).to(images.device)
        let columns = images.reshaped(-1, 1, images.size(-2), images.size(-1))
            .conv2d(weight: taps.reshaped(1, 1, window, 1), padding: Size2(window / 2, 0))
        return columns.conv2d(weight: taps.reshaped(1, 1, 1, window), padding: Size2(0, window / 2))
            .reshaped(images.shape)
    }
}
