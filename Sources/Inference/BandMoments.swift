import Networks
import Torch

/// Means, covariances and minima of channels, gathered part by part, in double precision.
package struct BandMoments {
    private var count = 0.0
    private var means: [Double]
    /// Sums of products of differences from the means, channels × channels.
    private var products: [Double]
    private var minima: [Double]
    private var maxima: [Double]
    /// Pixels with a number outside of their channel's range are left out.
    private let ranges: [ClosedRange<Double>]?

    /// Nothing gathered yet.
    ///
    /// - Parameter ranges: of each channel, beyond which a pixel does not count; all count when nil.
    package init(channels: Int, ranges: [ClosedRange<Double>]? = nil) {
        self.ranges = ranges
        maxima = .init(repeating: -.infinity, count: channels)
        means = .init(repeating: 0, count: channels)
        products = .init(repeating: 0, count: channels * channels)
        minima = .init(repeating: .infinity, count: channels)
    }

    /// Takes the samples of a part, (channels, samples).
    package mutating func add(_ samples: Tensor) {
        let channels = means.count
        let values = counted(samples.to(.float64))
        let added = Double(values.size(1))
        guard added > 0 else { return }
        let mean = values.mean(1, keepingAxes: true)
        let centred = values - mean
        let newMeans = mean.array(of: Double.self)
        let newProducts = centred.matmul(centred.transposed(0, 1)).array(of: Double.self)
        let newMinima = values.min(1).array(of: Double.self)
        let newMaxima = values.max(1).array(of: Double.self)
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
            maxima[channel] = max(maxima[channel], newMaxima[channel])
        }
        count = total
    }

    /// Whether all of them are numbers.
    var areFinite: Bool { means.allSatisfy(\.isFinite) && products.allSatisfy(\.isFinite) }

    private func counted(_ values: Tensor) -> Tensor {
        guard let ranges else { return values }
        func column(_ numbers: [Double]) -> Tensor { Tensor(numbers, shape: [numbers.count, 1]).to(values.device) }
        let isInside =
            (values .>= column(ranges.map(\.lowerBound))) .&& (values .<= column(ranges.map(\.upperBound)))
        let counts = isInside.to(.float64).mean(0).array(of: Double.self)
        let kept = counts.indices.filter { counts[$0] == 1 }.map(Int64.init)
        guard kept.count < counts.count else { return values }
        return values.selected(axis: 1, indices: Tensor(kept, shape: [kept.count]).to(values.device))
    }

    /// The ranges of ordinary numbers where some are far outside, hot pixels or undeclared nodata; nil where none are.
    package var ordinaryRanges: [ClosedRange<Double>]? {
        guard count > 0, areFinite else { return nil }
        let ranges = means.indices.map { channel -> ClosedRange<Double> in
            let reach = Self.ordinaryReach * (max(0, products[channel * means.count + channel]) / count).squareRoot()
            return means[channel] - reach...means[channel] + reach
        }
        let isOrdinary = means.indices.allSatisfy {
            ranges[$0].contains(minima[$0]) && ranges[$0].contains(maxima[$0])
        }
        return isOrdinary ? nil : ranges
    }

    /// Standard deviations from the mean that ordinary numbers have at most; clouds and roofs stay well below.
    private static let ordinaryReach = 12.0

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
