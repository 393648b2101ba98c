import Foundation
import Raster

/// A layer as a picture of 8 bits.
enum LayerPicture {
    /// The PNG file of a layer in a view's first colours.
    ///
    /// - Parameter scratch: the name of a file to use on the way.
    static func png(_ layer: ComparisonView.Layer, of view: ComparisonView, scratch: String) throws -> Data {
        let image = layer.image
        let shown = image.bands >= 3 ? view.compositions.first?.bands ?? [0] : [0]
        var bytes: [UInt8] = []
        bytes.reserveCapacity(shown.count * image.pixels)
        for band in shown {
            let limits = view.limits(of: layer, band: band)
            let scale = 255 / (limits.upperBound - limits.lowerBound)
            for value in image.values[band * image.pixels..<(band + 1) * image.pixels] {
                let level = ((value - limits.lowerBound) * scale).rounded()
                bytes.append(value.isNaN ? 0 : UInt8(min(max(level, 0), 255)))
            }
        }
        try Picture.write(bytes, width: image.width, height: image.height, to: scratch, overwrites: true)
        defer { unlink(scratch) }
        return try Data(contentsOf: URL(fileURLWithPath: scratch))
    }
}
