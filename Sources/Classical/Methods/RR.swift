import Foundation
import Sensors

/// Reduced rank: PAN and the bands are mixtures of few maps, which are smooth wherever PAN is.
///
/// Bands y_i, PAN first, each divided by its root mean square. min over maps G and orthonormal spectra F of
/// ½‖y − MB(GFᵀ)‖² + λ·Σ_k q_k·Σ W·|∇G_k|²: B blurs a band to its own resolution, M takes every r-th pixel (``CircularReduction``),
/// W = max(½, exp(−½(|∇P|/q)²)) with q the 95th percentile of |∇P|, differences are circular. F begins as the first singular
/// vectors of the bands enlarged (cubic convolution) and blurred to the resolution of the coarsest, without two pixels at each edge.
/// Ten times: G by conjugate gradients, from 0 at first, until the gradient's norm is 0.1 (1000 steps at most); F by
/// ``StiefelDescent``.
///
/// λ = 0.005, q = 1, 1.5, 4, 8, 15, 15, 20: seven maps, or as many as there are bands. The ratio has to be 2, 4 or 6, for which
/// the 12 × 12 taps are enough; the whole scene is held in memory, and small scenes take seconds already.
public struct RR: ClassicalMethod {
    /// The name in the literature.
    public let name = "RR"
    /// What it does.
    public let summary = "variational: few smooth maps whose mixtures explain both; ratios 2, 4 and 6, small scenes"
    /// Who published it.
    public let source = "Palsson, Ulfarsson, Sveinsson, IEEE GRSL, 2019; Ulfarsson et al., IEEE TGRS 57(9), 2019"
    /// Whether the spectra F are fitted after the maps.
    public let fitsSpectra: Bool

    private static let smoothness = 0.005
    private static let weights = [1, 1.5, 4, 8, 15, 15, 20]
    private static let rounds = 10
    /// Taps of a blur along an axis.
    private static let taps = 12
    /// Pixels at each edge whose blur went around and that do not count in the first F.
    private static let edge = 2

    /// The method.
    ///
    /// - Parameter fitsSpectra: false to keep the first F, which takes a fraction of the time and is as good on many scenes.
    public init(fitsSpectra: Bool = true) { self.fitsSpectra = fitsSpectra }

    /// Reads the scene and fuses it.
    ///
    /// - Throws: ``ClassicalError/methodRatio(method:ratio:allowed:)`` unless the ratio is 2, 4 or 6.
    public func start(on scene: SharpeningScene) throws(ClassicalError) -> FittingStep {
        guard [2, 4, 6].contains(scene.ratio) else {
            throw .methodRatio(method: name, ratio: scene.ratio, allowed: "the ratios 2, 4 and 6")
        }
        return try WholeScene.step(name, on: scene, fuse: fuse)
    }

    private func fuse(_ whole: WholeScene) -> Image {
        let (ratio, pan) = (whole.scene.ratio, whole.paddedPAN())
        let (sharp, _) = pan.normalised
        let (bands, sizes) = whole.multispectral().normalised
        let deviations = whole.scene.mtfGains.map { Double(ratio) * (-2 * log($0)).squareRoot() / .pi }
        var spectra = Self.firstSpectra(
            sharp, Resize.enlarge(bands, by: ratio, kernel: .bicubic), deviations: deviations)
        let descent = MapDescent(
            pan: sharp.values, bands: (0..<bands.bands).map { bands.band($0).values },
            reductions: deviations.map {
                CircularReduction(deviation: $0, count: Self.taps, step: ratio, height: pan.height, width: pan.width)
            },
            penalties: Self.weights.prefix(spectra.columns).map { 2 * Self.smoothness * $0 }, width: pan.width)
        var maps = Matrix(rows: spectra.columns, columns: pan.pixels)
        for _ in 0..<(fitsSpectra ? Self.rounds : 1) {
            descent.fit(&maps, spectra: spectra)
            if fitsSpectra { spectra = descent.systems(of: maps).minimum(from: spectra) }
        }
        // The first row of F makes PAN.
        for (band, size) in sizes.enumerated() {
            for map in 0..<spectra.columns { spectra[band + 1, map] *= size }
        }
        let mixed = (spectra * maps).image(height: pan.height, width: pan.width)
        return Image(
            bands: bands.bands, height: pan.height, width: pan.width, values: Array(mixed.values.dropFirst(pan.pixels))
        ).cropped(rows: 0..<whole.pan.height, columns: 0..<whole.pan.width)
    }

    /// The first left singular vectors of PAN and the bands at the resolution of the coarsest, (bands + 1) × maps.
    private static func firstSpectra(_ pan: Image, _ bands: Image, deviations: [Double]) -> Matrix {
        let widest = deviations.max() ?? 0
        let (height, width) = (pan.height, pan.width)
        func blurred(_ plane: [Double], _ deviation: Double) -> [Double] {
            if deviation == widest { return plane }
            return CircularReduction(
                deviation: (widest * widest - deviation * deviation).squareRoot(), count: taps + 1, step: 1,
                height: height, width: width
            ).apply(plane)
        }
        let planes =
            [blurred(pan.values, 0)] + deviations.indices.map { blurred(bands.band($0).values, deviations[$0]) }
        let all = Image(bands: planes.count, height: height, width: width, values: planes.flatMap { $0 })
        func inner(_ count: Int) -> Range<Int> {
            let frame = min(edge, (count - 1) / 2)
            return frame..<count - frame
        }
        let cropped = Matrix(all.cropped(rows: inner(height), columns: inner(width)))
        return PrincipalDirections(cropped.timesTransposed(cropped)).vectors(min(weights.count, bands.bands))
    }
}

extension Image {
    /// Each band divided by its root mean square, and that; 1 for a band of zeros.
    fileprivate var normalised: (image: Image, sizes: [Double]) {
        let sizes = (0..<bands).map { band -> Double in
            let power = values[band * pixels..<(band + 1) * pixels].reduce(0) { $0 + $1 * $1 } / Double(pixels)
            return power > 0 ? power.squareRoot() : 1
        }
        var result = self
        for index in values.indices { result.values[index] /= sizes[index / pixels] }
        return (result, sizes)
    }
}
