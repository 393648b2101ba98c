import Torch

/// The details that classical methods would add to each band, as far as they need no more than the statistics of the scene
/// and of a neighbourhood; all in units of the band's standard deviation.
struct DetailCandidates {
    /// Candidates of each band.
    static let count = 5
    /// Coarse pixels across the neighbourhood of local statistics.
    private static let neighbourhood = 7

    private let pan: Tensor
    private let ms: Tensor
    private let lowPass: Tensor
    private let grid: CoarseGrid
    private let statistics: BandStatistics
    /// PAN less the intensity of all bands, (N, 1, H, W).
    private let substitution: Tensor

    /// - Parameters:
    ///   - pan: (N, 1, H, W), digital numbers divided by the peak.
    ///   - ms: (N, B, h, w).
    ///   - lowPass: PAN as each band would have seen it, (N, B, h, w).
    init(pan: Tensor, ms: Tensor, lowPass: Tensor, grid: CoarseGrid, statistics: BandStatistics) {
        (self.pan, self.ms, self.lowPass, self.grid, self.statistics) = (pan, ms, lowPass, grid, statistics)
        let intensity = (statistics.weights * (ms - statistics.means)).sum(1, keepingAxes: true)
        substitution = pan - grid.interpolated(intensity) - statistics.panMean
    }

    /// What is known of some bands.
    func maps(of group: Range<Int>) -> Maps {
        let (ms, lowPass, statistics) = (ms.bands(group), lowPass.bands(group), statistics.bands(group))
        let low = grid.interpolated(lowPass)
        let local = Self.local(
            band: (ms - statistics.means) / statistics.deviations,
            sharp: (lowPass - statistics.panMean) / statistics.panDeviation,
            gain: statistics.gains * statistics.panDeviation / statistics.deviations)
        return Maps(
            statistics: statistics, pan: pan, substitution: substitution, smooth: grid.interpolated(ms), low: low,
            highPass: (pan - low) / statistics.panDeviation, localGain: grid.interpolated(local.gain),
            localCorrelation: grid.interpolated(local.correlation))
    }

    /// What is known of some bands, put together when it is asked for: not every network needs all of it.
    struct Maps {
        let statistics: BandStatistics
        let pan: Tensor
        let substitution: Tensor
        /// The bands interpolated, digital numbers, (N, B, H, W).
        let smooth: Tensor
        let low: Tensor
        let highPass: Tensor
        let localGain: Tensor
        let localCorrelation: Tensor

        /// (N, B, 5, H, W): by the gain of the scene (MTF-GLP-CBD), by that of the neighbourhood (its local form), in
        /// proportion to the band above the haze (MTF-GLP-HPM-H) and above its intercept (MTF-GLP-HPM-R), and by PAN less
        /// the intensity of the bands (GSA).
        var details: Tensor {
            let deviations = statistics.deviations
            let gain = statistics.gains * statistics.panDeviation / deviations
            func modulated(above floor: Tensor, _ panFloor: Tensor) -> Tensor {
                // PAN near its floor would multiply noise; 0.3 standard deviations bound the quotient.
                let base = ((low - panFloor) / statistics.panDeviation).clamped(0.3)
                return (smooth - floor) / deviations * (highPass / base).clamped(-1, 2)
            }
            return .stacked(
                [
                    gain * highPass, localGain * highPass,
                    modulated(above: statistics.darkest, statistics.panDarkest),
                    modulated(above: statistics.intercepts, statistics.panZero),
                    substitution * (statistics.intensityGains / deviations),
                ], axis: 2)
        }

        /// What else tells how far to trust them, (N, B, 6, H, W): the band interpolated, PAN, PAN's details, gain and
        /// correlation in the neighbourhood, correlation in the scene.
        var context: Tensor {
            let pixels = (pan - statistics.panMean) / statistics.panDeviation
            return .stacked(
                [
                    (smooth - statistics.means) / statistics.deviations, pixels.expanded(smooth.shape), highPass,
                    localGain,
                    localCorrelation, statistics.correlations.expanded(smooth.shape),
                ], axis: 2)
        }
    }

    /// The slope of the line that gives a band from PAN in the neighbourhood of each coarse pixel, drawn to that of the
    /// scene where PAN is flat, and the correlation of both; (N, B, h, w) each.
    private static func local(band: Tensor, sharp: Tensor, gain: Tensor) -> (gain: Tensor, correlation: Tensor) {
        func mean(_ image: Tensor) -> Tensor {
            image.padded([3, 3, 3, 3], mode: .replicate).averagePooled2d(Size2(neighbourhood), stride: Size2(1))
        }
        let (bandMean, sharpMean) = (mean(band), mean(sharp))
        let covariance = mean(band * sharp) - bandMean * sharpMean
        let sharpVariance = mean(sharp.squared()) - sharpMean.squared()
        let bandVariance = mean(band.squared()) - bandMean.squared()
        return (
            (covariance + gain * 0.02) / (sharpVariance + 0.02),
            covariance / ((sharpVariance + 1e-3) * (bandVariance + 1e-3)).squareRoot()
        )
    }
}

extension Tensor {
    /// Some bands of an image (N, B, H, W), a view.
    func bands(_ group: Range<Int>) -> Tensor { narrowed(axis: 1, start: group.lowerBound, length: group.count) }
}
