import Foundation

/// Grey levels 0…255 of a plane: rounded (half away from zero) and limited.
struct GreyLevels {
    let levels: [UInt8]

    init(_ plane: Plane) { levels = plane.values.map { UInt8(min(max($0.rounded(), 0), 255)) } }

    /// Probability of each level.
    var probabilities: [Double] {
        var counts = [Int](repeating: 0, count: 256)
        for level in levels { counts[Int(level)] += 1 }
        return counts.map { Double($0) / Double(levels.count) }
    }

    /// Probability of each pair of levels, ours × 256 + the other's.
    func jointProbabilities(_ other: GreyLevels) -> [Double] {
        var counts = [Int](repeating: 0, count: 65536)
        for (a, b) in zip(levels, other.levels) { counts[Int(a) << 8 | Int(b)] += 1 }
        return counts.map { Double($0) / Double(levels.count) }
    }

    /// Levels 254 and 255 as one.
    var saturated: GreyLevels { GreyLevels(levels: levels.map { min($0, 254) }) }

    private init(levels: [UInt8]) { self.levels = levels }
}

/// −Σ p·log₂ p over what occurs.
func entropy(_ probabilities: [Double]) -> Double {
    -probabilities.reduce(0) { $1 > 0 ? $0 + $1 * log2($1) : $0 }
}

extension Plane {
    /// Stretched to its own smallest and largest value and rounded to 0…255, as VIFB and MFIF-Metrics do. A constant plane
    /// becomes 0, where theirs have NaN.
    var stretched: Plane {
        let (low, high) = (values.min() ?? 0, values.max() ?? 0)
        var result = self
        for index in values.indices {
            result.values[index] = high > low ? ((values[index] - low) / (high - low) * 255).rounded() : 0
        }
        return result
    }
}
