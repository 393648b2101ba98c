import Sensors

/// Two registered pictures and the picture that was fused from them. There is no truth: metrics judge the fused picture alone,
/// or against its sources.
///
/// All are on the scale of 8 bits, 0…255, in double precision; ``GreyConversion`` makes them of colours. Values need not be
/// whole: metrics that count grey levels round them and limit them to 0…255.
public struct FusedPair: Sendable {
    /// A: infrared, CT, PET or SPECT. (1, H, W)
    public let first: Image
    /// B: visible or MRI. (1, H, W)
    public let second: Image
    /// F, (1, H, W)
    public let fused: Image

    /// Checks that the three belong together.
    ///
    /// - Parameters:
    ///   - first: infrared, CT, PET or SPECT; (1, H, W), 0…255.
    ///   - second: visible or MRI, likewise.
    ///   - fused: the picture to be judged, likewise.
    /// - Throws: ``MetricError/sources(first:second:fused:)`` when they aren't of one size or not of one band,
    ///   ``MetricError/empty(_:)`` without pixels, ``MetricError/notFinite(image:samples:)`` when samples are NaN or infinite.
    public init(first: Image, second: Image, fused: Image) throws(MetricError) {
        func shape(_ image: Image) -> String { "\(image.bands) × \(image.height) × \(image.width)" }
        let shapes = [first, second, fused].map(shape)
        guard Set(shapes).count == 1, fused.bands == 1 else {
            throw .sources(first: shapes[0], second: shapes[1], fused: shapes[2])
        }
        guard fused.pixels > 0 else { throw .empty(shapes[2]) }
        for (name, image) in [("first image", first), ("second image", second), ("fused image", fused)] {
            let count = image.values.count { !$0.isFinite }
            guard count == 0 else { throw .notFinite(image: name, samples: count) }
        }
        self.first = first
        self.second = second
        self.fused = fused
    }

    var height: Int { fused.height }
    var width: Int { fused.width }
    var pixels: Int { fused.pixels }

    /// A and B.
    var sources: [Plane] { [Plane(first), Plane(second)] }

    var fusedPlane: Plane { Plane(fused) }

    func requireSide(_ minimum: Int, for metric: String) throws(MetricError) {
        guard min(height, width) >= minimum else {
            throw .tooSmall(metric: metric, height: height, width: width, minimum: minimum)
        }
    }
}

extension Plane {
    /// An image of one band.
    init(_ image: Image) { self.init(height: image.height, width: image.width, values: image.values) }
}
