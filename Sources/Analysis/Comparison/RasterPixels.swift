import Inference
import Metrics
import Raster
import Sensors

/// A part of an image file as indices read it; alpha is no band, and tells with nodata values and masks what is known.
package struct RasterPixels: PixelReader {
    package let reader: RasterReader
    package let window: Window
    private let dataBands: [Int]

    /// - Parameter window: the part; the whole image when nil.
    package init(_ reader: RasterReader, window: Window? = nil) {
        self.reader = reader
        self.window = window ?? reader.profile.window
        dataBands = reader.profile.dataBands
    }

    package var bands: Int { dataBands.count }
    package var height: Int { window.height }
    package var width: Int { window.width }

    package func read(_ region: PixelRegion) throws -> PixelSamples {
        let part = Window(columns: region.columns, rows: region.rows)
            .shifted(columns: window.column, rows: window.row)
        let (values, valid) = try reader.samples(part, dataBands)
        return PixelSamples(
            Image(bands: bands, height: part.height, width: part.width, values: values),
            isValid: valid.flatMap { $0.contains(0) ? $0 : nil })
    }
}
