import Classical
import Foundation
import Sensors
import Testing

@Suite("Parts of methods for hyperspectral images") struct HyperspectralPartsTests {
    @Test("vertex component analysis finds the pure pixels of a mixture", arguments: 0..<5)
    func corners(seed: UInt64) {
        let spectra = MixedScene(bands: 20, sharpBands: 1, side: 8).spectra
        var random = SceneRandom(seed: 99)
        var shares = Matrix(rows: 4, columns: 60, values: [Double](repeating: 0, count: 240))
        let pure = [7, 20, 33, 59]
        for pixel in 0..<60 {
            if let spectrum = pure.firstIndex(of: pixel) {
                shares[spectrum, pixel] = 1
                continue
            }
            let weights = (0..<4).map { _ in abs(random.normal()) + 0.05 }
            let sum = weights.reduce(0, +)
            for spectrum in 0..<4 { shares[spectrum, pixel] = weights[spectrum] / sum }
        }
        let image = spectra * shares
        var directions = SceneRandom(seed: seed)
        let components = VertexComponents(image, count: 4)
        let found = components.corners(using: &directions)
        #expect(found.sorted() == pure)
        let own = components.spectra(at: pure)
        let largest = zip(own.values, spectra.values).map { abs($0 - $1) }.max() ?? .infinity
        #expect(largest < 1e-6)
    }

    @Test("the virtual dimensionality of signals in noise is their number")
    func dimensionality() {
        let (bands, pixels, signals) = (16, 4000, 3)
        var random = SceneRandom(seed: 5)
        // Uncorrelated signals with means, each in bands of its own.
        var image = Matrix(rows: bands, columns: pixels, values: (0..<bands * pixels).map { _ in random.normal() })
        for pixel in 0..<pixels {
            for signal in 0..<signals {
                let strength = 40 + 8 * random.normal()
                for band in 0..<4 { image[4 * signal + band, pixel] += strength }
            }
        }
        let found = VirtualDimensionality.of(image)
        #expect(found >= 1 && found <= signals, "\(found)")
        #expect(VirtualDimensionality.of(Matrix(rows: 3, columns: 50, values: [Double](repeating: 7, count: 150))) == 1)
    }

    @Test("spectral responses are found from images that follow them")
    func responses() {
        let scene = MixedScene(bands: 4, sharpBands: 1, side: 32)
        let spectral = Matrix(scene.spectral)
        let response = Matrix(rows: 2, columns: 4, values: [0.5, 0.25, 0, 0.25, 0, 0.1, 0.9, 0])
        let sharp = response * spectral
        for found in [
            SpectralResponse.nonNegative(spectral: spectral, sharp: sharp),
            SpectralResponse.smooth(spectral: spectral, sharp: sharp, smoothness: 1e-6),
        ] {
            let largest = zip(found.values, response.values).map { abs($0 - $1) }.max() ?? .infinity
            #expect(largest < 1e-4, "\(found.values)")
        }
        let negative = Matrix(rows: 1, columns: 4, values: [-0.5, 0.5, 0.5, 0.5])
        let held = SpectralResponse.nonNegative(spectral: spectral, sharp: negative * spectral)
        #expect(held.values.allSatisfy { $0 >= 0 })
    }

    @Test("the blur between two images is found, with its place")
    func blur() {
        let sharp = texture(bands: 2, height: 120, width: 120)
        var random = SceneRandom(seed: 3)
        var noisy = sharp
        for index in noisy.values.indices { noisy.values[index] += 50 * random.normal() }
        // Off the centre and lopsided: no symmetry hides a mirrored or shifted answer.
        let taps: [(row: Int, column: Int, weight: Double)] = [(0, 1, 0.5), (-2, 0, 0.3), (3, -1, 0.2)]
        var observed = Image(bands: 2, height: 30, width: 30)
        for band in 0..<2 {
            for row in 0..<30 {
                for column in 0..<30 {
                    observed[band, row, column] = taps.reduce(0) { sum, tap in
                        let (y, x) = (4 * row + 2 + tap.row, 4 * column + 2 + tap.column)
                        return sum + tap.weight * noisy[band, min(max(y, 0), 119), min(max(x, 0), 119)]
                    }
                }
            }
        }
        let found = BlurEstimate(sharp: noisy, observed: observed, ratio: 4, smoothness: 1e-3)
        let side = 2 * found.radius + 1
        var wanted = [Double](repeating: 0, count: side * side)
        for tap in taps { wanted[(tap.row + found.radius) * side + tap.column + found.radius] = tap.weight }
        let largest = zip(found.taps, wanted).map { abs($0 - $1) }.max() ?? .infinity
        #expect(largest < 1e-3)
        let flat = Image(bands: 1, height: 120, width: 120)
        let nothing = BlurEstimate(
            sharp: flat, observed: Image(bands: 1, height: 30, width: 30), ratio: 4, smoothness: 10)
        #expect(abs(nothing.taps.reduce(0, +) - 1) < 1e-12)
    }

    @Test("the guided filter keeps what is linear in its guide, and smooths where the guide is constant")
    func guidedFilter() {
        let guide = texture(bands: 2, height: 60, width: 70)
        let region = PixelRegion(rows: 0..<60, columns: 0..<70)
        var plane = guide.band(0)
        for index in plane.values.indices {
            plane.values[index] = 3 * guide.values[index] - 2 * guide.values[index + plane.pixels] + 11
        }
        let filter = GuidedFilter(regularisation: 1e-6)
        let kept = filter.apply(to: SceneWindow(whole: plane), guide: SceneWindow(whole: guide), region: region)
        #expect((zip(kept.values, plane.values).map { abs($0 - $1) }.max() ?? .infinity) < 1e-3)
        let flat = Image(bands: 1, height: 60, width: 70, repeating: 5)
        let smooth = filter.apply(to: SceneWindow(whole: plane), guide: SceneWindow(whole: flat), region: region)
        let box = BoxFilter(radius: 8)
        let once = box.mean(of: SceneWindow(whole: plane), rows: 0..<60, columns: 0..<70, border: .symmetric)
        let twice = box.mean(of: SceneWindow(whole: once), rows: 0..<60, columns: 0..<70, border: .symmetric)
        #expect((zip(smooth.values, twice.values).map { abs($0 - $1) }.max() ?? .infinity) < 1e-6)
    }
}
