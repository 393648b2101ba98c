/// A pair of images that cannot be brought to reduced resolution.
public enum WaldProtocolError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A side is not a multiple of the ratio.
    case notMultiple(image: String, height: Int, width: Int, ratio: Int)
    /// The sensor describes fewer bands than the image has.
    case tooFewGains(sensor: String, gains: Int, bands: Int)
    /// PAN is not the multispectral image's size times the ratio, or has several bands.
    case sizes(pan: String, expected: String)

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .notMultiple(let image, let height, let width, let ratio):
            "\(image) is \(height) × \(width) pixels, which the ratio \(ratio) does not divide. "
                + "Crop both images so that the sides of each are multiples of \(ratio)."
        case .tooFewGains(let sensor, let gains, let bands):
            "The sensor \(sensor) has \(gains) bands and the multispectral image \(bands). "
                + "Choose the bands of the sensor, or the sensor \"none\"."
        case .sizes(let pan, let expected):
            "PAN is \(pan) (bands × rows × columns); \(expected) was expected from the multispectral image and the ratio."
        }
    }
}

/// A pair of images at reduced resolution with the truth for it.
public struct ReducedScene: Sendable {
    /// Multispectral image at 1/r of its size, (C, h/r, w/r).
    public let ms: Image
    /// PAN at the size of the multispectral image, (1, h, w).
    public let pan: Image
    /// The multispectral image itself, (C, h, w).
    public let truth: Image
}

/// Assessment at reduced resolution: both images are degraded by the ratio, so that the multispectral image is the truth
/// for what is fused from them. Wald, Ranchin, Mangolini, "Fusion of satellite images of different spatial resolutions",
/// PE&RS 63(6), 1997.
public enum WaldProtocol {
    /// Degrades a pair.
    ///
    /// The bands are filtered with the sensor's MTF (border replicate) and decimated at r·i + r/2; PAN is reduced by
    /// antialiased cubic convolution. Values stay real.
    ///
    /// - Parameters:
    ///   - ms: (C, h, w), both sides multiples of the ratio.
    ///   - pan: (1, r·h, r·w).
    ///   - sensor: gives the MTF gains of the bands.
    ///   - ratio: size of a multispectral pixel in PAN pixels.
    public static func reduce(
        ms: Image, pan: Image, sensor: Sensor, ratio: Int
    ) throws(WaldProtocolError) -> ReducedScene {
        guard ms.height % ratio == 0 && ms.width % ratio == 0 else {
            throw .notMultiple(image: "The multispectral image", height: ms.height, width: ms.width, ratio: ratio)
        }
        guard sensor.bands.count >= ms.bands else {
            throw .tooFewGains(sensor: sensor.name, gains: sensor.bands.count, bands: ms.bands)
        }
        guard pan.bands == 1 && pan.height == ratio * ms.height && pan.width == ratio * ms.width else {
            throw .sizes(
                pan: "\(pan.bands) × \(pan.height) × \(pan.width)",
                expected: "1 × \(ratio * ms.height) × \(ratio * ms.width)")
        }
        return ReducedScene(
            ms: MTFFilter.decimate(ms, gains: sensor.mtfGains, ratio: ratio, step: ratio),
            pan: Resize.reduce(pan, by: ratio, kernel: .bicubic), truth: ms)
    }
}
