/// How FusionMamba's test program (Xie et al. 2024) makes 8 bits of a fused image: limited to 0…1, stretched so that the
/// darkest pixel is 0 and the brightest 255, even where the image has that range already, and truncated.
///
/// A whole image has one stretch: gather it over all parts of the image, then convert them.
public struct UnitStretch: Sendable, Hashable {
    /// The smallest sample so far, limited to 0…1.
    public private(set) var low: Float = 1
    /// The largest sample so far, limited to 0…1.
    public private(set) var high: Float = 0

    /// The stretch of no sample.
    public init() {}

    /// Takes samples into account; those that are not numbers are left out.
    public mutating func include(_ samples: some Sequence<Float>) {
        for sample in samples where !sample.isNaN {
            low = min(low, Self.limited(sample))
            high = max(high, Self.limited(sample))
        }
    }

    /// Whether there is anything to stretch: rounding alone, in an image of one value, is none. The authors' program divides
    /// by zero there.
    public var hasContrast: Bool { high - low > 1e-5 }

    /// The 8 bits of a sample; 0 for what is not a number.
    public func byte(_ sample: Float) -> UInt8 {
        guard !sample.isNaN else { return 0 }
        let value = Self.limited(sample)
        let stretched = hasContrast ? (value - low) / (high - low) : value
        return UInt8(Self.limited(stretched) * 255)
    }

    private static func limited(_ sample: Float) -> Float { min(max(sample, 0), 1) }
}
