import Sensors

/// Bilinear enlargement from the coarse grid, whose sample k lies at sharp pixel r·k + r/2 (integer division); beyond the outermost
/// samples their values go on.
enum BilinearZoom {
    /// - Returns: (C, height, width).
    static func enlarge(_ image: Image, by ratio: Int, height: Int, width: Int) -> Image {
        func places(_ count: Int, _ coarse: Int) -> [(lower: Int, upper: Int, share: Double)] {
            (0..<count).map { index in
                let position = min(max(Double(index - ratio / 2) / Double(ratio), 0), Double(coarse - 1))
                let lower = Int(position)
                return (lower, min(lower + 1, coarse - 1), position - Double(lower))
            }
        }
        let (rows, columns) = (places(height, image.height), places(width, image.width))
        var result = Image(bands: image.bands, height: height, width: width)
        result.values.withUnsafeMutableBufferPointer { result in
            image.values.withUnsafeBufferPointer { source in
                for band in 0..<image.bands {
                    for (row, vertical) in rows.enumerated() {
                        let upper = (band * image.height + vertical.lower) * image.width
                        let lower = (band * image.height + vertical.upper) * image.width
                        let target = (band * height + row) * width
                        for (column, place) in columns.enumerated() {
                            let (right, left) = (place.share, 1 - place.share)
                            let above = source[upper + place.lower] * left + source[upper + place.upper] * right
                            let below = source[lower + place.lower] * left + source[lower + place.upper] * right
                            result[target + column] = above * (1 - vertical.share) + below * vertical.share
                        }
                    }
                }
            }
        }
        return result
    }
}
