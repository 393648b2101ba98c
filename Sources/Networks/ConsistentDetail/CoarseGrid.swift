import Foundation
import Torch

/// How the samples of a coarse image come about from the pixels of a fine one, and back: a low pass with the gain of an
/// instrument at the Nyquist frequency of the coarse grid, then every r-th pixel.
///
/// Both directions are products with one matrix for the rows and one for the columns, so they are exact for samples that
/// lie anywhere between the pixels, and differentiable. Beyond the edges the outermost value goes on.
public struct CoarseGrid {
    /// Fine pixels along one coarse one.
    public let ratio: Int
    /// Lanczos interpolation: (H, h) and (W, w).
    private let interpolation: (rows: Tensor, columns: Tensor)
    /// The low pass of each band at its samples: (B, h, H) and (B, w, W).
    private let observation: (rows: Tensor, columns: Tensor)

    /// The grids of a scene or a part of it.
    ///
    /// - Parameters:
    ///   - height: coarse rows; the fine image has `ratio` times as many.
    ///   - width: coarse columns.
    ///   - rowPhase: the fine row, counted from 0, on which coarse row 0 lies; (ratio − 1) / 2 where the edges of the images
    ///     lie on each other, ratio / 2 (rounded down) by the convention of the field's toolboxes.
    ///   - columnPhase: the same of columns.
    ///   - gains: gain at the Nyquist frequency of the coarse grid, for each band, above 0 and below 1.
    public init(
        height: Int, width: Int, ratio: Int, rowPhase: Double, columnPhase: Double, gains: [Double],
        device: Device = .cpu
    ) {
        self.ratio = ratio
        func interpolation(_ count: Int, _ phase: Double) -> Tensor {
            Tensor(Self.interpolation(count, ratio, phase), shape: [count * ratio, count]).to(device)
        }
        func observation(_ count: Int, _ phase: Double) -> Tensor {
            // Bands of one gain have one filter.
            var known: [Double: [Float]] = [:]
            let rows = gains.flatMap { gain in
                let rows = known[gain] ?? Self.observation(count, ratio, phase, gain)
                known[gain] = rows
                return rows
            }
            return Tensor(rows, shape: [gains.count, count, count * ratio]).to(device)
        }
        self.interpolation = (interpolation(height, rowPhase), interpolation(width, columnPhase))
        self.observation = (observation(height, rowPhase), observation(width, columnPhase))
    }

    /// (N, B, h, w) to (N, B, H, W): the smooth image through the samples.
    func interpolated(_ coarse: Tensor) -> Tensor {
        interpolation.rows.matmul(coarse).matmul(interpolation.columns.transposed(0, 1))
    }

    /// (N, B, H, W) to (N, B, h, w): what the instrument would measure of a fine image; (N, 1, H, W) as each band would.
    func observed(_ fine: Tensor) -> Tensor {
        observation.rows.matmul(fine).matmul(observation.columns.transposed(1, 2))
    }

    /// (N, B, h, w) to (N, B, H, W): differences of samples, brought to the pixels that caused them (the transpose of
    /// ``observed(_:)``, times r²).
    func returned(_ coarse: Tensor) -> Tensor {
        observation.rows.transposed(1, 2).matmul(coarse).matmul(observation.columns) * Double(ratio * ratio)
    }

    /// Weights of the Lanczos kernel of six samples, (count · ratio, count).
    private static func interpolation(_ count: Int, _ ratio: Int, _ phase: Double) -> [Float] {
        var weights = [Float](repeating: 0, count: count * ratio * count)
        func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(.pi * x) / (.pi * x) }
        for pixel in 0..<count * ratio {
            let place = (Double(pixel) - phase) / Double(ratio)
            let samples = (-2...3).map { Int(place.rounded(.down)) + $0 }
            let taps = samples.map { sample in
                let distance = place - Double(sample)
                return abs(distance) < 3 ? sinc(distance) * sinc(distance / 3) : 0
            }
            let sum = taps.reduce(0, +)
            for (sample, tap) in zip(samples, taps) {
                weights[pixel * count + min(max(sample, 0), count - 1)] += Float(tap / sum)
            }
        }
        return weights
    }

    /// Weights of the Gaussian that has a gain at the Nyquist frequency, (count, count · ratio).
    private static func observation(_ count: Int, _ ratio: Int, _ phase: Double, _ gain: Double) -> [Float] {
        let fine = count * ratio
        let deviation = Double(ratio) * (-2 * log(gain)).squareRoot() / .pi
        let reach = Int((4 * deviation).rounded(.up))
        var weights = [Float](repeating: 0, count: count * fine)
        for sample in 0..<count {
            let centre = Double(sample * ratio) + phase
            let pixels = (-reach...reach).map { Int(centre.rounded()) + $0 }
            let taps = pixels.map { pixel in
                let distance = (Double(pixel) - centre) / deviation
                return exp(-distance * distance / 2)
            }
            let sum = taps.reduce(0, +)
            for (pixel, tap) in zip(pixels, taps) {
                weights[sample * fine + min(max(pixel, 0), fine - 1)] += Float(tap / sum)
            }
        }
        return weights
    }
}
