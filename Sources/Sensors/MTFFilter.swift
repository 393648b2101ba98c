import Foundation

/// Low-pass filters with the modulation transfer function of an instrument.
///
/// A Gaussian in frequency that has the gain of the instrument at the Nyquist frequency of the coarse grid, sampled on
/// 41 × 41 bins, brought to 41 × 41 taps by the inverse Fourier transform and tapered by a Kaiser window (β = 0.5) turned
/// about the centre. The taps are not normalised: their sum is 0.9977 to 0.9997, as in the DLPan toolbox.
/// Aiazzi et al., "MTF-tailored multiscale fusion of high-resolution MS and Pan imagery", PE&RS 72(5), 2006; the taper is
/// Huang's (1972).
public enum MTFFilter {
    /// Taps on each side of the centre.
    public static let radius = 20

    /// The filter of a band.
    ///
    /// - Parameters:
    ///   - gain: gain of the modulation transfer function at the Nyquist frequency of the coarse grid, between 0 and 1.
    ///   - ratio: size of a coarse pixel in fine pixels.
    public static func taps(gain: Double, ratio: Int) -> SymmetricFilter {
        design(deviation: Double(2 * radius) / Double(ratio) / 2 / (-2 * log(gain)).squareRoot())
    }

    /// The Gaussian with gain 0.3 that intensity-matching methods apply to PAN (`LPfilterGauss`): the same construction with
    /// 41 in place of 40 bins.
    public static func gaussian(ratio: Int) -> SymmetricFilter {
        design(deviation: Double(2 * radius + 1) / Double(ratio) / 2 / (-2 * log(0.3)).squareRoot())
    }

    /// Taps from the standard deviation of the Gaussian in frequency bins.
    private static func design(deviation: Double) -> SymmetricFilter {
        let count = 2 * radius + 1
        let bins = (-radius...radius).map { Double($0) }
        let cosines = (0...radius).map { tap in
            bins.map { cos(2 * .pi * $0 * Double(tap) / Double(count)) }
        }
        let response = bins.map { k in
            bins.map { l in
                let value = exp(-(k * k + l * l) / (2 * deviation * deviation))
                return value < .ulpOfOne ? 0 : value
            }
        }
        let halfWay = response.map { row in
            cosines.map { cosine in zip(row, cosine).reduce(0) { $0 + $1.0 * $1.1 } }
        }
        let kaiser = (0..<count).map { n in
            let x = Double(n - radius) / Double(radius)
            return besselI0(0.5 * max(0, 1 - x * x).squareRoot()) / besselI0(0.5)
        }
        return SymmetricFilter(radius: radius) { k, l in
            let distance = Double(k * k + l * l).squareRoot()
            guard distance <= Double(radius) else { return 0 }
            let below = min(Int(distance), radius - 1)
            let fraction = distance - Double(below)
            let window = kaiser[radius + below] * (1 - fraction) + kaiser[radius + below + 1] * fraction
            let impulse = zip(halfWay, cosines[k]).reduce(0) { $0 + $1.0[l] * $1.1 }
            return impulse / Double(count * count) * window
        }
    }

    /// The modified Bessel function of the first kind and order 0, by its power series (arguments up to 1 here).
    private static func besselI0(_ x: Double) -> Double {
        var term = 1.0
        var sum = 1.0
        for k in 1...20 {
            term *= x * x / 4 / Double(k * k)
            sum += term
        }
        return sum
    }
}

extension MTFFilter {
    /// Filters every band of an image with the filter of its own gain, border replicate.
    ///
    /// - Parameters:
    ///   - image: (C, H, W).
    ///   - gains: at least C gains at Nyquist.
    ///   - ratio: size of a coarse pixel in pixels of the image.
    /// - Returns: (C, H, W).
    public static func apply(to image: Image, gains: [Double], ratio: Int) -> Image {
        decimate(image, gains: gains, ratio: ratio, step: 1)
    }

    /// Filters every band and keeps the pixels step·i + step/2 only.
    static func decimate(_ image: Image, gains: [Double], ratio: Int, step: Int) -> Image {
        precondition(gains.count >= image.bands, "\(gains.count) gains for \(image.bands) bands")
        let window = SceneWindow(whole: image)
        let height = Decimation.count(image.height, step: step)
        let width = Decimation.count(image.width, step: step)
        var values: [Double] = []
        values.reserveCapacity(image.bands * height * width)
        for band in 0..<image.bands {
            values +=
                SymmetricFilter.apply(
                    [taps(gain: gains[band], ratio: ratio)], to: window, band: band, step: step,
                    rows: 0..<height, columns: 0..<width
                ).values
        }
        return Image(bands: image.bands, height: height, width: width, values: values)
    }
}

/// Nearest-neighbour decimation: the pixels step·i + step/2 of an axis are kept.
///
/// With an even step these lie half a pixel beyond the centre of the step pixels that they stand for; the interpolator
/// (``Upsampler``) puts them back at the same place.
public enum Decimation {
    /// How many pixels are kept of an axis.
    public static func count(_ pixels: Int, step: Int) -> Int {
        pixels <= step / 2 ? 0 : (pixels - 1 - step / 2) / step + 1
    }

    /// Keeps the pixels (step·i + step/2, step·j + step/2) of every band.
    public static func apply(to image: Image, step: Int) -> Image {
        var result = Image(
            bands: image.bands, height: count(image.height, step: step), width: count(image.width, step: step))
        for band in 0..<image.bands {
            for row in 0..<result.height {
                for column in 0..<result.width {
                    result[band, row, column] = image[band, step * row + step / 2, step * column + step / 2]
                }
            }
        }
        return result
    }
}
