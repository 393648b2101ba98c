import Raster

/// The part of a scene that pictures show.
enum ViewRegion {
    /// Bytes that all pictures and samples of a report should have together, about.
    private static let byteBudget = 11_000_000.0
    private static let sides = 128...400

    /// Rows and columns of the pictures, so that the report stays small enough to be sent.
    ///
    /// - Parameters:
    ///   - bands: of a fused image.
    ///   - layers: images in all views together.
    static func side(bands: Int, layers: Int) -> Int {
        // Samples of two bytes, of which compression leaves about 60 %, and a picture, both as text of base 64.
        let bytesPerPixel = 4.0 / 3 * (Double(bands) * 2 * 0.6 + 2.5)
        let side = (byteBudget / bytesPerPixel / Double(max(1, layers))).squareRoot()
        return Swift.min(Swift.max(Int(side) / 4 * 4, sides.lowerBound), sides.upperBound)
    }

    /// The square of an image in which neighbouring pixels differ most; where many methods differ too.
    ///
    /// - Parameter within: the part of the image to choose from.
    static func mostTextured(_ reader: RasterReader, band: Int, within: Window, side: Int) throws -> Window {
        let (width, height) = (Swift.min(side, within.width), Swift.min(side, within.height))
        guard width < within.width || height < within.height else { return within }
        var best = (texture: -1.0, window: Window(column: within.column, row: within.row, width: width, height: height))
        var pixels = [Float](repeating: 0, count: width * height)
        var valid = [UInt8](repeating: 0, count: width * height)
        for row in starts(within.rows, side: height) {
            for column in starts(within.columns, side: width) {
                let window = Window(column: column, row: row, width: width, height: height)
                try pixels.withUnsafeMutableBufferPointer { pixels in
                    try valid.withUnsafeMutableBufferPointer {
                        try reader.read(window, bands: [band], into: pixels, valid: $0)
                    }
                }
                let texture = texture(pixels, valid, width: width)
                if texture > best.texture { best = (texture, window) }
            }
        }
        return best.window
    }

    /// Where squares begin that cover an axis.
    private static func starts(_ axis: Range<Int>, side: Int) -> [Int] {
        let last = axis.upperBound - side
        let count = (axis.count + side - 1) / side
        guard count > 1 else { return [axis.lowerBound] }
        return (0..<count).map { axis.lowerBound + (last - axis.lowerBound) * $0 / (count - 1) }
    }

    /// The sum of steps from pixel to pixel, unknown ones without.
    private static func texture(_ pixels: [Float], _ valid: [UInt8], width: Int) -> Double {
        var sum = 0.0
        for index in pixels.indices where valid[index] != 0 {
            if index % width > 0, valid[index - 1] != 0 { sum += Double(abs(pixels[index] - pixels[index - 1])) }
            if index >= width, valid[index - width] != 0 { sum += Double(abs(pixels[index] - pixels[index - width])) }
        }
        return sum
    }
}
