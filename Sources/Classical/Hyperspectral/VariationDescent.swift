import Sensors

/// The iterations of ``HySure``: a split augmented Lagrangian with the splittings V₁ = XB, V₂ = X, V₃ = XD_h, V₄ = XD_v and scaled
/// multipliers A (Simões et al. 2015, algorithm 1).
///
/// Planes of X, one for each spectrum, lie on a torus, one after another.
struct VariationDescent {
    /// μ.
    private static let penalty = 0.05
    /// λ_m.
    private static let sharpWeight = 1.0

    /// λ_φ/μ.
    private let threshold: Double
    private let count: Int
    private let torus: Torus
    private let solver: CircularBlurSolver
    /// X.
    private var x: [Double]
    /// V + A of each splitting, and A.
    private var blurred: Splitting
    private var plain: Splitting
    private var along: Splitting
    private var down: Splitting
    /// Coarse samples: their places on the torus, Eᵀ·Y_h, and (EᵀE + μI)⁻¹.
    private let places: [Int]
    private let spectralTarget: Matrix
    private let spectralInverse: Matrix
    /// λ_m(RE)ᵀY_m and (λ_m(RE)ᵀRE + μI)⁻¹.
    private let sharpTarget: [Double]
    private let sharpInverse: Matrix

    private struct Splitting {
        /// V + A.
        var sum: [Double]
        /// A.
        var multiplier: [Double]

        init(_ count: Int) {
            sum = [Double](repeating: 0, count: count)
            multiplier = sum
        }
    }

    init(
        spectra: Matrix, response: Matrix, blur: BlurEstimate, torus: Torus, spectral: Image, sharp: Image, ratio: Int,
        variationWeight: Double
    ) {
        threshold = variationWeight / Self.penalty
        count = spectra.columns
        self.torus = torus
        solver = CircularBlurSolver(blur, on: torus)
        x = [Double](repeating: 0, count: count * torus.pixels)
        blurred = Splitting(x.count)
        plain = blurred
        along = blurred
        down = blurred
        places = (0..<spectral.height).flatMap { row in
            (0..<spectral.width).map { (row * ratio + ratio / 2) * torus.width + $0 * ratio + ratio / 2 }
        }
        let transposed = spectra.transposed
        spectralTarget = transposed * Matrix(spectral)
        spectralInverse = (transposed * spectra).regularisedInverse(Self.penalty)
        let seen = response * spectra
        let closed = Matrix(rows: sharp.bands, columns: torus.pixels, values: torus.closed(sharp))
        sharpTarget = (seen.transposed * closed).values.map { Self.sharpWeight * $0 }
        var gram = seen.transposed * seen
        for index in gram.values.indices { gram.values[index] *= Self.sharpWeight }
        sharpInverse = gram.regularisedInverse(Self.penalty)
    }

    /// X in the scene, (spectra, H, W).
    func solution(height: Int, width: Int) -> Image {
        Image(bands: count, height: torus.height, width: torus.width, values: x)
            .cropped(rows: 0..<height, columns: 0..<width)
    }

    /// One iteration.
    mutating func step() {
        var image = solveForImage()
        fitSpectral(&image)
        fitSharp()
        shrinkDifferences()
    }

    /// X, and XB.
    private mutating func solveForImage() -> [Double] {
        let (pixels, width) = (torus.pixels, torus.width)
        var xBlurred = [Double](repeating: 0, count: x.count)
        for plane in 0..<count {
            let range = plane * pixels..<(plane + 1) * pixels
            var target = Array(plain.sum[range])
            target.withUnsafeMutableBufferPointer { target in
                along.sum.withUnsafeBufferPointer { along in
                    down.sum.withUnsafeBufferPointer { down in
                        let start = range.lowerBound
                        for row in stride(from: 0, to: pixels, by: width) {
                            let above = row == 0 ? pixels - width : row - width
                            target[row] += along[start + row + width - 1] - along[start + row]
                            for column in 1..<max(width, 1) {
                                target[row + column] += along[start + row + column - 1] - along[start + row + column]
                            }
                            for column in 0..<width {
                                target[row + column] += down[start + above + column] - down[start + row + column]
                            }
                        }
                    }
                }
            }
            let solved = solver.solve(plain: target, blurred: Array(blurred.sum[range]))
            x.replaceSubrange(range, with: solved.plane)
            xBlurred.replaceSubrange(range, with: solved.blurred)
        }
        return xBlurred
    }

    /// V₁ and A₁: elsewhere than at coarse samples V₁ = XB and A₁ = 0.
    private mutating func fitSpectral(_ image: inout [Double]) {
        let pixels = torus.pixels
        var before = Matrix(rows: count, columns: places.count)
        var target = spectralTarget
        for plane in 0..<count {
            for (sample, place) in places.enumerated() {
                let index = plane * pixels + place
                let value = image[index] - blurred.multiplier[index]
                before.values[plane * places.count + sample] = value
                target.values[plane * places.count + sample] += Self.penalty * value
            }
        }
        let fitted = spectralInverse * target
        for plane in 0..<count {
            for (sample, place) in places.enumerated() {
                let (index, own) = (plane * pixels + place, plane * places.count + sample)
                blurred.multiplier[index] = fitted.values[own] - before.values[own]
                image[index] = fitted.values[own] + blurred.multiplier[index]
            }
        }
        blurred.sum = image
    }

    /// V₂ and A₂.
    private mutating func fitSharp() {
        var before = x
        for index in before.indices { before[index] -= plain.multiplier[index] }
        var target = Matrix(rows: count, columns: torus.pixels, values: sharpTarget)
        for index in before.indices { target.values[index] += Self.penalty * before[index] }
        let fitted = sharpInverse * target
        for index in before.indices {
            let multiplier = fitted.values[index] - before[index]
            plain.multiplier[index] = multiplier
            plain.sum[index] = fitted.values[index] + multiplier
        }
    }

    /// V₃, V₄ and their multipliers: the vector of all differences at a pixel is made shorter by λ_φ/μ.
    private mutating func shrinkDifferences() {
        let (pixels, width) = (torus.pixels, torus.width)
        var lengths = [Double](repeating: 0, count: pixels)
        // D X − A takes the place of V + A until the lengths are known.
        for plane in 0..<count {
            let start = plane * pixels
            for row in stride(from: 0, to: pixels, by: width) {
                let below = row + width == pixels ? 0 : row + width
                for column in 0..<width {
                    let index = start + row + column
                    let next = start + row + (column + 1 == width ? 0 : column + 1)
                    let a = x[next] - x[index] - along.multiplier[index]
                    let b = x[start + below + column] - x[index] - down.multiplier[index]
                    along.sum[index] = a
                    down.sum[index] = b
                    lengths[row + column] += a * a + b * b
                }
            }
        }
        for pixel in 0..<pixels {
            let length = lengths[pixel].squareRoot()
            lengths[pixel] = length > threshold ? 1 - threshold / length : 0
        }
        for plane in 0..<count {
            for pixel in 0..<pixels {
                let index = plane * pixels + pixel
                let factor = lengths[pixel]
                along.multiplier[index] = (factor - 1) * along.sum[index]
                down.multiplier[index] = (factor - 1) * down.sum[index]
                along.sum[index] *= 2 * factor - 1
                down.sum[index] *= 2 * factor - 1
            }
        }
    }
}
