/// How a multiplicative method forms the quotient of PAN and its low-pass version.
///
/// The published quotient Q/(Q_L + ε) is without bounds: where the matched PAN comes near 0, or below it, a pixel becomes
/// hundreds of times too bright or negative. Both are radiances here, so a quotient below 0 has no meaning, and detail of
/// one coarse pixel does not change radiance more than tenfold.
public enum Modulation: Sendable, Hashable {
    /// The quotient is held between 0 and 10.
    case bounded
    /// The quotient as published.
    case published

    /// The factor for a pixel.
    @inline(__always)
    func callAsFunction(_ detail: Double, over lowPass: Double) -> Double {
        let quotient = detail / (lowPass + .ulpOfOne)
        switch self {
        case .bounded: return min(max(quotient, 0), 10)
        case .published: return quotient
        }
    }
}
