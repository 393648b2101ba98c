import Torch

/// What a FusionMamba (Peng et al. 2024) network is built from; keys as in the authors' program.
public struct FusionMambaRSConfiguration: Configuration, Hashable, Sendable {
    /// How the low-resolution image comes to the size of the high-resolution one.
    public enum Upsampling: String, Codable, Sendable, CaseIterable {
        /// A learned convolution and pixel shuffle, as released; its parameters grow with the square of the bands.
        case pixelShuffle = "pixelshuffle"
        /// Bicubic interpolation without parameters, for hyperspectral images.
        case fixed
    }

    /// Channels of the first stage.
    public var width = 32
    /// Bands of the high-resolution image: 1 for PAN, 3 for RGB.
    public var panBands = 1
    /// Bands of the low-resolution image and of the output.
    public var msBands = 8
    /// High-resolution pixels along one low-resolution pixel.
    public var ratio = 4
    /// How the low-resolution image is enlarged.
    public var upsampling = Upsampling.pixelShuffle

    /// The keys of configuration files and checkpoints.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case width = "dim"
        case panBands = "pan_dim"
        case msBands = "ms_dim"
        case ratio = "scale"
        case upsampling = "upsample"
    }

    /// The configuration of the released WorldView-3 weights.
    public init() {}

    /// A network for a task.
    ///
    /// - Parameter upsampling: where nil, `fixed` for more than 31 bands.
    public init(width: Int = 32, panBands: Int = 1, msBands: Int = 8, ratio: Int = 4, upsampling: Upsampling? = nil) {
        self.width = width
        self.panBands = panBands
        self.msBands = msBands
        self.ratio = ratio
        self.upsampling = upsampling ?? (msBands > 31 ? .fixed : .pixelShuffle)
    }

    /// Checks that every number is one that a network can be built with.
    public func validate() throws(ConfigurationError) {
        try requireRange(CodingKeys.width, width, 1...1024)
        try requireRange(CodingKeys.panBands, panBands, 1...1024)
        try requireRange(CodingKeys.msBands, msBands, 1...1024)
        try requireRange(CodingKeys.ratio, ratio, 1...32)
    }
}
