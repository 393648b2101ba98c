import Classical
import Foundation
import Sensors

/// A scene that is a mixture of few spectra everywhere, without noise, as two instruments see it.
struct MixedScene {
    static let ratio = 4
    /// (bands, H, W).
    let truth: Image
    /// (bands, H/r, W/r): the truth with the width of a coarse pixel, decimated.
    let spectral: Image
    /// (sharp bands, H, W).
    let sharp: Image
    /// bands × spectra.
    let spectra: Matrix

    init(bands: Int = 31, sharpBands: Int, side: Int = 96) {
        let count = 4
        var spectra = Matrix(rows: bands, columns: count, values: [Double](repeating: 0, count: bands * count))
        for band in 0..<bands {
            for spectrum in 0..<count {
                let place = (Double(band) / Double(bands) - 0.15 - 0.22 * Double(spectrum)) / 0.2
                spectra[band, spectrum] = 200 + 150 * Double(spectrum) + 1500 * exp(-place * place)
            }
        }
        // Regions of one spectrum with soft borders, larger than coarse pixels.
        var shares = Matrix(
            rows: count, columns: side * side, values: [Double](repeating: 0, count: count * side * side))
        for pixel in 0..<side * side {
            let (y, x) = (Double(pixel / side), Double(pixel % side))
            let weights = (0..<count).map { spectrum -> Double in
                exp(6 * sin(x / (9 + Double(spectrum)) + Double(spectrum)) * cos(y / (12 - Double(spectrum))))
            }
            let sum = weights.reduce(0, +)
            for spectrum in 0..<count { shares[spectrum, pixel] = weights[spectrum] / sum }
        }
        let truth = Image(bands: bands, height: side, width: side, values: (spectra * shares).values)
        var response = Matrix(
            rows: sharpBands, columns: bands, values: [Double](repeating: 0, count: sharpBands * bands))
        for sharp in 0..<sharpBands {
            for band in sharp * bands / sharpBands..<(sharp + 1) * bands / sharpBands {
                response[sharp, band] = Double(sharpBands) / Double(bands)
            }
        }
        self.spectra = spectra
        self.truth = truth
        sharp = Image(
            bands: sharpBands, height: side, width: side, values: (response * Matrix(truth)).values)
        spectral = Self.coarse(truth)
    }

    /// An image with the width of a coarse pixel, decimated.
    private static func coarse(_ image: Image) -> Image {
        let filter = MTFFilter.taps(gain: exp(-Double.pi * .pi / (16 * log(2.0))), ratio: ratio)
        let (height, width) = (image.height / ratio, image.width / ratio)
        return Image(
            bands: image.bands, height: height, width: width,
            values: (0..<image.bands).flatMap { band in
                SymmetricFilter.apply(
                    [filter], to: SceneWindow(whole: image), band: band, step: ratio, rows: 0..<height,
                    columns: 0..<width
                ).values.map { $0 / filter.sum }
            })
    }

    /// The root of the mean squared error over that of the truth, what a method makes of the scene.
    func error(_ method: any ClassicalMethod, sharp: Image? = nil) throws -> Double {
        Self.relativeError(try fused(method, sharp: sharp ?? self.sharp), truth)
    }

    /// The same of the result at the coarse resolution against the hyperspectral image.
    func coarseError(_ method: any ClassicalMethod) throws -> Double {
        Self.relativeError(Self.coarse(try fused(method, sharp: sharp)), spectral)
    }

    private func fused(_ method: any ClassicalMethod, sharp: Image) throws -> Image {
        try method.sharpen(
            ms: spectral, pan: sharp, sensor: .unknown(bands: spectral.bands, ratio: Self.ratio, bits: 16),
            ratio: Self.ratio)
    }

    private static func relativeError(_ image: Image, _ wanted: Image) -> Double {
        var (error, power) = (0.0, 0.0)
        for (value, wanted) in zip(image.values, wanted.values) {
            error += (value - wanted) * (value - wanted)
            power += wanted * wanted
        }
        return (error / power).squareRoot()
    }
}
