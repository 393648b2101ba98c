import Inference
import Metrics
import Raster
import Sensors

/// The brightness of a picture, as the indices of fused pictures take it.
package enum GreyPicture {
    /// Reads a picture of 8 or 16 bits, or of 0 to 1, grey or coloured.
    ///
    /// - Parameter conversion: how colours become grey.
    /// - Returns: (1, H, W), in levels of 8 bits.
    /// - Throws: `RasterError`; `SceneError` for other samples or bands.
    package static func read(_ reader: RasterReader, conversion: GreyConversion = .float) throws -> Image {
        let bands = reader.profile.dataBands
        guard bands.count == 1 || bands.count == 3 else {
            throw SceneError(
                .imageBands, "\(reader.file) has \(counted(bands.count, "band")), and a picture one or three.",
                remedy: "Give a grey or a colour picture, cut with gdal_translate -b.")
        }
        var image = try KnownImage(reader).image
        let type = reader.profile.withBands(bands).sampleType
        let white = type.isFloatingPoint ? 1 : type.range.upperBound
        let largest = type.isFloatingPoint ? image.values.max() ?? 0 : 0
        guard type == .uint8 || type == .uint16 || type.isFloatingPoint, largest <= 1 else {
            throw SceneError(
                .invalidOption,
                "\(reader.file) holds \(type.name)\(largest > 1 ? " up to \(largest)" : ""); these indices are for pictures "
                    + "of 8 or 16 bits, or of 0 to 1.", remedy: "Convert it with gdal_translate -ot Byte -scale.")
        }
        if white != 255 { image.values = image.values.map { min(max(($0 * 255 / white).rounded(), 0), 255) } }
        return conversion.grey(of: image)
    }
}
