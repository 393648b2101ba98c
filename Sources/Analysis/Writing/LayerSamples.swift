import Foundation
import Raster

/// The samples of a view's layers as whole numbers of 16 bits, compressed: what the page needs to show any pixel.
///
/// Number q stands for `offset + (q − 1)·step`; 0 for a pixel of which nothing is known. In each row numbers are the
/// differences from their left neighbours modulo 2¹⁶, first the low bytes of all, then the high bytes.
struct LayerSamples {
    let step: Double
    let offset: Double

    /// Whole numbers stay as they are; fractions get 4096 steps from the smallest to the largest.
    init(_ view: ComparisonView) {
        var (low, high, isWhole) = (Double.infinity, -Double.infinity, true)
        for layer in view.layers {
            for value in layer.image.values where value.isFinite {
                (low, high) = (min(low, value), max(high, value))
            }
            // Methods compute fractions whatever the sources hold.
            if layer.role != .method {
                isWhole = isWhole && layer.image.values.allSatisfy { $0.isNaN || $0 == $0.rounded() }
            }
        }
        let isSmall = high - low < 65_000
        // Degraded bands are fractions of digital numbers too.
        step = low < high ? (isSmall && (isWhole || high - low > 1000) ? 1 : (high - low) / 4095) : 1
        offset = low.isFinite ? (step == 1 ? low.rounded(.down) : low) : 0
    }

    /// The numbers of a layer, (C, H, W), as text of base 64.
    func text(_ layer: ComparisonView.Layer) throws(RasterError) -> String {
        let image = layer.image
        let count = image.values.count
        var bytes = [UInt8](repeating: 0, count: 2 * count)
        var left: UInt16 = 0
        for (index, value) in image.values.enumerated() {
            if index % image.width == 0 { left = 0 }
            let number = value.isFinite ? UInt16(min(max(((value - offset) / step).rounded() + 1, 1), 65535)) : 0
            let difference = number &- left
            left = number
            bytes[index] = UInt8(truncatingIfNeeded: difference)
            bytes[count + index] = UInt8(truncatingIfNeeded: difference >> 8)
        }
        return Data(try Deflate.compress(bytes)).base64EncodedString()
    }
}
