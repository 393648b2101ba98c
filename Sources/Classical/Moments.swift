/// Means of channels and covariances of pairs of them over pixels, gathered block by block.
///
/// Each block is centred about its own means and blocks are merged with the formula of Chan, Golub, LeVeque (1983), so that
/// digits are not lost to large means. The order of additions is fixed by the blocks and the order of merging.
struct Moments: Sendable, Hashable {
    /// Number of pixels.
    private(set) var count = 0.0
    /// Mean of each channel.
    private(set) var means: [Double]
    /// For each pair the sum of products of deviations from the means.
    private var products: [Double]
    private let pairs: [Pair]

    /// Two channels, by their places.
    struct Pair: Sendable, Hashable {
        let first: Int
        let second: Int
    }

    /// No pixels yet.
    init(channels: Int, pairs: [Pair]) {
        means = [Double](repeating: 0, count: channels)
        products = [Double](repeating: 0, count: pairs.count)
        self.pairs = pairs
    }

    /// The moments of a block.
    ///
    /// - Parameter samples: the pixels of each channel, all of one length.
    init(of samples: [[Double]], pairs: [Pair]) {
        self.init(channels: samples.count, pairs: pairs)
        guard let size = samples.first?.count, size > 0 else { return }
        count = Double(size)
        means = samples.map { Self.sum($0) / Double(size) }
        products = pairs.map {
            Self.product(samples[$0.first], means[$0.first], samples[$0.second], means[$0.second])
        }
    }

    /// Adds the pixels of another block.
    mutating func merge(_ other: Moments) {
        guard other.count > 0 else { return }
        let total = count + other.count
        for (index, pair) in pairs.enumerated() {
            let difference =
                (other.means[pair.first] - means[pair.first]) * (other.means[pair.second] - means[pair.second])
            products[index] += other.products[index] + difference * count * other.count / total
        }
        for channel in means.indices {
            means[channel] += (other.means[channel] - means[channel]) * other.count / total
        }
        count = total
    }

    /// The covariance of a pair, divided by n − 1; 0 for fewer than two pixels.
    func covariance(_ pair: Int) -> Double { count > 1 ? products[pair] / (count - 1) : 0 }

    /// A sum in eight interleaved partial sums.
    private static func sum(_ values: [Double]) -> Double {
        values.withUnsafeBufferPointer { values in
            var partial = SIMD8<Double>.zero
            var index = 0
            while index + 8 <= values.count {
                partial += UnsafeRawPointer(values.baseAddress.unsafelyUnwrapped + index).loadUnaligned(
                    as: SIMD8<Double>.self)
                index += 8
            }
            var sum = partial.sum()
            while index < values.count {
                sum += values[index]
                index += 1
            }
            return sum
        }
    }

    /// The sum of products of deviations from two means, in eight interleaved partial sums.
    private static func product(
        _ first: [Double], _ firstMean: Double, _ second: [Double], _ secondMean: Double
    ) -> Double {
        first.withUnsafeBufferPointer { first in
            second.withUnsafeBufferPointer { second in
                var partial = SIMD8<Double>.zero
                var index = 0
                while index + 8 <= first.count {
                    let a = UnsafeRawPointer(first.baseAddress.unsafelyUnwrapped + index)
                    let b = UnsafeRawPointer(second.baseAddress.unsafelyUnwrapped + index)
                    partial +=
                        (a.loadUnaligned(as: SIMD8<Double>.self) - firstMean)
                        * (b.loadUnaligned(as: SIMD8<Double>.self) - secondMean)
                    index += 8
                }
                var sum = partial.sum()
                while index < first.count {
                    sum += (first[index] - firstMean) * (second[index] - secondMean)
                    index += 1
                }
                return sum
            }
        }
    }
}
