import Torch

/// A network that makes a sharp image of many bands from a sharp one of few and a coarse one of many.
public protocol SharpeningNetwork: Module {
    /// Bands of the sharp input.
    var panBands: Int { get }
    /// Bands of the coarse input and of the output.
    var msBands: Int { get }
    /// Sharp pixels along one coarse pixel.
    var ratio: Int { get }
    /// What the sharp input's height and width must be multiples of.
    var sizeMultiple: Int { get }
    /// Bytes of memory for each sharp pixel of an input, measured without gradients in float32; for choosing tiles.
    var bytesPerPixel: Int { get }

    /// Fuses one batch.
    ///
    /// - Parameters:
    ///   - ms: (B, msBands, H/ratio, W/ratio), digital numbers divided by the peak.
    ///   - pan: (B, panBands, H, W), likewise.
    /// - Returns: (B, msBands, H, W), likewise, not clamped.
    func sharpen(ms: Tensor, pan: Tensor) throws -> Tensor
}
