/// Luma and two differences of colour: where the luma of a colour image is replaced by a fused one.
///
/// Y = 0.299 R + 0.587 G + 0.114 B; the differences are B − Y and R − Y, scaled. The factors are OpenCV's, there and back.
public enum LumaSpace: String, Sendable, Hashable, CaseIterable {
    /// Y, U = 0.492 (B − Y), V = 0.877 (R − Y): what FusionMamba (Xie et al. 2024) uses for PET, SPECT and GFP.
    case yuv
    /// Y, Cr = 0.713 (R − Y), Cb = 0.564 (B − Y): what it uses for infrared and colour.
    case yCrCb = "ycrcb"

    static let redWeight = 0.299
    static let greenWeight = 0.587
    static let blueWeight = 0.114

    /// Factors to the two differences, and from them back to colour.
    struct Factors {
        var blueDifference: Double
        var redDifference: Double
        var redFromRed: Double
        var greenFromRed: Double
        var greenFromBlue: Double
        var blueFromBlue: Double
    }

    var factors: Factors {
        switch self {
        case .yuv:
            Factors(
                blueDifference: 0.492, redDifference: 0.877, redFromRed: 1.140, greenFromRed: -0.581,
                greenFromBlue: -0.395, blueFromBlue: 2.032)
        case .yCrCb:
            Factors(
                blueDifference: 0.564, redDifference: 0.713, redFromRed: 1.403, greenFromRed: -0.714,
                greenFromBlue: -0.344, blueFromBlue: 1.773)
        }
    }
}
