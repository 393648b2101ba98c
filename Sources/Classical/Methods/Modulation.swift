/// How a multiplicative method forms the quotient of matched PAN, Q, and its low pass, Q_L.
///
/// The published quotient Q/(Q_L + ε) has no bounds: matching may bring dark PAN pixels near 0 or below, and there a pixel
/// becomes hundreds of times too bright, or negative (ERGAS 17.7 in place of 4.25 on the reduced WorldView-2 scene).
public enum Modulation: Sendable, Hashable {
    /// 1 + (Q − Q_L)/max(Q_L, m/10), held between 0 and 10, where m is the mean of Q over the scene.
    ///
    /// Where Q_L is at least a tenth of the mean this is the published quotient. Below, where Q_L tells noise and offset
    /// rather than radiance, detail is added with a fixed gain instead: a PAN pixel brighter than its surroundings brightens
    /// the result whatever the sign of Q_L. Radiance is not negative, and no detail within a coarse pixel multiplies it by
    /// more than 10.
    case bounded
    /// Q/(Q_L + ε) held between 0 and 10, as the hyperspectral pansharpening toolbox does (Ciotola et al. 2024).
    case clipped
    /// Q/(Q_L + ε), as published.
    case published

    /// The factor for a pixel.
    ///
    /// - Parameters:
    ///   - matched: Q.
    ///   - lowPass: Q_L.
    ///   - mean: mean of Q over the scene. It is negative where a band falls as PAN rises; then so are Q and Q_L.
    @inline(__always)
    func callAsFunction(_ matched: Double, over lowPass: Double, mean: Double) -> Double {
        switch self {
        case .bounded:
            let sign: Double = mean < 0 ? -1 : 1
            let base = max(sign * lowPass, 0.1 * sign * mean) + .ulpOfOne
            return min(max(1 + sign * (matched - lowPass) / base, 0), 10)
        case .clipped: return min(max(matched / (lowPass + .ulpOfOne), 0), 10)
        case .published: return matched / (lowPass + .ulpOfOne)
        }
    }

    /// Writes the factors of many pixels: ``callAsFunction(_:over:mean:)`` of each, in a loop that the compiler makes vectors
    /// of.
    ///
    /// - Parameter quotient: Q and Q_L of a pixel.
    @inline(__always)
    func write(
        to factors: UnsafeMutableBufferPointer<Double>, mean: Double,
        quotient: (_ pixel: Int) -> (matched: Double, lowPass: Double)
    ) {
        guard case .bounded = self else {
            for pixel in factors.indices {
                let (matched, lowPass) = quotient(pixel)
                factors[pixel] = self(matched, over: lowPass, mean: mean)
            }
            return
        }
        let sign: Double = mean < 0 ? -1 : 1
        let least = 0.1 * sign * mean
        for pixel in factors.indices {
            let (matched, lowPass) = quotient(pixel)
            let base = (sign * lowPass > least ? sign * lowPass : least) + .ulpOfOne
            let factor = 1 + sign * (matched - lowPass) / base
            let aboveNothing = factor > 0 ? factor : 0
            factors[pixel] = aboveNothing < 10 ? aboveNothing : 10
        }
    }
}
