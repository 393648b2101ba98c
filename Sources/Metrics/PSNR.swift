import Foundation

/// Peak signal-to-noise ratio: the mean over bands of 10·log₁₀(peak²/MSE_b). Identical bands give infinity.
public struct PSNR: ReferenceMetric {
    /// What the error of a band is compared with.
    public enum Peak: Sendable, Hashable {
        /// The largest value that a sample can have, ``ImagePair/peak``.
        case ofSamples
        /// The largest value of the band of the reference, as hyperspectral papers have it.
        case perBandMaximum
    }

    /// Short name.
    public var name: String { peak == .ofSamples ? "PSNR" : "PSNR-band-peak" }
    /// Full name.
    public let title = "peak signal-to-noise ratio"
    /// Decibel.
    public let unit = "dB"
    /// Mean of the bands' values, not the value of the joint error.
    public var variant: String {
        "mean over bands" + (peak == .ofSamples ? "" : ", peak: the largest value of each band of the reference")
    }
    /// Origin.
    public var source: String {
        peak == .ofSamples
            ? "common definition; peak 2^bits − 1" : "Yokoya, Yairi, Iwasaki, IEEE TGRS 50(2), 2012 (program)"
    }
    /// Larger is better.
    public let higherIsBetter = true
    /// Any number.
    public let range = -Double.infinity...Double.infinity

    private let peak: Peak

    /// The metric with a peak.
    public init(peak: Peak = .ofSamples) { self.peak = peak }

    /// Sums over pixels.
    public func statistics(of scene: PairScene) -> [PairStatistic] { [.pixels] }

    /// The ratio in dB.
    public func value(of sums: PairSums) throws(MetricError) -> MetricValue {
        let pixels = try sums.pixels(for: name)
        let maxima = pixels.referenceMaxima
        return MetricValue(
            meanOf: pixels.meanSquares.enumerated().map { band, error in
                let peak = self.peak == .ofSamples ? sums.peak : maxima[band]
                return error == 0 ? .infinity : 10 * log10(peak * peak / error)
            })
    }
}

/// Peak signal-to-noise ratio of the joint error: 10·log₁₀(peak²/MSE), MSE over all pixels and bands.
public struct GlobalPSNR: ReferenceMetric {
    /// Short name.
    public let name = "PSNR-global"
    /// Full name.
    public let title = "peak signal-to-noise ratio of the joint error"
    /// Decibel.
    public let unit = "dB"
    /// One error for all bands.
    public let variant = "of the error over all bands"
    /// Origin.
    public let source = "common definition; peak 2^bits − 1"
    /// Larger is better.
    public let higherIsBetter = true
    /// Any number.
    public let range = -Double.infinity...Double.infinity

    /// The metric has no settings.
    public init() {}

    /// Sums over pixels.
    public func statistics(of scene: PairScene) -> [PairStatistic] { [.pixels] }

    /// The ratio in dB; infinite for identical images.
    public func value(of sums: PairSums) throws(MetricError) -> MetricValue {
        let error = try sums.pixels(for: name).rmse
        return MetricValue(error == 0 ? .infinity : 20 * log10(sums.peak / error))
    }
}
