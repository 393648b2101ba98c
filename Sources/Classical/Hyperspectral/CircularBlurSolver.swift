import Foundation
import Sensors

/// Solves X(BBᵀ + I + D_hD_hᵀ + D_vD_vᵀ) = C₁Bᵀ + C₂ for planes on a torus, by their spectra: all operators are circular.
struct CircularBlurSolver: Sendable {
    private let height: Int
    private let width: Int
    /// The transfer function of the blur.
    private let real: [Double]
    private let imaginary: [Double]
    /// 1/(|B|² + 1 + |D_h|² + |D_v|²).
    private let gain: [Double]

    /// - Parameter blur: the blur of coarse samples about their places.
    init(_ blur: BlurEstimate, on torus: Torus) {
        (height, width) = (torus.height, torus.width)
        var plane = [Double](repeating: 0, count: torus.pixels)
        let side = 2 * blur.radius + 1
        for (tap, weight) in blur.taps.enumerated() {
            // A correlation with b is a convolution with b mirrored.
            let row = (blur.radius - tap / side + height * side) % height
            let column = (blur.radius - tap % side + width * side) % width
            plane[row * width + column] += weight
        }
        let spectrum = FourierSpectrum(plane, height: height, width: width)
        (real, imaginary) = (spectrum.real, spectrum.imaginary)
        func difference(_ index: Int, _ count: Int) -> Double {
            2 - 2 * cos(2 * .pi * Double(index) / Double(count))
        }
        let down = (0..<torus.height).map { difference($0, torus.height) }
        let along = (0..<torus.width).map { difference($0, torus.width) }
        gain = (0..<torus.pixels).map { index in
            let (a, b) = (spectrum.real[index], spectrum.imaginary[index])
            return 1 / (a * a + b * b + 1 + down[index / torus.width] + along[index % torus.width])
        }
    }

    /// - Parameters:
    ///   - plain: C₂, a plane.
    ///   - blurred: C₁.
    /// - Returns: X and XB.
    func solve(plain: [Double], blurred: [Double]) -> (plane: [Double], blurred: [Double]) {
        // Two real planes go through one transform as the parts of a complex one.
        var spectrum = FourierSpectrum(real: plain, imaginary: blurred, height: height, width: width)
        spectrum.real.withUnsafeMutableBufferPointer { a in
            spectrum.imaginary.withUnsafeMutableBufferPointer { b in
                for row in 0..<height {
                    let mirroredRow = (height - row) % height
                    for column in 0..<width {
                        let index = row * width + column
                        let mirror = mirroredRow * width + (width - column) % width
                        if index > mirror { continue }
                        let first = ((a[index] + a[mirror]) / 2, (b[index] - b[mirror]) / 2)
                        let second = ((b[index] + b[mirror]) / 2, (a[mirror] - a[index]) / 2)
                        let (p, q, g) = (real[index], imaginary[index], gain[index])
                        // X = (C₂ + C₁·conj B)·gain, then XB.
                        let x = (
                            g * (first.0 + second.0 * p + second.1 * q), g * (first.1 + second.1 * p - second.0 * q)
                        )
                        let y = (x.0 * p - x.1 * q, x.0 * q + x.1 * p)
                        // X + i·XB; at the mirrored frequency both are conjugates.
                        (a[index], b[index]) = (x.0 - y.1, x.1 + y.0)
                        (a[mirror], b[mirror]) = (x.0 + y.1, -x.1 + y.0)
                    }
                }
            }
        }
        let result = spectrum.inverse()
        return (result.real, result.imaginary)
    }
}
