import Foundation
import Sensors

/// A scene in memory, each image at its own resolution, for methods in which every pixel depends on every other and that
/// describe the result by few spectra.
///
/// Coarse sample (k, l) lies at sharp pixel (r·k + r/2, r·l + r/2), wherever the files' grids lie. Memory is that of the sharp
/// image, the hyperspectral one and what a method makes of them, but never of all bands at the sharp resolution.
struct SpectralPair: SceneMeasurement {
    /// Numbers that a method may hold: a gigabyte.
    static let capacity = 128 << 20

    /// What a block contributes.
    struct Part: Sendable {
        let region: PixelRegion
        let coarseRegion: PixelRegion
        let sharp: Image
        let spectral: Image
        let isValid: [Bool]?
        let isCoarseValid: [Bool]?
    }

    let ingredients: Ingredients = .coarseBands
    let scene: SharpeningScene
    /// (sharp bands, H, W).
    private(set) var sharp: Image
    /// (C, ⌈(H − r/2)/r⌉, …).
    private(set) var spectral: Image
    private var isValid: [Bool]
    private var isCoarseValid: [Bool]

    /// The step that reads a scene and fuses it.
    ///
    /// - Parameters:
    ///   - numbersPerPixel: what the method holds for each sharp pixel.
    ///   - fuse: the fused image of a pair with samples that are finite, at least one of which counts.
    /// - Throws: ``ClassicalError/tooLarge(method:pixels:most:)``.
    static func step(
        _ method: String, on scene: SharpeningScene, numbersPerPixel: Int,
        fuse: @escaping @Sendable (SpectralPair) -> SubspaceImage
    ) throws(ClassicalError) -> FittingStep {
        // The hyperspectral image is there twice, and blurred once.
        let numbers = numbersPerPixel + 2 * scene.sharpBands + 3 * scene.bands / (scene.ratio * scene.ratio) + 1
        let most = capacity / numbers
        guard scene.region.pixels <= most else {
            throw .tooLarge(method: method, pixels: "\(scene.panHeight) × \(scene.panWidth)", most: most)
        }
        return .pass(
            ScenePass(SpectralPair(of: scene)) { (pair) throws(ClassicalError) in
                let image = fuse(try pair.filled())
                return .fitted(FittedMethod { image.samples(of: $0.region) })
            })
    }

    /// No pixels yet.
    private init(of scene: SharpeningScene) {
        self.scene = scene
        let coarse = scene.coarseRegion(of: scene.region)
        // The planes are made when the first block comes: a pass is copied before it runs.
        sharp = Image(bands: 0, height: scene.panHeight, width: scene.panWidth)
        spectral = Image(bands: 0, height: coarse.rows.count, width: coarse.columns.count)
        isValid = []
        isCoarseValid = []
    }

    func measure(_ block: PreparedBlock) -> Part {
        guard let spectral = block.coarseInterpolated else { preconditionFailure("the coarse bands were not prepared") }
        return Part(
            region: block.region, coarseRegion: scene.coarseRegion(of: block.region), sharp: block.pan,
            spectral: spectral, isValid: block.isValid, isCoarseValid: block.isCoarseValid)
    }

    mutating func merge(_ part: Part) {
        if isValid.isEmpty {
            sharp = Image(bands: scene.sharpBands, height: sharp.height, width: sharp.width)
            spectral = Image(bands: scene.bands, height: spectral.height, width: spectral.width)
            isValid = [Bool](repeating: true, count: sharp.pixels)
            isCoarseValid = [Bool](repeating: true, count: spectral.pixels)
        }
        sharp.paste(part.sharp, row: part.region.rows.lowerBound, column: part.region.columns.lowerBound)
        Self.set(&isValid, part.isValid, in: part.region, width: sharp.width)
        guard !part.coarseRegion.rows.isEmpty, !part.coarseRegion.columns.isEmpty else { return }
        spectral.paste(
            part.spectral, row: part.coarseRegion.rows.lowerBound, column: part.coarseRegion.columns.lowerBound)
        Self.set(&isCoarseValid, part.isCoarseValid, in: part.coarseRegion, width: spectral.width)
    }

    private static func set(_ mask: inout [Bool], _ part: [Bool]?, in region: PixelRegion, width: Int) {
        guard let part else { return }
        for (index, valid) in part.enumerated() {
            let row = region.rows.lowerBound + index / region.columns.count
            mask[row * width + region.columns.lowerBound + index % region.columns.count] = valid
        }
    }

    /// The pair with the mean of pixels that count in place of those that do not.
    private func filled() throws(ClassicalError) -> SpectralPair {
        guard isValid.contains(true) else { throw .noValidPixels }
        var result = self
        Self.fill(&result.sharp, isValid)
        // A scene may have pixels that count and coarse ones that do not, or none at all of these.
        Self.fill(&result.spectral, isCoarseValid)
        guard spectral.pixels > 0, isCoarseValid.contains(true) else { throw .noValidPixels }
        guard result.sharp.values.allSatisfy(\.isFinite), result.spectral.values.allSatisfy(\.isFinite) else {
            throw .notFinite
        }
        return result
    }

    private static func fill(_ image: inout Image, _ isValid: [Bool]) {
        let known = isValid.indices.filter { isValid[$0] }
        if known.count == isValid.count { return }
        for band in 0..<image.bands {
            let start = band * image.pixels
            let mean = known.reduce(0) { $0 + image.values[start + $1] } / Double(max(known.count, 1))
            for pixel in isValid.indices where !isValid[pixel] { image.values[start + pixel] = mean }
        }
    }

    /// An image of the sharp grid at the coarse resolution, as a point spread function as wide as a coarse pixel makes it: a
    /// Gaussian whose full width at half maximum is r. Border: replicate.
    func coarse(_ image: Image) -> Image {
        // σ = r/(2·√(2 ln 2)), so that the gain at the Nyquist frequency 1/(2r) is the same for every r.
        let filter = MTFFilter.taps(gain: exp(-Double.pi * .pi / (16 * log(2))), ratio: scene.ratio)
        var result = Image(bands: image.bands, height: spectral.height, width: spectral.width)
        for band in 0..<image.bands {
            let plane = SymmetricFilter.apply(
                [filter], to: SceneWindow(whole: image), band: band, step: scene.ratio, rows: 0..<spectral.height,
                columns: 0..<spectral.width)
            for pixel in 0..<plane.pixels {
                result.values[band * plane.pixels + pixel] = plane.values[pixel] / filter.sum
            }
        }
        return result
    }
}
