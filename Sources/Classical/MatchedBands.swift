import Sensors

/// The bands of ``PRACS`` matched to PAN, N_b = max(0, (M_b − m(M_b))·s(P)/s(M_b) + m(P)).
struct MatchedBands: Sendable {
    /// s(P)/s(M_b).
    let slopes: [Double]
    /// s(M_b).
    let deviations: [Double]
    private let offsets: [Double]

    init(_ statistics: SceneStatistics) {
        let bands = 0..<statistics.scene.bands
        let deviations = bands.map { statistics.deviation(.band($0)) }
        let slopes = deviations.map { $0 > 0 ? statistics.deviation(.pan) / $0 : 0 }
        self.deviations = deviations
        self.slopes = slopes
        offsets = bands.map { statistics.mean(.pan) - slopes[$0] * statistics.mean(.band($0)) }
    }

    func apply(to image: Image) -> Image {
        var result = image
        let pixels = image.pixels
        result.values.withUnsafeMutableBufferPointer { values in
            for band in slopes.indices {
                let (slope, offset) = (slopes[band], offsets[band])
                for pixel in band * pixels..<(band + 1) * pixels {
                    values[pixel] = max(0, slope * values[pixel] + offset)
                }
            }
        }
        return result
    }
}
