import Networks
import Torch

/// Means, covariances and minima of channels, gathered part by part, in double precision.
package struct BandMoments {
    private var count = 0.0
    private var means: [Double]
    /// Sums of products of differences from the means, channels × channels.
    private var products: [Double]
    private var minima: [Double]

    /// Nothing gathered yet.
    package init(channels: Int) {
        means = .init(repeating: 0, count: channels)
        products = .init(repeating: 0, count: channels * channels)
        minima = .init(repeating: .infinity, count: channels)
    }

    /// Takes the samples of a part, (channels, samples).
    package mutating func add(_ samples: Tensor) {
        let (channels, added) = (means.count, Double(samples.size(1)))
        let values = samples.to(.float64)
        let mean = values.mean(1, keepingAxes: true)
        let centred = values - mean
        let newMeans = mean.array(of: Double.self)
        let newProducts = centred.matmul(centred.transposed(0, 1)).array(of: Double.self)
        let newMinima = values.min(1).array(of: Double.self)
        // Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979.
        let total = count + added
        let differences = zip(newMeans, means).map { $0 - $1 }
        for first in 0..<channels {
            for second in 0..<channels {
                products[first * channels + second] +=
                    newProducts[first * channels + second]
                    + differences[first] * differences[second] * count * added / total
            }
        }
        for channel in 0..<channels {
            means[channel] += differences[channel] * added / total
            minima[channel] = min(minima[channel], newMinima[channel])
        }
        count = total
    }

    /// What they say of a scene whose last channel is PAN's low pass; nil without samples.
    package func statistics(device: Device) -> BandStatistics? {
        guard count > 0 else { return nil }
        let channels = means.count
        return BandStatistics(
            means: Tensor(means, shape: [1, channels]).to(device),
            covariances: Tensor(products.map { $0 / count }, shape: [1, channels, channels]).to(device),
            minima: Tensor(minima, shape: [1, channels]).to(device))
    }
}
