/// A plane as linear functions of a guide, one for the square around each pixel: what every guided filter solves.
///
/// a = (Σ + εI)⁻¹·cov(guide, plane) with Σ the covariance of the guide's bands, b = mean(plane) − a·mean(guide). He, Sun, Tang,
/// "Guided image filtering", IEEE TPAMI 35(6), 2013, eqs. 5 and 6, for several bands 19. How far squares reach and what they hold
/// beyond the edge is up to whoever takes the means. The factors of Σ + εI are computed once for all planes.
struct LinearGuide {
    private let guides: Int
    private let pixels: Int
    private let means: [Double]
    /// Cholesky's factor of each pixel, row by row of the lower triangle.
    private let factors: [Double]
    private var weights: [Double]

    /// - Parameters:
    ///   - guides: bands of the guide.
    ///   - means: of each in every square, one after another.
    ///   - products: means of the products of bands (0, 0), (1, 0), (1, 1), (2, 0), ….
    ///   - pixels: squares.
    ///   - regularisation: ε.
    init(guides: Int, means: [Double], products: [[Double]], pixels: Int, regularisation: Double) {
        self.guides = guides
        self.pixels = pixels
        self.means = means
        let size = guides * (guides + 1) / 2
        var factors = [Double](repeating: 0, count: size * pixels)
        for pixel in 0..<pixels {
            let start = pixel * size
            for a in 0..<guides {
                let row = start + a * (a + 1) / 2
                for b in 0...a {
                    var value =
                        products[a * (a + 1) / 2 + b][pixel] - means[a * pixels + pixel] * means[b * pixels + pixel]
                    let column = start + b * (b + 1) / 2
                    for k in 0..<b { value -= factors[row + k] * factors[column + k] }
                    if a == b {
                        // Rounding may bring a variance below 0.
                        value = max(value, 0) + regularisation
                        factors[row + b] = value.squareRoot()
                    } else {
                        factors[row + b] = factors[column + b] > 0 ? value / factors[column + b] : 0
                    }
                }
            }
        }
        self.factors = factors
        weights = [Double](repeating: 0, count: guides)
    }

    /// Writes the planes of a for each band of the guide, then that of b.
    ///
    /// - Parameters:
    ///   - mean: of the plane in every square.
    ///   - products: means of the plane's products with each band of the guide.
    mutating func solve(mean: [Double], products: [[Double]], into functions: inout [Double]) {
        let size = guides * (guides + 1) / 2
        for pixel in 0..<pixels {
            let start = pixel * size
            for a in 0..<guides {
                let row = start + a * (a + 1) / 2
                var value = products[a][pixel] - mean[pixel] * means[a * pixels + pixel]
                for k in 0..<a { value -= factors[row + k] * weights[k] }
                weights[a] = factors[row + a] > 0 ? value / factors[row + a] : 0
            }
            for a in (0..<guides).reversed() {
                for k in a + 1..<max(guides, a + 1) { weights[a] -= factors[start + k * (k + 1) / 2 + a] * weights[k] }
                let diagonal = factors[start + a * (a + 1) / 2 + a]
                weights[a] = diagonal > 0 ? weights[a] / diagonal : 0
            }
            var offset = mean[pixel]
            for a in 0..<guides {
                functions[a * pixels + pixel] = weights[a]
                offset -= weights[a] * means[a * pixels + pixel]
            }
            functions[guides * pixels + pixel] = offset
        }
    }
}
