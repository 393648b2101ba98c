import Foundation
import Sensors

/// Coupled non-negative matrix factorisation: both images are mixtures of the same spectra, and the sharp one tells how much of
/// each lies in a pixel.
///
/// R = non-negative least squares of the sharp bands, blurred to the coarse resolution, on the hyperspectral bands. Y ≈ WH with
/// W from ``VertexComponents``, by multiplicative updates H ← H∘(WᵀY)/(WᵀWH), W ← W∘(YHᵀ)/(WHHᵀ). Then the shares H_m at the
/// sharp resolution, from H enlarged (bilinear), by the same updates of the sharp image with W_m = RW, under which they nearly sum
/// to one; then W and H again from H = H_m blurred, and H_m from the new W. F = W·H_m. At most 200 updates each, 75 of H_m for
/// one sharp band, fewer where they change the squared residual by less than 1e-8 of it.
///
/// Made for hyperspectral images and several sharp bands. The last step fits the sharp image alone: what PAN does not tell apart
/// stays as the shares were enlarged, so that with one sharp band that does not cover all bands, or does not lie right on them, the
/// result is worse than interpolation.
///
/// The number of spectra is max(min(30, bands), virtual dimensionality), 60 at most; the row for the sum has the weight
/// 2·√(m/0.7455)/b³ with m the mean of the sharp image and b its number of bands. Negative samples count as 0. Seeded: the
/// result is the same every time. Spectra and shares are held in memory:
/// ``ClassicalError/tooLarge(method:pixels:most:)`` for large scenes.
public struct CNMF: ClassicalMethod {
    /// The name in the literature.
    public let name = "CNMF"
    /// What it does.
    public let summary = "hyperspectral: both images are mixtures of few spectra; takes several sharp bands"
    /// Who published it.
    public let source = "Yokoya, Yairi, Iwasaki, IEEE TGRS 50(2), 2012"
    /// Yes.
    public let takesSeveralSharpBands = true
    /// The seed of the random directions in which pure spectra are searched.
    public let seed: UInt64

    private static let mostSpectra = 30
    private static let iterations = 200
    private static let leastChange = 1e-8

    /// The method.
    ///
    /// - Parameter seed: the seed of the random directions in which pure spectra are searched.
    public init(seed: UInt64 = 0) { self.seed = seed }

    /// Reads the scene and fuses it.
    public func start(on scene: SharpeningScene) throws(ClassicalError) -> FittingStep {
        // Shares, what is multiplied to them, and the sharp image that they make.
        let numbers = 3 * min(2 * Self.mostSpectra, scene.bands) + 3 * (scene.sharpBands + 1)
        return try SpectralPair.step(name, on: scene, numbersPerPixel: numbers) { fuse($0) }
    }

    private func fuse(_ pair: SpectralPair) -> SubspaceImage {
        let (spectral, sharp) = (Matrix(pair.spectral).clamped, Matrix(pair.sharp).clamped)
        let response = SpectralResponse.nonNegative(
            spectral: spectral, sharp: Matrix(pair.coarse(pair.sharp)).clamped)
        let wanted = max(min(Self.mostSpectra, spectral.rows), VirtualDimensionality.of(spectral))
        let count = min(wanted, 2 * Self.mostSpectra, spectral.rows, spectral.columns)
        var random = SceneRandom(seed: seed)
        let components = VertexComponents(spectral, count: count)
        let corners = components.corners(using: &random)
        let iterations = Self.iterations

        var coarse = Factorisation(
            spectra: components.spectra(at: corners).clamped,
            shares: Matrix(rows: count, columns: spectral.columns, repeating: 1 / Double(count)))
        coarse.updateShares(spectral, atMost: 3 * iterations, until: Self.leastChange)
        coarse.updateBoth(spectral, atMost: iterations, until: Self.leastChange)

        let summing = SummingRow(sharp)
        let target = summing.appended(to: sharp)
        func sharpened(_ shares: Matrix) -> Factorisation {
            var fine = Factorisation(
                spectra: summing.appended(to: response * coarse.spectra), shares: shares)
            fine.updateShares(target, atMost: sharp.rows == 1 ? 75 : iterations, until: Self.leastChange)
            return fine
        }
        let enlarged = BilinearZoom.enlarge(
            coarse.shares.image(height: pair.spectral.height, width: pair.spectral.width), by: pair.scene.ratio,
            height: pair.sharp.height, width: pair.sharp.width)
        let first = sharpened(Matrix(enlarged))
        coarse.shares =
            Matrix(pair.coarse(first.shares.image(height: pair.sharp.height, width: pair.sharp.width)))
            .clamped
        coarse.updateSpectra(spectral, atMost: iterations, until: Self.leastChange)
        coarse.updateBoth(spectral, atMost: iterations, until: Self.leastChange)
        let last = sharpened(first.shares)
        return SubspaceImage(
            spectra: coarse.spectra, shares: last.shares.image(height: pair.sharp.height, width: pair.sharp.width))
    }
}

/// The row of equal numbers under spectra and image that makes shares sum to one, as far as it weighs.
private struct SummingRow {
    let weight: Double

    init(_ sharp: Matrix) {
        let mean = sharp.values.reduce(0, +) / Double(sharp.values.count)
        let bands = Double(sharp.rows)
        weight = 2 * (mean / 0.7455).squareRoot() / (bands * bands * bands)
    }

    func appended(to matrix: Matrix) -> Matrix {
        Matrix(
            rows: matrix.rows + 1, columns: matrix.columns,
            values: matrix.values + [Double](repeating: weight, count: matrix.columns))
    }
}

extension Matrix {
    /// With 0 in place of negative numbers.
    fileprivate var clamped: Matrix { Matrix(rows: rows, columns: columns, values: values.map { max($0, 0) }) }
}
