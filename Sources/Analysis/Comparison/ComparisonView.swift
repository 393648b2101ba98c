import Raster
import Sensors

/// Pictures of one part of a scene: sources, truth and every method.
public struct ComparisonView: Sendable {
    /// One of the images.
    public struct Layer: Sendable {
        /// What an image is to the comparison.
        public enum Role: String, Sendable, Encodable {
            case source, truth, method
        }

        /// Its name.
        public let name: String
        /// See ``Role``.
        public let role: Role
        /// The samples of the part, NaN where nothing is known.
        public let image: Image
    }

    /// A band of the fused images.
    public struct Band: Sendable, Encodable, Hashable {
        /// Its name; "Band 3" where it has none.
        public let name: String
        /// The centre of what it sees, in nanometres; nil when unknown.
        public let wavelength: Double?
    }

    /// Three bands that are shown as red, green and blue.
    public struct Composition: Sendable, Encodable, Hashable {
        /// What people call it.
        public let name: String
        /// Indices from 0.
        public let bands: [Int]
    }

    /// The part of the scene.
    public let window: Window
    /// The whole scene.
    public let scene: Window
    /// The bands of the fused images.
    public let bands: [Band]
    /// What to show as colours; the first is what is shown first. None where the images are grey.
    public let compositions: [Composition]
    /// Unit of the samples, such as "DN".
    public let unit: String
    /// Numbers that are black and white in pictures for the eye; nil for measurements, which are stretched.
    public var fixedLimits: ClosedRange<Double>?
    /// Numbers that become black and white in each band, the same for every layer; of grey sources by their own.
    public var stretch: [ClosedRange<Double>] = []
    /// The images.
    public var layers: [Layer] = []

    /// The limits of a layer's band.
    func limits(of layer: Layer, band: Int) -> ClosedRange<Double> {
        if let fixedLimits { return fixedLimits }
        return layer.image.bands == stretch.count ? stretch[band] : Self.limits(layer.image.band(band).values)
    }

    /// Makes black and white of what a layer holds.
    mutating func stretch(by layer: Layer) {
        stretch = (0..<layer.image.bands).map { Self.limits(layer.image.band($0).values) }
    }

    /// The percentiles that become black and white.
    private static func limits(_ values: [Double]) -> ClosedRange<Double> {
        let limits = Percentile.of(values.filter { !$0.isNaN }, at: [2, 98])
        guard let low = limits.first, let high = limits.last, low < high else {
            let value = limits.first.flatMap { $0.isNaN ? nil : $0 } ?? 0
            return value - 0.5...value + 0.5
        }
        return low...high
    }
}
