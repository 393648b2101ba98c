/// Pictures for people: 8 bits, one or three colours, no georeference.
public enum Picture {
    /// Writes a picture; the format follows from the extension (`.png`, `.jpg`), and it appears when it is complete.
    ///
    /// - Parameters:
    ///   - bytes: (C, H, W) with C = 1 (grey) or 3 (red, green, blue).
    ///   - width: columns.
    ///   - height: rows.
    ///   - file: a local path.
    ///   - overwrites: whether an existing file is replaced.
    /// - Throws: ``RasterError`` as ``RasterWriter`` does; `unsupportedShape` when `bytes` has another number of planes.
    public static func write(
        _ bytes: [UInt8], width: Int, height: Int, to file: String, overwrites: Bool = false
    ) throws {
        let plane = saturatingProduct(max(0, width), max(0, height))
        let colors: [RasterProfile.ColorInterpretation]
        switch bytes.count {
        case plane: colors = [.gray]
        case saturatingProduct(3, plane): colors = [.red, .green, .blue]
        default:
            throw RasterError(
                .unsupportedShape, file: file,
                "\(bytes.count) bytes are no picture of \(width)×\(height) pixels in 1 or 3 colours.",
                remedy: "Give one byte for each pixel and colour.")
        }
        let bands = colors.map { RasterProfile.Band(sampleType: .uint8, color: $0) }
        let writer = try RasterWriter(
            file, profile: RasterProfile(width: width, height: height, bands: bands),
            options: .init(overwrites: overwrites))
        for strip in Window(width: width, height: height).tiles(width: width, height: 256) {
            var values: [Float] = []
            for color in colors.indices {
                let start = color * plane + strip.row * width
                values += bytes[start..<start + strip.pixelCount].map(Float.init)
            }
            try writer.write(values, to: strip)
        }
        try writer.finish()
    }
}
