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
    /// From top to bottom.
    public let rows: Axis
    /// From left to right.
    public let columns: Axis
    /// Lanczos interpolation: (H, h) and (W, w).
    private let interpolation: (rows: Tensor, columns: Tensor)
    /// The low pass of each band at its samples: (B, h, H) and (B, w, W).
    private var observation: (rows: Tensor, columns: Tensor)

    /// One axis of both images.
    public struct Axis: Hashable, Sendable {
        /// Pixels of the fine image.
        public let pixels: Int
        /// Samples of the coarse image.
        public let samples: Int
        /// The fine pixel, counted from 0, on which coarse sample 0 lies: (ratio − 1) / 2 where the edges of the images lie
        /// on each other, ratio / 2 (rounded down) by the convention of the field's toolboxes.
        public let phase: Double

        /// An axis.
        public init(pixels: Int, samples: Int, phase: Double) {
            (self.pixels, self.samples, self.phase) = (pixels, samples, phase)
        }
    }

    /// The grids of a scene or a part of it.
    ///
    /// - Parameters:
    ///   - ratio: fine pixels from one coarse sample to the next.
    ///   - gains: gain at the Nyquist frequency of the coarse grid, for each band, above 0 and below 1.
    public init(rows: Axis, columns: Axis, ratio: Int, gains: [Double], device: Device = .cpu) {
        self.ratio = ratio
        (self.rows, self.columns) = (rows, columns)
        func interpolation(_ axis: Axis) -> Tensor {
            Tensor(Self.interpolation(axis, ratio), shape: [axis.pixels, axis.samples]).to(device)
        }
        func observation(_ axis: Axis) -> Tensor {
            // Bands of one gain have one filter.
            var known: [Double: [Float]] = [:]
            let weights = gains.flatMap { gain in
                let weights = known[gain] ?? Self.observation(axis, ratio, gain)
                known[gain] = weights
                return weights
            }
            return Tensor(weights, shape: [gains.count, axis.samples, axis.pixels]).to(device)
        }
        self.interpolation = (interpolation(rows), interpolation(columns))
        self.observation = (observation(rows), observation(columns))
    }

    /// The grid of some of the bands.
    func bands(_ range: Range<Int>) -> CoarseGrid {
        var part = self
        func some(_ matrices: Tensor) -> Tensor {
            matrices.narrowed(axis: 0, start: range.lowerBound, length: range.count)
        }
        part.observation = (some(observation.rows), some(observation.columns))
        return part
    }

    /// (N, B, h, w) to (N, B, H, W): the smooth image through the samples.
    package func interpolated(_ coarse: Tensor) -> Tensor {
        interpolation.rows.matmul(coarse).matmul(interpolation.columns.transposed(0, 1))
    }

    /// (N, B, H, W) to (N, B, h, w): what the instrument would measure of a fine image; (N, 1, H, W) as each band would.
    package func observed(_ fine: Tensor) -> Tensor {
        observation.rows.matmul(fine).matmul(observation.columns.transposed(1, 2))
    }

    /// (N, B, h, w) to (N, B, H, W): differences of samples, brought to the pixels that caused them (the transpose of
    /// ``observed(_:)``, times r²).
    package func returned(_ coarse: Tensor) -> Tensor {
        observation.rows.transposed(1, 2).matmul(coarse).matmul(observation.columns) * Double(ratio * ratio)
    }

    /// Weights of the Lanczos kernel of six samples, (pixels, samples).
    private static func interpolation(_ axis: Axis, _ ratio: Int) -> [Float] {
        let count = axis.samples
        var weights = [Float](repeating: 0, count: axis.pixels * count)
        func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(.pi * x) / (.pi * x) }
        for pixel in 0..<axis.pixels {
            let place = (Double(pixel) - axis.phase) / Double(ratio)
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

    /// Weights of the Gaussian that has a gain at the Nyquist frequency, (samples, pixels).
    private static func observation(_ axis: Axis, _ ratio: Int, _ gain: Double) -> [Float] {
        let deviation = Double(ratio) * (-2 * log(gain)).squareRoot() / .pi
        let reach = Int((4 * deviation).rounded(.up))
        var weights = [Float](repeating: 0, count: axis.samples * axis.pixels)
        for sample in 0..<axis.samples {
            let centre = Double(sample * ratio) + axis.phase
            let pixels = (-reach...reach).map { Int(centre.rounded()) + $0 }
            let taps = pixels.map { pixel in
                let distance = (Double(pixel) - centre) / deviation
                return exp(-distance * distance / 2)
            }
            let sum = taps.reduce(0, +)
            for (pixel, tap) in zip(pixels, taps) {
                weights[sample * axis.pixels + min(max(pixel, 0), axis.pixels - 1)] += Float(tap / sum)
            }
        }
        return weights
    }
}
