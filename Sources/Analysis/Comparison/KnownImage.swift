import Inference
import Raster
import Sensors

/// The samples of an image with what is known of its pixels.
struct KnownImage {
    /// (C, H, W) without alpha; finite where nothing is known too.
    let image: Image
    /// Which pixels are known, 1 or 0, row by row; nil where all are.
    let valid: [UInt8]?

    /// Reads a window of an image; all of it when nil.
    init(_ reader: RasterReader, window: Window? = nil) throws {
        let window = window ?? reader.profile.window
        let bands = reader.profile.dataBands
        var values = try reader.read(window, bands: bands, as: Double.self)
        let mask = try reader.readMask(window, bands: bands)
        valid = mask.contains(0) ? mask : nil
        if let valid {
            for index in values.indices where valid[index % window.pixelCount] == 0 { values[index] = 0 }
        }
        image = Image(bands: bands.count, height: window.height, width: window.width, values: values)
    }

    /// The image with values of their neighbours at unknown pixels, as far as `reach` pixels away from known ones.
    func filled(reach: Int) -> Image {
        guard let valid else { return image }
        var image = image
        NodataFilling.fill(
            &image.values, bands: image.bands, height: image.height, width: image.width, valid: valid, reach: reach)
        return image
    }

    /// The image with NaN at unknown pixels.
    var marked: Image {
        guard let valid else { return image }
        var image = image
        for index in image.values.indices where valid[index % image.pixels] == 0 { image.values[index] = .nan }
        return image
    }

    /// A part of the image, NaN at unknown pixels.
    func part(_ window: Window) -> Image { marked.cropped(rows: window.rows, columns: window.columns) }
}
