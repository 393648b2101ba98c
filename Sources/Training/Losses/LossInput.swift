import Torch

/// What losses compare: a batch's images, and what the network has made of them.
public struct LossInput {
    /// What the network made, (B, C, H, W), not clamped.
    public var fused: Tensor
    /// The images of the batch by role.
    public var images: [ImageRole: Tensor]
    /// Sharp pixels along one coarse pixel.
    public var ratio: Int
    /// Gain of the MTF of each multispectral band at Nyquist; the field's usual 0.3 for bands beyond the list.
    public var gains: [Double]

    /// - Parameters: see the properties.
    public init(fused: Tensor, images: [ImageRole: Tensor], ratio: Int = 4, gains: [Double] = []) {
        self.fused = fused
        self.images = images
        self.ratio = ratio
        self.gains = gains
    }

    /// An image of the batch in single precision.
    ///
    /// - Throws: ``TrainingError`` where the data don't have it.
    func image(_ role: ImageRole, for loss: Loss) throws -> Tensor {
        guard let image = images[role] else {
            throw TrainingError(
                .data, "the loss '\(loss.rawValue)' needs the image '\(role.rawValue)', which the data don't have.",
                remedy: "Choose data with it, or take the loss out of 'loss'.")
        }
        return image.to(fused.dtype)
    }
}
