import Foundation
import Sensors

/// The filter between PAN and the multispectral image, estimated from the two images by deconvolution.
///
/// H = P. Five times: P_l = LPa(H) at first, H ∗ PSF later; α = least squares of P_l on [M, 1], I = Σ α_b M_b + α_0; H and I
/// are tapered at their edges (`EdgeTaper`, 12 × 12); PSF = F⁻¹(conj(Ĥ)·Î/(|Ĥ|² + λ + μ(|ĝ_v|² + |ĝ_h|²))), with the gradients
/// [−1 −1; 1 1] and its transpose; what is below 10⁻³ becomes 0, 25 × 25 taps around the largest are kept and normalised.
/// λ = μ = 10⁵. Vivone, Simões, Dalla Mura, Restaino, Bioucas-Dias, Licciardi, Chanussot, "Pansharpening based on
/// semiblind deconvolution", IEEE TGRS 53(4), 2015.
enum BlindFilter {
    static let radius = 12
    private static let weight = 1e5
    private static let threshold = 1e-3
    private static let rounds = 5

    /// The taps; an impulse where there is nothing to estimate them from.
    ///
    /// - Parameters:
    ///   - pan: (1, H, W).
    ///   - bands: the interpolated bands, (C, H, W).
    ///   - isValid: the pixels that count in the regression.
    static func estimate(pan: Image, bands: Image, isValid: [Bool], ratio: Int) -> TapFilter {
        let (known, isComplete) = (isValid.indices.filter { isValid[$0] }, isValid.allSatisfy { $0 })
        var sharp = pan
        var filter = TapFilter(radius: 0, taps: [1])
        for round in 0..<rounds {
            let low =
                round == 0
                ? AtrousFilter(ratio: ratio).apply(to: sharp)
                : filter.apply(to: SceneWindow(whole: sharp), rows: 0..<sharp.height, columns: 0..<sharp.width)
            let intensity = combination(of: bands, explaining: low, at: isComplete ? nil : known)
            sharp = EdgeTaper.apply(to: sharp, side: radius)
            filter = deconvolve(sharp, EdgeTaper.apply(to: intensity, side: radius))
        }
        return filter
    }

    /// Σ α_b M_b + α_0 nearest to an image.
    private static func combination(of bands: Image, explaining image: Image, at known: [Int]?) -> Image {
        let count = bands.bands
        let table = PairTable(channels: count + 1, (0..<count).flatMap { band in (0...count).map { (band, $0) } })
        var sum = Moments(channels: count + 1, pairs: table.pairs)
        // Parts of so many pixels keep what is copied small.
        let pixels = known ?? Array(0..<image.pixels)
        for start in stride(from: 0, to: pixels.count, by: 1 << 18) {
            let part = pixels[start..<min(start + (1 << 18), pixels.count)]
            let channels = (0..<count).map { band in part.map { bands.values[band * image.pixels + $0] } }
            sum.merge(Moments(of: channels + [part.map { image.values[$0] }], pairs: table.pairs))
        }
        let moments = GroupMoments(table: table, moments: sum)
        let weights = LeastSquares.weights(
            covariance: moments.covariances(0..<count), target: (0..<count).map { moments.covariance($0, count) })
        let intercept = (0..<count).reduce(moments.mean(count)) { $0 - weights[$1] * moments.mean($1) }
        var result = Image(bands: 1, height: image.height, width: image.width, repeating: intercept)
        for band in 0..<count {
            for pixel in 0..<image.pixels {
                result.values[pixel] += weights[band] * bands.values[band * image.pixels + pixel]
            }
        }
        return result
    }

    /// The taps that make the second image of the first.
    private static func deconvolve(_ sharp: Image, _ blurred: Image) -> TapFilter {
        let (height, width) = (sharp.height, sharp.width)
        let spectrum = FourierSpectrum(sharp.values, height: height, width: width)
        var quotient = FourierSpectrum(blurred.values, height: height, width: width)
        func cosines(_ count: Int) -> [Double] { (0..<count).map { cos(2 * .pi * Double($0) / Double(count)) } }
        let (rows, columns) = (cosines(height), cosines(width))
        for row in 0..<height {
            for column in 0..<width {
                let index = row * width + column
                let (a, b) = (spectrum.real[index], spectrum.imaginary[index])
                let (c, d) = (quotient.real[index], quotient.imaginary[index])
                // |1 ∓ e^iu|²·|1 ± e^iv|² of the two gradients.
                let (u, v) = (rows[row], columns[column])
                let gradients = (2 - 2 * u) * (2 + 2 * v) + (2 + 2 * u) * (2 - 2 * v)
                let power = a * a + b * b + weight + weight * gradients
                quotient.real[index] = (a * c + b * d) / power
                quotient.imaginary[index] = (a * d - b * c) / power
            }
        }
        return cut(quotient.inverse().real, height: height, width: width)
    }

    /// The taps around the largest value of a plane whose origin is at (0, 0) and which is closed to a ring.
    private static func cut(_ response: [Double], height: Int, width: Int) -> TapFilter {
        func shifted(_ row: Int, _ column: Int) -> Double {
            guard (0..<height).contains(row), (0..<width).contains(column) else { return 0 }
            let value = response[(row + height - height / 2) % height * width + (column + width - width / 2) % width]
            return value < threshold ? 0 : value
        }
        var (largest, centre) = (0.0, (row: height / 2, column: width / 2))
        for row in 0..<height {
            for column in 0..<width where shifted(row, column) > largest {
                (largest, centre) = (shifted(row, column), (row, column))
            }
        }
        let taps = (-radius...radius).flatMap { row in
            (-radius...radius).map { shifted(centre.row + row, centre.column + $0) }
        }
        let sum = taps.reduce(0, +)
        guard sum > 0, sum.isFinite else {
            return TapFilter(radius: radius, taps: taps.indices.map { $0 == taps.count / 2 ? 1 : 0 })
        }
        return TapFilter(radius: radius, taps: taps.map { $0 / sum })
    }
}
