/// How many signals an image holds that stand out of its noise: the eigenvalues of its correlation matrix that are larger than
/// those of its covariance matrix by more than chance makes them. Harsanyi, Farrand and Chang's test as in Chang and Du,
/// "Estimation of number of spectrally distinct signal sources in hyperspectral imagery", IEEE TGRS 42(3), 2004.
package enum VirtualDimensionality {
    /// The quantile of the normal distribution for false alarms in 5 of 100.
    private static let quantile = 1.644_853_626_951_472_7

    /// - Parameter image: bands × pixels.
    package static func of(_ image: Matrix) -> Int {
        let (bands, pixels) = (image.rows, image.columns)
        let scale = 1 / Double(max(pixels, 1))
        var correlation = image.timesTransposed(image)
        let mean = (0..<bands).map { image.values[$0 * pixels..<($0 + 1) * pixels].reduce(0, +) * scale }
        var covariance = correlation
        for row in 0..<bands {
            for column in 0..<bands {
                correlation[row, column] *= scale
                covariance[row, column] = correlation[row, column] - mean[row] * mean[column]
            }
        }
        let (with, without) = (PrincipalDirections(correlation).values, PrincipalDirections(covariance).values)
        // Eigenvalues of nothing but rounding tell of no signal.
        let least = Double(bands) * .ulpOfOne * (with.first ?? 0)
        return zip(with, without).filter { with, without in
            let deviation = (2 * scale * (with * with + without * without)).squareRoot()
            return with > least && with - without > quantile * deviation
        }.count
    }
}
