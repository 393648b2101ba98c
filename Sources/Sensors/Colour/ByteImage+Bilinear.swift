extension ByteImage {
    /// The image in another size as OpenCV resizes bilinearly, to the bit: positions (i + ½)·s − ½, the border repeated,
    /// nothing done against aliasing, weights in units of 2⁻¹¹. FusionMamba (Xie et al. 2024) brings a fused image to the size
    /// of the colour image so.
    ///
    /// - Parameters:
    ///   - height: rows of the result, 1 or more.
    ///   - width: columns of the result, 1 or more.
    /// - Returns: (C, height, width) of this image (C, H, W), H and W 1 or more.
    public func resizedBilinearly(height newHeight: Int, width newWidth: Int) -> ByteImage {
        precondition(
            newHeight > 0 && newWidth > 0 && height > 0 && width > 0,
            "\(height) × \(width) pixels to \(newHeight) × \(newWidth)")
        let columns = BilinearTaps.axis(from: width, to: newWidth, keepsWeightsAtBorder: false)
        let rows = BilinearTaps.axis(from: height, to: newHeight, keepsWeightsAtBorder: true)
        var result = ByteImage(
            bands: bands, height: newHeight, width: newWidth,
            values: [UInt8](repeating: 0, count: bands * newHeight * newWidth))
        var widened = [Int](repeating: 0, count: height * newWidth)
        for band in 0..<bands {
            for row in 0..<height {
                let line = (band * height + row) * width
                for (column, taps) in columns.enumerated() {
                    let (a, b) = (Int(values[line + taps.first]), Int(values[line + taps.second]))
                    widened[row * newWidth + column] = a * taps.weights.0 + b * taps.weights.1
                }
            }
            for (row, taps) in rows.enumerated() {
                for column in 0..<newWidth {
                    // OpenCV drops bits on the way, so that sums fit into 16 bits.
                    let a = (taps.weights.0 * (widened[taps.first * newWidth + column] >> 4)) >> 16
                    let b = (taps.weights.1 * (widened[taps.second * newWidth + column] >> 4)) >> 16
                    result.values[(band * newHeight + row) * newWidth + column] = UInt8(clamping: (a + b + 2) >> 2)
                }
            }
        }
        return result
    }
}

/// The two samples of an axis that an output lies between.
private struct BilinearTaps {
    var first: Int
    var second: Int
    var weights: (Int, Int)

    /// - Parameter keepsWeightsAtBorder: whether an output beyond the first or last sample is a sum of twice the same
    ///   sample, as OpenCV has it for rows; for columns it is that sample.
    static func axis(from count: Int, to newCount: Int, keepsWeightsAtBorder: Bool) -> [BilinearTaps] {
        let step = Double(count) / Double(newCount)
        return (0..<newCount).map { index in
            let position = Float((Double(index) + 0.5) * step - 0.5)
            var first = Int(position.rounded(.down))
            var fraction = position - Float(first)
            if !keepsWeightsAtBorder, first < 0 || first >= count - 1 {
                (first, fraction) = (min(max(first, 0), count - 1), 0)
            }
            func weight(_ fraction: Float) -> Int { Int((fraction * 2048).rounded(.toNearestOrEven)) }
            return BilinearTaps(
                first: min(max(first, 0), count - 1), second: min(max(first + 1, 0), count - 1),
                weights: (weight(1 - fraction), weight(fraction)))
        }
    }
}
