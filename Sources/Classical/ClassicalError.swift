/// A scene that a classical method cannot sharpen.
public enum ClassicalError: Error, Sendable, Equatable, CustomStringConvertible {
    /// PAN has several bands.
    case panchromaticBands(Int)
    /// The ratio is one that the MTF filters cannot represent.
    case ratio(Int)
    /// A method is not defined for the ratio.
    case methodRatio(method: String, ratio: Int, allowed: String)
    /// A method that solves for all pixels of a scene at once does not take one of so many.
    case tooLarge(method: String, pixels: String, most: Int)
    /// An image has no pixels.
    case empty(pan: String, ms: String)
    /// Without georeferencing PAN must be the multispectral image's size times the ratio.
    case sizes(pan: String, ms: String, ratio: Int)
    /// The sensor describes fewer bands than the image has.
    case sensorBands(sensor: String, gains: Int, bands: Int)
    /// The two images do not overlap, or the shift between their grids is no number.
    case noOverlap(rowShift: Double, columnShift: Double)
    /// A mask of another size than PAN.
    case mask(pixels: Int, expected: Int)
    /// Every pixel is masked.
    case noValidPixels
    /// Statistics of the scene are NaN or infinite.
    case notFinite

    /// What is wrong with the numbers found, and what to do.
    public var description: String {
        switch self {
        case .panchromaticBands(let bands):
            "PAN has \(bands) bands; one is needed. Are PAN and the multispectral image swapped?"
        case .ratio(let ratio):
            "A ratio of \(ratio) between PAN and the multispectral image; 2 to 20 is possible."
        case .methodRatio(let method, let ratio, let allowed):
            "\(method) is defined for \(allowed), and PAN is \(ratio) times as fine as the multispectral image. "
                + "Choose another method, such as \(ClassicalMethods.standard.name)."
        case .tooLarge(let method, let pixels, let most):
            "\(method) solves for all pixels of a scene at once, and by its own limit, which does not depend on the memory "
                + "allowed, for \(most) PAN pixels at most with so many bands; there are \(pixels). Cut a part out of both images "
                + "with gdal_translate -projwin, or choose a method that works in tiles, such as "
                + "\(ClassicalMethods.standard.name), or \(GFPCA().name) where the sharp image has several bands."
        case .empty(let pan, let ms):
            "There is nothing to sharpen: PAN has \(pan) pixels, the multispectral image \(ms)."
        case .sizes(let pan, let ms, let ratio):
            "PAN is \(pan) pixels and the multispectral image \(ms); with the ratio \(ratio) PAN must be exactly "
                + "\(ratio) times as high and as wide. Crop one of them, or give the ratio."
        case .sensorBands(let sensor, let gains, let bands):
            "The sensor \(sensor) has \(gains) bands and the multispectral image \(bands). "
                + "Choose the bands of the sensor, or the sensor \"none\"."
        case .noOverlap(let rowShift, let columnShift):
            "The multispectral image lies \(rowShift) PAN rows below and \(columnShift) PAN columns right of PAN, so "
                + "the two do not overlap. Check that both are of one scene and georeferenced in one projection."
        case .mask(let pixels, let expected):
            "The mask has \(pixels) pixels and PAN \(expected)."
        case .noValidPixels:
            "No pixel of the scene is valid in both images: nothing can be estimated from it."
        case .notFinite:
            "The images hold NaN or infinite samples, so means and covariances of the scene are not finite. "
                + "Mark such pixels as nodata."
        }
    }
}
