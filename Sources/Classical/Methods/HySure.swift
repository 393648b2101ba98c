import Sensors

/// The image of few spectra that both observed ones could come from and that varies least, vectors of all spectra together.
///
/// min over X of ½‖Y_h − EXBM‖² + λ_m/2·‖Y_m − REX‖² + λ_φ·Σ‖(D_hX, D_vX)‖ with a norm for each pixel, F = EX. E are 10 spectra:
/// those of largest volume of 20 runs of ``VertexComponents``, in the space of the first 10 singular vectors. R is found by smooth
/// least squares (λ_R = 10) of the images that a common strong blur makes alike, B by ``BlurEstimate`` (λ_B = 0.1; the
/// published 10 is for more coarse pixels than most scenes have, which with few gets a blur that is merely flat). Split augmented
/// Lagrangian (SALSA): 200 iterations, μ = 0.05, λ_m = 1, on images divided by their largest numbers.
/// λ_φ is ``variationWeight``.
///
/// Made for hyperspectral images, of which the sharp one shows only a part. On a few multispectral bands the published λ_φ takes
/// away detail that PAN does show. With the one chosen here it is among the best on IKONOS and WorldView-2; on Landsat 8, whose
/// PAN does not see the infrared and lies a little beside the bands, it stays behind interpolation, since it repeats PAN exactly.
///
/// Operators are circular, on a ``Torus`` that hides the edges. Seeded: the result is the same every time. The whole scene is held
/// in memory: ``ClassicalError/tooLarge(method:pixels:most:)`` for large ones.
public struct HySure: ClassicalMethod {
    /// The name in the literature.
    public let name = "HySure"
    /// What it does.
    public let summary = "hyperspectral: the least varying image of few spectra; takes several sharp bands"
    /// Who published it.
    public let source = "Simões, Bioucas-Dias, Almeida, Chanussot, IEEE TGRS 53(6), 2015"
    /// Yes.
    public let takesSeveralSharpBands = true
    /// The seed of the random directions in which pure spectra are searched.
    public let seed: UInt64

    private static let mostSpectra = 10
    private static let runs = 20
    private static let iterations = 200
    private static let responseSmoothness = 10.0
    private static let blurSmoothness = 0.1

    /// λ_φ, what variation counts; nil for 0.01 with one sharp band and 0.001 with several, which tell the spectra apart by
    /// themselves. Ours: 0.0001 for ten bands or fewer, which 10 spectra do not simplify.
    public let variationWeight: Double?

    /// The method.
    ///
    /// - Parameters:
    ///   - seed: the seed of the random directions in which pure spectra are searched.
    ///   - variationWeight: λ_φ, what variation counts, 0 or more; nil to choose it after the sharp bands.
    public init(seed: UInt64 = 0, variationWeight: Double? = nil) {
        precondition(variationWeight.map { $0 >= 0 } ?? true, "a negative weight of variation")
        self.seed = seed
        self.variationWeight = variationWeight
    }

    /// Reads the scene and fuses it.
    public func start(on scene: SharpeningScene) throws(ClassicalError) -> FittingStep {
        // Variables and multipliers of four splittings, the solution, and what the sharp image says of it.
        let numbers = 12 * min(Self.mostSpectra, scene.bands) + scene.sharpBands
        return try SpectralPair.step(name, on: scene, numbersPerPixel: numbers) { fuse($0) }
    }

    private func fuse(_ pair: SpectralPair) -> SubspaceImage {
        let largest = pair.spectral.largest
        let (spectral, sharp) = (pair.spectral.divided(by: largest), pair.sharp.divided(by: pair.sharp.largest))
        let observed = Matrix(spectral)
        // The same squares of coarse samples after the sharp image's own blur: what that is hardly matters any more.
        let response = SpectralResponse.smooth(
            spectral: Matrix(spectral.smoothed), sharp: Matrix(pair.coarse(sharp).smoothed),
            smoothness: Self.responseSmoothness)
        let blur = BlurEstimate(
            sharp: sharp, observed: (response * observed).image(height: spectral.height, width: spectral.width),
            ratio: pair.scene.ratio, smoothness: Self.blurSmoothness)
        let spectra = purestSpectra(observed)
        let torus = Torus(height: sharp.height, width: sharp.width, gap: 2 * blur.radius)
        var descent = VariationDescent(
            spectra: spectra, response: response, blur: blur, torus: torus, spectral: spectral, sharp: sharp,
            ratio: pair.scene.ratio,
            variationWeight: variationWeight ?? Self.weight(bands: spectral.bands, sharpBands: sharp.bands))
        for _ in 0..<Self.iterations { descent.step() }
        let scaled = Matrix(rows: spectra.rows, columns: spectra.columns, values: spectra.values.map { $0 * largest })
        return SubspaceImage(spectra: scaled, shares: descent.solution(height: sharp.height, width: sharp.width))
    }

    private static func weight(bands: Int, sharpBands: Int) -> Double {
        if bands <= mostSpectra { return 0.0001 }
        return sharpBands == 1 ? 0.01 : 0.001
    }

    /// Of several runs the spectra with the largest volume.
    private func purestSpectra(_ observed: Matrix) -> Matrix {
        let components = VertexComponents(
            observed, count: min(Self.mostSpectra, observed.rows, observed.columns))
        var random = SceneRandom(seed: seed)
        var best: (corners: [Int], volume: Double) = ([], -1)
        for _ in 0..<Self.runs {
            let corners = components.corners(using: &random)
            let volume = components.squaredVolume(of: corners)
            if volume > best.volume { best = (corners, volume) }
        }
        return components.spectra(at: best.corners)
    }
}

extension Image {
    /// The largest size of a sample; 1 where all are 0.
    fileprivate var largest: Double {
        let largest = values.reduce(0) { max($0, abs($1)) }
        return largest > 0 ? largest : 1
    }

    fileprivate func divided(by scale: Double) -> Image {
        Image(bands: bands, height: height, width: width, values: values.map { $0 / scale })
    }

    /// The means of squares of 5 × 5 pixels.
    fileprivate var smoothed: Image {
        BoxFilter(radius: 2).mean(of: SceneWindow(whole: self), rows: 0..<height, columns: 0..<width)
    }
}
