import Sensors

/// Means of the products of SSIM over all windows of a pair: luminance × contrast and structure, and the latter alone.
struct StructuralSimilarity {
    /// The window, as taps along an axis that add up to 1.
    let taps: [Double]
    /// C₁ and C₂.
    let constants: (Double, Double)
    /// By what variances are multiplied: N/(N − 1) for those of samples.
    var varianceScale = 1.0

    /// Constants (K₁L)² and (K₂L)² with K₁ = 0.01 and K₂ = 0.03, of a dynamic range L.
    init(taps: [Double], dynamicRange: Double, varianceScale: Double = 1) {
        self.taps = taps
        let (k1, k2) = (0.01 * dynamicRange, 0.03 * dynamicRange)
        constants = (k1 * k1, k2 * k2)
        self.varianceScale = varianceScale
    }

    /// Means over the windows that lie inside both planes.
    func means(_ a: Plane, _ b: Plane) -> (similarity: Double, contrast: Double) {
        let (meansA, meansB) = (a.weightedSums(taps).values, b.weightedSums(taps).values)
        let (squaresA, squaresB) = ((a * a).weightedSums(taps).values, (b * b).weightedSums(taps).values)
        let products = (a * b).weightedSums(taps).values
        var (similarity, contrast) = (0.0, 0.0)
        for place in meansA.indices {
            let (x, y) = (meansA[place], meansB[place])
            let variances = (squaresA[place] - x * x + squaresB[place] - y * y) * varianceScale
            let covariance = (products[place] - x * y) * varianceScale
            let structure = (2 * covariance + constants.1) / (variances + constants.1)
            contrast += structure
            similarity += structure * (2 * x * y + constants.0) / (x * x + y * y + constants.0)
        }
        let count = Double(meansA.count)
        return (similarity / count, contrast / count)
    }
}
