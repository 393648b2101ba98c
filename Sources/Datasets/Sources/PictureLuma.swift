import Raster
import Sensors

/// The brightness of a picture in 0…1, computed as the programs of the field do.
enum PictureLuma {
    /// Reads a picture.
    ///
    /// White is the largest number of the bits that the file says it uses, else of its type; 1 for fractions. Opacity is
    /// ignored.
    /// - Returns: (1, H, W).
    /// - Throws: `RasterError`, ``DatasetError/Code/shape`` for an image that is neither grey nor a colour picture, or the
    ///   errors of its values.
    static func read(_ file: String) throws -> SampleImage {
        let reader = try RasterReader(file)
        let profile = reader.profile
        let bands = profile.dataBands
        guard bands.count == 1 || bands.count == 3 else {
            throw DatasetError(
                .shape, file, "it has \(bands.count) bands; pictures are grey or coloured, with one or three.",
                remedy: "Choose bands with gdal_translate -b.")
        }
        if bands.count == 1, profile.bands[bands[0]].color == .palette { return try lookedUp(reader, band: bands[0]) }
        let type = profile.withBands(bands).sampleType
        let bits = bands.compactMap { profile.bands[$0].usedBits }.max().flatMap { (1...16).contains($0) ? $0 : nil }
        let peak = type.isFloatingPoint ? 1 : bits.map { Double(1 << $0 - 1) } ?? type.range.upperBound
        var values: [Float] = try reader.read(profile.window, bands: bands)
        if bands.count == 3 { values = luma(values, type: type, height: profile.height, width: profile.width) }
        try PeakScale(peak).apply(to: &values, place: file)
        return SampleImage(bands: 1, height: profile.height, width: profile.width, values: values)
    }

    /// The brightness of a picture whose numbers stand for colours, as those of many grey BMP and GIF files do.
    private static func lookedUp(_ reader: RasterReader, band: Int) throws -> SampleImage {
        let colors = try reader.palette(of: band)
        let (height, width) = (reader.profile.height, reader.profile.width)
        let planes = [colors.map(\.red), colors.map(\.green), colors.map(\.blue)].flatMap { $0 }
        let luma = ByteImage(bands: 3, height: 1, width: colors.count, values: planes).luma()
        let numbers: [Float] = try reader.read(reader.profile.window, bands: [band])
        let values = try numbers.map { number throws(DatasetError) in
            guard luma.values.indices.contains(Int(number)) else {
                throw DatasetError(
                    .shape, reader.file, "it has no colour \(Int(number)), only \(colors.count).",
                    remedy: "Mend the picture.")
            }
            return Float(luma.values[Int(number)]) / 255
        }
        return SampleImage(bands: 1, height: height, width: width, values: values)
    }

    /// Of 8 bits to the bit as OpenCV does, else without rounding.
    private static func luma(_ values: [Float], type: SampleType, height: Int, width: Int) -> [Float] {
        if type == .uint8 {
            let bytes = ByteImage(bands: 3, height: height, width: width, values: values.map { UInt8($0) })
            return bytes.luma().values.map { Float($0) }
        }
        let image = Image(bands: 3, height: height, width: width, values: values.map { Double($0) })
        return image.luma().values.map { Float($0) }
    }
}
