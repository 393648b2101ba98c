import Sensors

/// The indices without reference.
extension MMMambaMetrics {
    /// Q of each pair of bands (0, 1), (0, 2), …, in windows of 32 × 32.
    ///
    /// - Throws: ``MetricError/tooSmall(metric:height:width:minimum:)`` for images below 32 × 32 pixels, as the others.
    public static func bandQualities(_ image: Image) throws(MetricError) -> [Double] {
        var values: [Double] = []
        for first in 0..<image.bands {
            for second in first + 1..<max(first + 1, image.bands) {
                values.append(try quality(image.band(first), image.band(second), side: 32))
            }
        }
        return values
    }

    /// Q of each band and PAN, in windows of 32 × 32.
    public static func panQualities(_ image: Image, pan: Image) throws(MetricError) -> [Double] {
        try (0..<image.bands).map { band throws(MetricError) in try quality(image.band(band), pan, side: 32) }
    }

    /// D_λ: how much the relations between bands have changed. Best value 0.
    ///
    /// - Parameters:
    ///   - fused: (C, H, W).
    ///   - coarse: (C, h, w), the multispectral image that it was made of, 32 × 32 pixels or more.
    public static func spectralDistortion(fused: Image, coarse: Image) throws(MetricError) -> Double {
        mean(zip(try bandQualities(fused), try bandQualities(coarse)).map { abs($0 - $1) })
    }

    /// D_s: how much the relations of bands to PAN have changed. Best value 0.
    ///
    /// - Parameters:
    ///   - fused: (C, H, W).
    ///   - coarse: (C, H/4, W/4), 32 × 32 pixels or more.
    ///   - pan: (1, H, W).
    public static func spatialDistortion(fused: Image, coarse: Image, pan: Image) throws(MetricError) -> Double {
        let below = try panQualities(coarse, pan: coarsePAN(pan))
        return mean(zip(try panQualities(fused, pan: pan), below).map { abs($0 - $1) })
    }

    /// QNR: (1 − D_λ)(1 − D_s). Best value 1.
    public static func qnr(fused: Image, coarse: Image, pan: Image) throws(MetricError) -> Double {
        try (1 - spectralDistortion(fused: fused, coarse: coarse))
            * (1 - spatialDistortion(fused: fused, coarse: coarse, pan: pan))
    }

    // Quirk: QuickBird's PAN gain, whatever the satellite (golden file metrics_128).
    private static let lowPass = MTFFilter.taps(gain: 0.15, ratio: 4)

    /// PAN's low pass, row by row, 41 × 41 taps with the sum 1.
    public static var panKernel: [Double] { lowPass.taps.map { $0 / lowPass.sum } }

    /// PAN at the size of the multispectral image: low pass with replicated border, then every fourth pixel from the first.
    ///
    /// - Parameter pan: (1, H, W).
    /// - Returns: (1, ⌈H/4⌉, ⌈W/4⌉).
    public static func coarsePAN(_ pan: Image) -> Image {
        let smooth = SymmetricFilter.apply(
            [lowPass], to: SceneWindow(whole: pan), rows: 0..<pan.height, columns: 0..<pan.width)
        let sum = lowPass.sum
        var result = Image(bands: 1, height: (pan.height + 3) / 4, width: (pan.width + 3) / 4)
        for row in 0..<result.height {
            for column in 0..<result.width { result[0, row, column] = smooth[0, 4 * row, 4 * column] / sum }
        }
        return result
    }
}
