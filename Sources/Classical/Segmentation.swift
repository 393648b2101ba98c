import Sensors

/// Parts of a scene whose pixels have like spectra: k-means on M_b/max(M_b).
///
/// Of scenes with more than a million pixels the centres are found from every n-th row and column (``PixelSample``); each
/// pixel belongs to the nearest centre.
struct Segmentation: Sendable {
    /// Number of segments.
    static let count = 5

    private let centres: KMeans
    private let scales: [Double]

    /// The step that finds the segments of a scene.
    ///
    /// - Parameters:
    ///   - statistics: with the extremes of all bands.
    ///   - next: what follows.
    static func step(
        _ statistics: SceneStatistics,
        then next: @escaping @Sendable (Segmentation) throws(ClassicalError) -> FittingStep
    ) -> FittingStep {
        let scene = statistics.scene
        let scales = (0..<scene.bands).map { band -> Double in
            let largest = statistics.extremes(.band(band)).upperBound
            return largest == 0 ? 1 : largest
        }
        let sample = PixelSample(of: scene, features: scene.bands, ingredients: []) { block in
            (0..<scene.bands).map { band in
                let scale = scales[band]
                return block.interpolated.band(band).values.map { $0 / scale }
            }
        }
        return .pass(
            ScenePass(sample) { (sample) throws(ClassicalError) in
                let centres = KMeans(sample.valid(), features: scene.bands, clusters: count)
                return try next(Segmentation(centres: centres, scales: scales))
            })
    }

    /// The segment of each pixel of a block.
    func labels(_ block: PreparedBlock) -> [Int32] {
        let pixels = block.interpolated.pixels
        return block.interpolated.values.withUnsafeBufferPointer { values in
            centres.labels(
                scales.indices.map { .init(rebasing: values[$0 * pixels..<($0 + 1) * pixels]) }, scales: scales,
                pixels: pixels)
        }
    }
}
