/// Random numbers of a simulated scene, or of a method that draws some: xoshiro256** seeded by SplitMix64 (Blackman and Vigna, "Scrambled linear
/// pseudorandom number generators", ACM TOMS 2021).
///
/// Only integer arithmetic and exactly rounded operations are used, so a seed gives the same numbers on every machine.
package struct SceneRandom {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// - Parameters:
    ///   - seed: the seed of the scene.
    ///   - stream: one seed feeds many independent streams, such as the noise of each band and row.
    package init(seed: UInt64, stream: UInt64 = 0) {
        let start = Self.mix(seed &+ Self.mix(stream &+ 0x9E37_79B9_7F4A_7C15))
        state = (
            Self.mix(start &+ 0x9E37_79B9_7F4A_7C15), Self.mix(start &+ 0x3C6E_F372_FE94_F82A),
            Self.mix(start &+ 0xDAA6_6D2C_7DDF_743F), Self.mix(start &+ 0x78DD_E6E5_FD29_F054)
        )
    }

    /// The finaliser of SplitMix64: a bijection of 64-bit numbers that leaves no pattern.
    @inline(__always)
    static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    @inline(__always)
    mutating func next() -> UInt64 {
        let product = state.1 &* 5
        let result = ((product << 7) | (product >> 57)) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = (state.3 << 45) | (state.3 >> 19)
        return result
    }

    /// A number in [0, 1).
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number of a range, uniformly distributed.
    mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * unit()
    }

    /// True with a probability.
    mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    /// One of the elements; each as likely as the others. The array is not empty.
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int(next() >> 33) % elements.count]
    }

    /// An index, each with a probability in proportion to its weight.
    mutating func index(weights: [Double]) -> Int {
        var rest = unit() * weights.reduce(0, +)
        for (index, weight) in weights.enumerated() {
            rest -= weight
            if rest < 0 { return index }
        }
        return weights.count - 1
    }

    /// A unit vector at an angle between 0 and 90 degrees, by the half-angle form that needs no sine.
    mutating func direction() -> (x: Double, y: Double) {
        let tangent = unit()
        let norm = 1 + tangent * tangent
        return ((1 - tangent * tangent) / norm, 2 * tangent / norm)
    }

    /// A number of mean 0 and variance 1 whose distribution is close to the normal one: the sum of eight uniform
    /// 16-bit numbers, which reaches 4.9 standard deviations.
    @inline(__always)
    package mutating func normal() -> Double {
        var sum: UInt64 = 0
        for _ in 0..<2 {
            let bits = next()
            sum += (bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48)
        }
        // The variance of one number is (2^32 − 1) / 12.
        return (Double(sum) - 4 * 65535) / (8.0 / 12.0 * 4_294_967_295.0).squareRoot()
    }

    /// The same from 64 random bits and those that follow from them.
    @inline(__always)
    static func normal(_ bits: UInt64) -> Double {
        let more = mix(bits &+ 0x9E37_79B9_7F4A_7C15)
        var sum = (bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48)
        sum += (more & 0xFFFF) + ((more >> 16) & 0xFFFF) + ((more >> 32) & 0xFFFF) + (more >> 48)
        return (Double(sum) - 4 * 65535) * 1.8688123650118534e-05
    }
}
