extension Image {
    /// The luma of a colour image, 0.299 R + 0.587 G + 0.114 B, of any unit; images of 8 bits have one of their own,
    /// ``ByteImage/luma()``.
    ///
    /// - Returns: (1, H, W) of this image (3, H, W): red, green, blue.
    public func luma() -> Image {
        requireColour()
        let luma = (0..<pixels).map {
            LumaSpace.redWeight * values[$0] + LumaSpace.greenWeight * values[pixels + $0]
                + LumaSpace.blueWeight * values[2 * pixels + $0]
        }
        return Image(bands: 1, height: height, width: width, values: luma)
    }

    /// The colour image with another luma, by the formulas of ``ByteImage/replacingLuma(with:in:)`` without rounding: the
    /// differences of colour are not limited, only the result is.
    ///
    /// - Parameters:
    ///   - luma: (1, H, W), of the size of this image (3, H, W): red, green, blue; in the same unit.
    ///   - space: where luma is replaced.
    ///   - peak: the largest sample, such as 65535.
    /// - Returns: (3, H, W) in 0…peak; NaN where a sample is.
    public func replacingLuma(with luma: Image, in space: LumaSpace, peak: Double) -> Image {
        requireColour()
        precondition(
            luma.bands == 1 && luma.height == height && luma.width == width,
            "a luma of \(luma.bands) × \(luma.height) × \(luma.width) for an image of \(height) × \(width)")
        let (factors, own) = (space.factors, self.luma())
        var result = self
        func limited(_ value: Double) -> Double { min(max(value, 0), peak) }
        for pixel in 0..<pixels {
            let (y, fused) = (own.values[pixel], luma.values[pixel])
            let u = factors.blueDifference * (values[2 * pixels + pixel] - y)
            let v = factors.redDifference * (values[pixel] - y)
            result.values[pixel] = limited(fused + factors.redFromRed * v)
            result.values[pixels + pixel] = limited(fused + factors.greenFromRed * v + factors.greenFromBlue * u)
            result.values[2 * pixels + pixel] = limited(fused + factors.blueFromBlue * u)
        }
        return result
    }

    private func requireColour() { precondition(bands == 3, "an image of \(bands) bands as red, green, blue") }
}
