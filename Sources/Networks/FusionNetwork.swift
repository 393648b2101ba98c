import Torch

/// A whole network of this library: a module that knows what it was built from.
public protocol FusionNetwork: Module {
    /// What it is built from.
    associatedtype Settings: Configuration
    /// What it was built from.
    var configuration: Settings { get }
}

extension FusionNetwork {
    /// The whole configuration as a JSON object, as checkpoints keep it.
    public var configurationText: String { configuration.json }
}

/// A network that makes a sharp image of many bands from a sharp one of few and a coarse one of many.
public protocol SharpeningNetwork: Module {
    /// Bands of the sharp input.
    var panBands: Int { get }
    /// Bands of the coarse input and of the output.
    var msBands: Int { get }
    /// Sharp pixels along one coarse pixel.
    var ratio: Int { get }
    /// Heights and widths of the sharp input that are multiples of this are worked on as they are; others are filled up
    /// inside. A multiple of the ratio.
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

/// A network that enlarges an image without another one beside it.
public protocol UpscalingNetwork: Module {
    /// Bands of the image.
    var msBands: Int { get }
    /// Pixels of the output along one of the input.
    var ratio: Int { get }
    /// Bytes of memory for each pixel of the output, measured without gradients in float32; for choosing tiles.
    var bytesPerPixel: Int { get }

    /// Enlarges one batch.
    ///
    /// - Parameter ms: (B, msBands, h, w), digital numbers divided by the peak.
    /// - Returns: (B, msBands, ratio · h, ratio · w), likewise, not clamped.
    func upscale(_ ms: Tensor) throws -> Tensor
}

/// A network that makes one image of two that show the same subject.
public protocol PairFusionNetwork: Module {
    /// Heights and widths that are multiples of this are worked on as they are; others are filled up inside.
    var sizeMultiple: Int { get }
    /// Bytes of memory for each pixel, measured without gradients in float32; for choosing tiles.
    var bytesPerPixel: Int { get }

    /// Fuses one batch.
    ///
    /// - Parameters:
    ///   - first: (B, 1, H, W) in 0…1, the image with the structure: visible light, MRI, phase contrast.
    ///   - second: the same shape: infrared, CT, PET, SPECT, GFP.
    /// - Returns: the same shape, not clamped.
    func fuse(_ first: Tensor, _ second: Tensor) throws -> Tensor
}
