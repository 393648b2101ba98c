import Foundation
import Torch

/// Multi-scale structural similarity (Wang et al. 2003) as a widely copied program computes it, with which FusionMamba (Xie et
/// al. 2024) is trained. For comparing images, take the metric of the literature.
public struct AuthorsMultiScaleSSIM: Sendable {
    static let weights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]
    static let deviation = 1.5
    static let window = 11

    /// The similarity of two images.
    public struct Result {
        /// One element; 1 for equal images.
        public var value: Tensor
        /// Mean similarity at each of five sizes, before it is moved to 0…1.
        public var similarities: [Tensor]
        /// Mean contrast and structure at each of five sizes, likewise.
        public var contrasts: [Tensor]
    }

    /// The similarity.
    public init() {}

    /// - Parameters:
    ///   - first: (B, 1, H, W), H and W 32 or more.
    ///   - second: the same shape.
    public func callAsFunction(_ first: Tensor, _ second: Tensor) -> Result {
        var (similarities, contrasts): ([Tensor], [Tensor]) = ([], [])
        var (a, b) = (first, second)
        for level in Self.weights.indices {
            if level > 0 { (a, b) = (a.averagePooled2d(2), b.averagePooled2d(2)) }
            let (similarity, contrast) = Self.means(a, b)
            similarities.append(similarity)
            contrasts.append(contrast)
        }
        func powers(_ means: [Tensor]) -> [Tensor] {
            zip(means, Self.weights).map { (($0 + 1) / 2).power($1) }
        }
        let last = powers(similarities)[4]
        // Quirk: the similarity at the smallest size is a factor of every other size, four in all (golden files loss_*).
        let value = powers(contrasts).dropLast().map { $0 * last }.reduce(Tensor.ones(like: last), *)
        return Result(value: value, similarities: similarities, contrasts: contrasts)
    }

    /// Means of similarity, and of contrast and structure, over all windows that lie in the images.
    private static func means(_ a: Tensor, _ b: Tensor) -> (similarity: Tensor, contrast: Tensor) {
        let filters = [a.size(2), a.size(3)].map { _ in profile(of: min(window, a.size(2), a.size(3)), like: a) }
        func smoothed(_ image: Tensor) -> Tensor {
            image.conv2d(weight: filters[0].reshaped(1, 1, -1, 1)).conv2d(weight: filters[1].reshaped(1, 1, 1, -1))
        }
        let (meanA, meanB) = (smoothed(a), smoothed(b))
        let (squareA, squareB, product) = (meanA.squared(), meanB.squared(), meanA * meanB)
        let varianceA = smoothed(a.squared()) - squareA
        let varianceB = smoothed(b.squared()) - squareB
        let covariance = smoothed(a * b) - product
        let range = range(of: a)
        let (c1, c2) = ((range * 0.01).squared(), (range * 0.03).squared())
        let contrast = (covariance * 2 + c2) / (varianceA + varianceB + c2)
        let luminance = (product * 2 + c1) / (squareA + squareB + c1)
        return ((luminance * contrast).mean(), contrast.mean())
    }

    /// Quirk: the range of values is guessed from the first image (golden files loss_*): 1, but 255 where a value is above
    /// 128, and 1 more where one is below -½.
    private static func range(of image: Tensor) -> Tensor {
        let image = image.detached()
        let bright = (image.max() .> 128).to(image.dtype) * 254 + 1
        return bright + (image.min() .< -0.5).to(image.dtype)
    }

    /// A Gaussian around ⌊count / 2⌋, which is beside the middle where the count is even, of sum 1.
    private static func profile(of count: Int, like image: Tensor) -> Tensor {
        let taps = (0..<count).map { index in
            exp(-pow(Double(index - count / 2), 2) / (2 * deviation * deviation))
        }
        let sum = taps.reduce(0, +)
        return Tensor(taps.map { $0 / sum }).to(image.dtype).to(image.device)
    }
}
