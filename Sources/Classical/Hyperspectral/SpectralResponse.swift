/// What a sharp band sees of the hyperspectral ones: weights R whose sums of hyperspectral bands explain the sharp ones at the
/// coarse resolution.
package enum SpectralResponse {
    /// Least squares without negative weights, as ``CNMF`` takes it.
    ///
    /// - Parameters:
    ///   - spectral: bands × pixels.
    ///   - sharp: sharp bands × the same pixels.
    /// - Returns: sharp bands × bands.
    package static func nonNegative(spectral: Matrix, sharp: Matrix) -> Matrix {
        let gram = spectral.timesTransposed(spectral)
        let products = sharp.timesTransposed(spectral)
        return Matrix(
            rows: sharp.rows, columns: spectral.rows,
            values: (0..<sharp.rows).flatMap { band in
                LeastSquares.nonNegativeWeights(
                    gram: gram.values,
                    target: Array(products.values[band * spectral.rows..<(band + 1) * spectral.rows]))
            })
    }

    /// Least squares with weights that change little from band to band, as ``HySure`` takes it.
    ///
    /// - Parameters:
    ///   - spectral: bands × pixels.
    ///   - sharp: sharp bands × the same pixels.
    ///   - smoothness: λ_R, what the squared differences of neighbouring weights count.
    /// - Returns: sharp bands × bands.
    package static func smooth(spectral: Matrix, sharp: Matrix, smoothness: Double) -> Matrix {
        var gram = spectral.timesTransposed(spectral)
        for band in 0..<max(spectral.rows - 1, 0) {
            gram[band, band] += smoothness
            gram[band + 1, band + 1] += smoothness
            gram[band, band + 1] -= smoothness
            gram[band + 1, band] -= smoothness
        }
        let products = sharp.timesTransposed(spectral)
        return Matrix(
            rows: sharp.rows, columns: spectral.rows,
            values: (0..<sharp.rows).flatMap { band in
                let target = Array(products.values[band * spectral.rows..<(band + 1) * spectral.rows])
                return LeastSquares.solution(gram.values, target)?.values
                    ?? LeastSquares.weights(covariance: gram.values, target: target)
            })
    }
}
