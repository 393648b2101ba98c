import Torch

/// How the bands of a scene and PAN vary together, for images of the coarse size: what makes the numbers of all sensors
/// alike, and what classical methods take from a whole scene.
///
/// Every tensor can be multiplied with images (N, B, H, W).
public struct BandStatistics {
    /// Means of the bands, (N, B, 1, 1).
    private(set) var means: Tensor
    /// Standard deviations of the bands.
    private(set) var deviations: Tensor
    /// Numbers of dark pixels of each band, the haze in front of the scene.
    private(set) var darkest: Tensor
    /// Mean of PAN's low pass, (N, 1, 1, 1).
    private(set) var panMean: Tensor
    /// Standard deviation of PAN's low pass.
    private(set) var panDeviation: Tensor
    /// PAN where all bands are as dark as ``darkest``.
    private(set) var panDarkest: Tensor
    /// Slope of the line that gives each band from PAN's low pass, (N, B, 1, 1).
    private(set) var gains: Tensor
    /// What counts as no light in PAN: 0, or its darkest number where that lies below.
    private(set) var panZero: Tensor
    /// Its intercept, at ``panZero``.
    private(set) var intercepts: Tensor
    /// Weights of the bands, less their means, in the intensity that resembles PAN's low pass most.
    private(set) var weights: Tensor
    /// Slope of the line that gives each band from that intensity.
    private(set) var intensityGains: Tensor
    /// Correlation of each band with PAN's low pass.
    private(set) var correlations: Tensor

    /// From the moments of B bands and, last, PAN's low pass.
    ///
    /// - Parameters:
    ///   - means: (N, B + 1), digital numbers divided by the peak.
    ///   - covariances: (N, B + 1, B + 1).
    ///   - minima: (N, B + 1).
    public init(means: Tensor, covariances: Tensor, minima: Tensor) {
        let (count, bands) = (means.size(0), means.size(1) - 1)
        let (mean, covariance, minimum) = (means.to(.float64), covariances.to(.float64), minima.to(.float64))
        let ofBands = TensorIndex.slice(to: bands)
        let ofPAN = TensorIndex.slice(from: bands)
        // A millionth of the mean is less than any instrument tells apart: images without contrast stay finite.
        let deviation = covariance.diagonal(axes: (1, 2)).clamped(0).squareRoot().maximum(mean.abs() * 1e-6 + 1e-30)
        let dark = minimum.maximum(mean - deviation * 3)

        let c = covariance[.all, ofBands, ofBands]  // (N, B, B)
        let withPAN = covariance[.all, ofBands, ofPAN]  // (N, B, 1)
        let variance = deviation[.all, ofPAN].squared().unsqueezed(-1)  // (N, 1, 1)
        let slope = withPAN / variance
        // A little of the diagonal keeps bands that are multiples of each other apart.
        let identity = Tensor.identity(bands, dtype: .float64).to(mean.device)
        let ridge = (c * 1e-5 + 1e-60) * identity
        let weight = (c + ridge).solving(withPAN)  // (N, B, 1)
        let withIntensity = c.matmul(weight)
        let intensityVariance = weight.transposed(1, 2).matmul(withIntensity).clamped(1e-60)

        let bandMean = mean[.all, ofBands].unsqueezed(-1)
        let bandDark = dark[.all, ofBands].unsqueezed(-1)
        let bandDeviation = deviation[.all, ofBands].unsqueezed(-1)
        let sharpMean = mean[.all, ofPAN].unsqueezed(-1)
        // Numbers below 0 are no radiances; the darkest takes the place of 0.
        let sharpZero = dark[.all, ofPAN].unsqueezed(-1).clamped(nil as Double?, 0.0)
        let darkSharp = (weight * (bandDark - bandMean)).sum(1, keepingAxes: true) + sharpMean

        func shaped(_ values: Tensor) -> Tensor { values.to(.float32).reshaped([count, -1, 1, 1]) }
        self.means = shaped(bandMean)
        deviations = shaped(bandDeviation)
        darkest = shaped(bandDark)
        panMean = shaped(sharpMean)
        panDeviation = shaped(variance.squareRoot())
        panDarkest = shaped(darkSharp.minimum(dark[.all, ofPAN].unsqueezed(-1)))
        gains = shaped(slope)
        panZero = shaped(sharpZero)
        intercepts = shaped(bandMean - slope * (sharpMean - sharpZero))
        weights = shaped(weight)
        intensityGains = shaped(withIntensity / intensityVariance)
        correlations = shaped(withPAN / (bandDeviation * variance.squareRoot()))
    }

    /// Of a whole image.
    ///
    /// - Parameters:
    ///   - ms: (N, B, h, w), digital numbers divided by the peak.
    ///   - lowPass: PAN as each band would have seen it, the same shape.
    public init(ms: Tensor, lowPass: Tensor) {
        let (count, bands) = (ms.size(0), ms.size(1))
        let all = Tensor.concatenated([ms, lowPass.mean(1, keepingAxes: true)], axis: 1)
            .reshaped([count, bands + 1, -1]).to(.float64)
        let means = all.mean(2, keepingAxes: true)
        let centred = all - means
        self.init(
            means: means.squeezed(2), covariances: centred.matmul(centred.transposed(1, 2)) / Double(all.size(2)),
            minima: all.min(2))
    }

    /// Those of some of the bands.
    func bands(_ range: Range<Int>) -> BandStatistics {
        var part = self
        let ofBands: [WritableKeyPath<BandStatistics, Tensor>] = [
            \.means, \.deviations, \.darkest, \.gains, \.intercepts, \.weights, \.intensityGains, \.correlations,
        ]
        for path in ofBands { part[keyPath: path] = self[keyPath: path].bands(range) }
        return part
    }

    /// The same on a device.
    public func to(_ device: Device) -> BandStatistics {
        var moved = self
        let all: [WritableKeyPath<BandStatistics, Tensor>] = [
            \.means, \.deviations, \.darkest, \.panMean, \.panDeviation, \.panDarkest, \.panZero, \.gains, \.intercepts,
            \.weights,
            \.intensityGains, \.correlations,
        ]
        for path in all { moved[keyPath: path] = self[keyPath: path].to(device) }
        return moved
    }
}
