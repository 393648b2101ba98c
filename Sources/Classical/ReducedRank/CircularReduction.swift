import Foundation

/// A separable blur on a torus, taken at every r-th pixel: H = MB of a reduced-rank model, and its adjoint.
package struct CircularReduction: Sendable {
    /// The blur's taps along an axis, those of both the same.
    let taps: [Double]
    /// From a pixel r·k to the first that its sum takes.
    let first: Int
    /// r.
    let step: Int
    /// Rows and columns of the torus, multiples of r.
    let height: Int
    let width: Int

    /// A Gaussian of `count` taps about the middle of the r pixels of a sample.
    ///
    /// - Parameters:
    ///   - deviation: σ, in pixels.
    ///   - count: of the parity of r + 1 where the middle is a pixel, of the other where it lies between two.
    package init(deviation: Double, count: Int, step: Int, height: Int, width: Int) {
        let half = Double(count - 1) / 2
        let values = (0..<count).map { index in
            let distance = (Double(index) - half) / deviation
            return exp(-distance * distance / 2)
        }
        let sum = values.reduce(0, +)
        taps = values.map { $0 / sum }
        first = (step - count) / 2
        (self.step, self.height, self.width) = (step, height, width)
    }

    /// H of a plane: (height/r) × (width/r) samples.
    package func apply(_ plane: UnsafePointer<Double>) -> [Double] {
        let (rows, columns) = (height / step, width / step)
        var result = [Double](repeating: 0, count: rows * columns)
        var line = [Double](repeating: 0, count: width)
        // Begins `first` pixels beside the line and goes around.
        var around = [Double](repeating: 0, count: width + taps.count)
        for row in 0..<rows {
            line.withUnsafeMutableBufferPointer { line in
                line.update(repeating: 0)
                for (tap, weight) in taps.enumerated() {
                    let source = plane + wrapped(row * step + first + tap, height) * width
                    for column in 0..<width { line[column] += weight * source[column] }
                }
            }
            for index in around.indices { around[index] = line[wrapped(index + first, width)] }
            for column in 0..<columns {
                var sum = 0.0
                for (tap, weight) in taps.enumerated() { sum += weight * around[column * step + tap] }
                result[row * columns + column] = sum
            }
        }
        return result
    }

    /// Adds Hᵀ of samples to a plane.
    package func addAdjoint(of samples: [Double], to plane: UnsafeMutablePointer<Double>) {
        let (rows, columns) = (height / step, width / step)
        var line = [Double](repeating: 0, count: width)
        var around = [Double](repeating: 0, count: width + taps.count)
        for row in 0..<rows {
            for index in around.indices { around[index] = 0 }
            for column in 0..<columns {
                let value = samples[row * columns + column]
                for (tap, weight) in taps.enumerated() { around[column * step + tap] += weight * value }
            }
            for index in line.indices { line[index] = 0 }
            for index in around.indices { line[wrapped(index + first, width)] += around[index] }
            line.withUnsafeBufferPointer { line in
                for (tap, weight) in taps.enumerated() {
                    let target = plane + wrapped(row * step + first + tap, height) * width
                    for column in 0..<width { target[column] += weight * line[column] }
                }
            }
        }
    }

    private func wrapped(_ index: Int, _ count: Int) -> Int {
        let remainder = index % count
        return remainder < 0 ? remainder + count : remainder
    }
}
