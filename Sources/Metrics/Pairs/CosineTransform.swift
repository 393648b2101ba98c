import Foundation
import Sensors

/// The orthonormal two-dimensional cosine transform (DCT-II) of a whole plane.
///
/// By one Fourier transform of as many samples (Makhoul, IEEE TASSP 28(1), 1980): even samples of an axis ascending, then odd
/// ones descending; C[k, l] = ½·Re{w_k·(w_l·V[k, l] + w_l*·V[k, −l])} with w_k = 2·exp(−πi·k/2n), scaled.
enum CosineTransform {
    static func apply(_ plane: Plane) -> Plane {
        let (height, width) = (plane.height, plane.width)
        func order(_ count: Int) -> [Int] {
            Array(stride(from: 0, to: count, by: 2)) + stride(from: 1, to: count, by: 2).reversed()
        }
        let (rows, columns) = (order(height), order(width))
        let spectrum = FourierSpectrum(
            rows.flatMap { row in columns.map { plane.values[row * width + $0] } }, height: height, width: width)
        let (rowFactors, columnFactors) = (factors(height), factors(width))
        var result = plane
        for row in 0..<height {
            let (rowReal, rowImaginary) = rowFactors[row]
            for column in 0..<width {
                let place = row * width + column
                let mirrored = row * width + (width - column) % width
                let (c, s) = columnFactors[column]
                // w_l·V + w_l*·V′, w_l = c + is.
                let real =
                    c * (spectrum.real[place] + spectrum.real[mirrored])
                    - s * (spectrum.imaginary[place] - spectrum.imaginary[mirrored])
                let imaginary =
                    c * (spectrum.imaginary[place] + spectrum.imaginary[mirrored])
                    + s * (spectrum.real[place] - spectrum.real[mirrored])
                result.values[place] = (rowReal * real - rowImaginary * imaginary) / 2
            }
        }
        return result
    }

    /// exp(−πi·k/2n) times the scale √(2/n), √(1/n) at k = 0, of the orthonormal transform.
    private static func factors(_ count: Int) -> [(Double, Double)] {
        (0..<count).map { k in
            let scale = ((k == 0 ? 1 : 2) / Double(count)).squareRoot()
            let angle = Double.pi * Double(k) / Double(2 * count)
            return (scale * cos(angle), -scale * sin(angle))
        }
    }
}
