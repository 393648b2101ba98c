import Foundation
import Sensors

/// The maps of ``RR`` for given spectra: G that minimises ½‖y − MB(GFᵀ)‖² + ½·Σ_k p_k·Σ W·|∇G_k|², by conjugate gradients.
struct MapDescent {
    private static let tolerance = 0.1
    private static let mostSteps = 1000

    /// y: PAN, then the bands, each at its own resolution.
    private let pan: [Double]
    private let bands: [[Double]]
    /// MB of each band.
    private let reductions: [CircularReduction]
    /// p.
    private let penalties: [Double]
    /// W.
    private let weights: [Double]
    private let width: Int

    /// - Parameter width: columns of PAN.
    init(pan: [Double], bands: [[Double]], reductions: [CircularReduction], penalties: [Double], width: Int) {
        (self.pan, self.bands, self.reductions) = (pan, bands, reductions)
        (self.penalties, self.width) = (penalties, width)
        weights = Self.smoothnessWeights(pan, width: width)
    }

    /// max(½, exp(−½(|∇P|/q)²)), differences forward, 0 at the last row and column.
    private static func smoothnessWeights(_ pan: [Double], width: Int) -> [Double] {
        let gradients = pan.indices.map { index -> Double in
            let along = index % width + 1 < width ? pan[index + 1] - pan[index] : 0
            let down = index + width < pan.count ? pan[index + width] - pan[index] : 0
            return (along * along + down * down).squareRoot()
        }
        let large = Percentile.of(gradients, at: [95])[0]
        return gradients.map { gradient in
            // Where hardly a pixel differs from its neighbours, those that do are edges.
            let relative = gradient > 0 ? gradient / large : 0
            return max(0.5, exp(-relative * relative / 2))
        }
    }

    /// Improves G, maps × pixels.
    ///
    /// - Parameter spectra: F, (bands + 1) × maps.
    func fit(_ maps: inout Matrix, spectra: Matrix) {
        var explained = Matrix(rows: spectra.rows, columns: pan.count)
        explained.values.replaceSubrange(0..<pan.count, with: pan)
        spread(bands, into: &explained)
        let target = spectra.transposed * explained
        let applied = hessian(maps, spectra: spectra)
        var residual = target.values.indices.map { target.values[$0] - applied.values[$0] }
        var direction = Matrix(rows: maps.rows, columns: maps.columns, values: residual)
        var power = Self.dot(residual, residual)
        var steps = 0
        while power.squareRoot() > Self.tolerance && steps < Self.mostSteps {
            steps += 1
            let turned = hessian(direction, spectra: spectra)
            let length = power / Self.dot(direction.values, turned.values)
            Self.add(length, direction.values, to: &maps.values)
            Self.add(-length, turned.values, to: &residual)
            let next = Self.dot(residual, residual)
            let share = next / power
            for index in residual.indices {
                direction.values[index] = residual[index] + share * direction.values[index]
            }
            power = next
        }
    }

    /// The quadratic functions of F's rows that G leaves.
    func systems(of maps: Matrix) -> StiefelDescent {
        let seen: [(maps: Matrix, target: [Double])] =
            [(maps, pan)] + zip(reductions, bands).map { (reduced(maps, by: $0), $1) }
        return StiefelDescent(
            grams: seen.map { $0.maps.timesTransposed($0.maps).values },
            targets: seen.map {
                $0.maps.timesTransposed(Matrix(rows: 1, columns: $0.target.count, values: $0.target)).values
            })
    }

    private func reduced(_ maps: Matrix, by reduction: CircularReduction) -> Matrix {
        let planes = maps.values.withUnsafeBufferPointer { values -> [[Double]] in
            guard let base = values.baseAddress else { return [] }
            return (0..<maps.rows).map { reduction.apply(base + $0 * maps.columns) }
        }
        return Matrix(rows: maps.rows, columns: planes[0].count, values: planes.flatMap { $0 })
    }

    /// (MB)ᵀ of each band in place of what its plane holds.
    private func spread(_ samples: [[Double]], into planes: inout Matrix) {
        let pixels = planes.columns
        planes.values.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            for (band, reduction) in reductions.enumerated() {
                let plane = base + (band + 1) * pixels
                plane.update(repeating: 0, count: pixels)
                reduction.addAdjoint(of: samples[band], to: plane)
            }
        }
    }

    /// What the gradient has of maps.
    private func hessian(_ maps: Matrix, spectra: Matrix) -> Matrix {
        var mixed = spectra * maps
        let seen = mixed.values.withUnsafeBufferPointer { values -> [[Double]] in
            guard let base = values.baseAddress else { return [] }
            return reductions.enumerated().map { band, reduction in reduction.apply(base + (band + 1) * mixed.columns) }
        }
        spread(seen, into: &mixed)
        var result = spectra.transposed * mixed
        addVariation(of: maps, to: &result)
        return result
    }

    /// Adds p·Dᵀ(W·D) of each map, D the differences to the pixels on the left and above.
    private func addVariation(of maps: Matrix, to result: inout Matrix) {
        let (pixels, height) = (maps.columns, maps.columns / width)
        maps.values.withUnsafeBufferPointer { maps in
            weights.withUnsafeBufferPointer { weights in
                result.values.withUnsafeMutableBufferPointer { result in
                    for (map, penalty) in penalties.enumerated() {
                        let start = map * pixels
                        for row in 0..<height {
                            let (own, above) = (row * width, (row == 0 ? height - 1 : row - 1) * width)
                            for column in 0..<width {
                                let left = own + (column == 0 ? width - 1 : column - 1)
                                let (pixel, weight) = (own + column, penalty * weights[own + column])
                                let along = weight * (maps[start + pixel] - maps[start + left])
                                let down = weight * (maps[start + pixel] - maps[start + above + column])
                                result[start + pixel] += along + down
                                result[start + left] -= along
                                result[start + above + column] -= down
                            }
                        }
                    }
                }
            }
        }
    }

    private static func dot(_ first: [Double], _ second: [Double]) -> Double {
        let one = Matrix(rows: 1, columns: first.count, values: first)
        return one.timesTransposed(Matrix(rows: 1, columns: second.count, values: second)).values[0]
    }

    private static func add(_ factor: Double, _ values: [Double], to sum: inout [Double]) {
        for index in sum.indices { sum[index] += factor * values[index] }
    }
}
