/// A pair of images that cannot be compared.
public enum MetricError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Reference and fused image differ in bands, rows or columns.
    case shapes(reference: String, fused: String)
    /// The sources of a fusion and its result are not single bands of one size.
    case sources(first: String, second: String, fused: String)
    /// There is no band or no pixel.
    case empty(String)
    /// The image, after the border cut, is smaller than the metric's window.
    case tooSmall(metric: String, height: Int, width: Int, minimum: Int)
    /// A mask of another size than the images.
    case mask(pixels: Int, expected: Int)
    /// No pixel, or no whole window, is left by the mask.
    case noValidPixels(metric: String)
    /// NaN or infinite samples among those that count.
    case notFinite(image: String, samples: Int)
    /// The images of a sharpened scene do not fit together.
    case scene(String)
    /// A part of an image could not be read.
    case unreadable(String)
    /// An image with one value everywhere, of which the metric can't say anything.
    case constant(metric: String)
    /// The metric needs every pixel, and some are masked.
    case masked(metric: String)

    /// What is wrong with the numbers found, and what to do.
    public var description: String {
        switch self {
        case .shapes(let reference, let fused):
            "The reference is \(reference) (bands × rows × columns) and the fused image \(fused); "
                + "both must be of one shape."
        case .sources(let first, let second, let fused):
            "The sources are \(first) and \(second) (bands × rows × columns) and the fused image \(fused); all must be one "
                + "band of one size."
        case .empty(let shape):
            "There is nothing to compare in images of \(shape) (bands × rows × columns)."
        case .tooSmall(let metric, let height, let width, let minimum):
            "\(metric) needs at least \(minimum) × \(minimum) pixels, and there are \(height) × \(width) to compare."
        case .mask(let pixels, let expected):
            "The mask has \(pixels) pixels and the images \(expected)."
        case .noValidPixels(let metric):
            "\(metric) has no value: no pixel or window that it needs is known in all images. What is nodata or NaN in one of "
                + "them does not count."
        case .constant(let metric):
            "\(metric) isn't defined for an image with one value everywhere."
        case .masked(let metric):
            "\(metric) needs every pixel of the image, and some are nodata. Cut a part without nodata."
        case .notFinite(let image, let samples):
            "The \(image) has \(samples) NaN or infinite samples. Mark these pixels as nodata."
        case .scene(let problem): problem
        case .unreadable(let problem): problem
        }
    }
}
