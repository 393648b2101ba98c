/// Random numbers of one sample: SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators",
/// OOPSLA 2014), started from the seed of the training, the epoch and the sample's index.
///
/// Only integer arithmetic and exactly rounded operations are used, and nothing of the standard library's distributions,
/// so that the numbers are the same on every machine and with every version of Swift.
public struct SampleRandom: Sendable, RandomNumberGenerator {
    private var state: UInt64

    /// The numbers of a sample.
    ///
    /// - Parameters:
    ///   - seed: the seed of the training.
    ///   - epoch: from 0; each has numbers of its own.
    ///   - index: the index of the sample in its source.
    public init(seed: UInt64, epoch: Int = 0, index: Int = 0) {
        let start = Self.mix(seed &+ Self.step)
        let ofEpoch = Self.mix(start ^ Self.mix(UInt64(bitPattern: Int64(epoch)) &+ 2 &* Self.step))
        state = Self.mix(ofEpoch ^ Self.mix(UInt64(bitPattern: Int64(index)) &+ 3 &* Self.step))
    }

    private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// 64 random bits.
    public mutating func next() -> UInt64 {
        state &+= Self.step
        return Self.mix(state)
    }

    /// A number in 0 ..< 1.
    public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number of a range, uniformly distributed.
    public mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * unit()
    }

    /// True with a probability.
    public mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    /// A whole number in 0 ..< count, each as likely as the others to within count / 2⁶⁴.
    ///
    /// - Parameter count: 1 or more.
    public mutating func below(_ count: Int) -> Int {
        precondition(count > 0, "a choice among \(count)")
        return Int(next().multipliedFullWidth(by: UInt64(count)).high)
    }

    /// A number of mean 0 and variance 1 whose distribution is close to the normal one: the sum of eight uniform numbers of
    /// 16 bits, which reaches 4.9 standard deviations.
    public mutating func normal() -> Double {
        var sum: UInt64 = 0
        for _ in 0..<2 {
            let bits = next()
            sum += (bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48)
        }
        // Eight numbers of variance (2³² − 1) / 12 and mean 65535 / 2.
        return (Double(sum) - 4 * 65535) / Self.normalScale
    }

    private static let normalScale = (8.0 / 12.0 * 4_294_967_295.0).squareRoot()

    /// The numbers 0 ..< count in random order (Fisher and Yates).
    public mutating func permutation(of count: Int) -> [Int] {
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, below(last + 1)) }
        return order
    }
}
