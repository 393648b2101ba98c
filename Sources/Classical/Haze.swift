/// What the atmosphere adds to each band, before reflectance: the radiance of its darkest pixels.
///
/// Four bands, taken for blue, green, red, near infrared: 0.95, 0.45, 0.40 and 0.05 times the first percentile. Other
/// numbers of bands, and hyperspectral images: the smallest value. Lolli, Alparone, Garzelli, Vivone, "Haze correction for contrast-based
/// multispectral pansharpening", IEEE GRSL 14(12), 2017.
///
/// The model holds for numbers that are 0 where there is no light. An offset that the numbers have all the same, as level-1
/// products of Landsat 8 do, is subtracted first: h_b(M) = offset + h_b(M − offset).
enum Haze {
    private static let parts = [0.95, 0.45, 0.40, 0.05]

    /// The step that finds the haze of each band.
    ///
    /// - Parameters:
    ///   - statistics: with the extremes of all bands.
    ///   - usesPercentiles: false for the smallest value at four bands too.
    static func step(
        _ statistics: SceneStatistics, offset: Double, usesPercentiles: Bool,
        then next: @escaping @Sendable ([Double]) throws(ClassicalError) -> FittingStep
    ) throws(ClassicalError) -> FittingStep {
        guard usesPercentiles, statistics.scene.hyperspectral == nil, statistics.scene.bands == parts.count else {
            return try next((0..<statistics.scene.bands).map { statistics.extremes(.band($0)).lowerBound })
        }
        return try QuantileSearch.step(statistics, probability: 0.01) { (percentiles) throws(ClassicalError) in
            try next(zip(parts, percentiles).map { offset + $0 * ($1 - offset) })
        }
    }
}
