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

    /// What is known of some bands.
    struct Maps {
        /// (N, B, 5, H, W): by the gain of the scene (MTF-GLP-CBD), by that of the neighbourhood (its local form), in
        /// proportion to the band above the haze (MTF-GLP-HPM-H) and above its intercept (MTF-GLP-HPM-R), and by PAN less
        /// the intensity of the bands (GSA).
        let details: Tensor
        /// What else tells how far to trust them, (N, B, 6, H, W): the band interpolated, PAN, PAN's details, gain and
        /// correlation in the neighbourhood, correlation in the scene.
        let context: Tensor
    }

    /// - Parameters:
    ///   - pan: (N, 1, H, W), digital numbers divided by the peak.
    ///   - ms: (N, B, h, w).
    ///   - lowPass: PAN as each band would have seen it, (N, B, h, w).
    init(pan: Tensor, ms: Tensor, lowPass: Tensor, grid: CoarseGrid, statistics: BandStatistics) {
        (self.pan, self.ms, self.lowPass, self.grid, self.statistics) = (pan, ms, lowPass, grid, statistics)
        let intensity = (statistics.weights * (ms - statistics.means)).sum(1, keepingAxes: true)
        substitution = pan - grid.interpolated(intensity) - statistics.panMean
    }

    /// The maps of some bands.
    func maps(of group: Range<Int>) -> Maps {
        let (ms, lowPass, statistics) = (ms.bands(group), lowPass.bands(group), statistics.bands(group))
        let shape = [ms.size(0), ms.size(1), pan.size(2), pan.size(3)]
        let deviations = statistics.deviations
        let smooth = grid.interpolated(ms)
        let low = grid.interpolated(lowPass)
        let highPass = (pan - low) / statistics.panDeviation

        let band = (ms - statistics.means) / deviations
        let sharp = (lowPass - statistics.panMean) / statistics.panDeviation
        let gain = statistics.gains * statistics.panDeviation / deviations
        let local = Self.local(band: band, sharp: sharp, gain: gain)
        let localGain = grid.interpolated(local.gain)

        func modulated(above floor: Tensor, _ panFloor: Tensor) -> Tensor {
            // PAN near its floor would multiply noise; 0.3 standard deviations bound the quotient.
            let base = ((low - panFloor) / statistics.panDeviation).clamped(0.3)
            return (smooth - floor) / deviations * (highPass / base).clamped(-1, 2)
        }
        let details = Tensor.stacked(
            [
                gain * highPass, localGain * highPass,
                modulated(above: statistics.darkest, statistics.panDarkest),
                modulated(above: statistics.intercepts, statistics.panZero),
                substitution * (statistics.intensityGains / deviations),
            ], axis: 2)
        let pixels = ((pan - statistics.panMean) / statistics.panDeviation).expanded(shape)
        let context = Tensor.stacked(
            [
                (smooth - statistics.means) / deviations, pixels, highPass, localGain,
                grid.interpolated(local.correlation), statistics.correlations.expanded(shape),
            ], axis: 2)
        return Maps(details: details, context: context)
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
