import Foundation
import Metrics
import Sensors

/// A textured image.
func texture(bands: Int, height: Int, width: Int, seed: Double = 0) -> Image {
    var image = Image(bands: bands, height: height, width: width)
    for index in image.values.indices {
        let noise = sin(Double(index) * 12.9898 + seed) * 43758.5453
        image.values[index] = 100 + 900 * (noise - noise.rounded(.down))
    }
    return image
}

/// An image with hills, so that neighbours resemble each other and bands do, too.
func landscape(bands: Int, height: Int, width: Int, scale: Double = 1) -> Image {
    var image = Image(bands: bands, height: height, width: width)
    for band in 0..<bands {
        for row in 0..<height {
            for column in 0..<width {
                let (y, x) = (Double(row) * scale, Double(column) * scale)
                image[band, row, column] =
                    800 + 300 * sin(y / 17 + Double(band)) * cos(x / 13) + 150 * sin(x * y / 900 + Double(band) / 2)
            }
        }
    }
    return image
}

/// An image with its bands several times one after another.
func repeated(_ image: Image, _ times: Int) -> Image {
    Image(
        bands: times * image.bands, height: image.height, width: image.width,
        values: (0..<times).flatMap { _ in image.values })
}

/// An image that is handed out by windows, as a file is.
struct WindowedImage: PixelReader {
    let image: Image
    var unknown: PixelRegion?

    var bands: Int { image.bands }
    var height: Int { image.height }
    var width: Int { image.width }

    func read(_ region: PixelRegion) -> PixelSamples {
        PixelSamples(
            image.cropped(rows: region.rows, columns: region.columns),
            isValid: unknown.map { unknown in
                region.rows.flatMap { row in
                    region.columns.map { unknown.rows.contains(row) && unknown.columns.contains($0) ? 0 : 1 }
                }
            })
    }
}

func isNear(_ a: Double, _ b: Double, within tolerance: Double = 1e-12) -> Bool {
    a == b || (a.isNaN && b.isNaN) || abs(a - b) <= tolerance * max(1, abs(b))
}
