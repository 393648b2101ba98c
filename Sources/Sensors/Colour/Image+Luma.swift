extension Image {
    /// The luma of a colour image, 0.299 R + 0.587 G + 0.114 B.
    ///
    /// - Parameter arithmetic: for `.bytes` OpenCV's grey, to the bit.
    /// - Returns: (1, H, W) of this image (3, H, W): red, green, blue.
    public func luma(_ arithmetic: ColourArithmetic) -> Image {
        requireColour()
        var result = Image(bands: 1, height: height, width: width)
        for pixel in 0..<pixels {
            let (red, green, blue) = (values[pixel], values[pixels + pixel], values[2 * pixels + pixel])
            switch arithmetic {
            case .bytes:
                result.values[pixel] = Double(
                    ByteColour.grey(
                        red: ByteColour.byte(red), green: ByteColour.byte(green), blue: ByteColour.byte(blue)))
            case .real:
                result.values[pixel] =
                    LumaSpace.redWeight * red + LumaSpace.greenWeight * green + LumaSpace.blueWeight * blue
            }
        }
        return result
    }

    /// The colour image with another luma: what FusionMamba (Xie et al. 2024) does with the fused image where one input
    /// has colours (PET, SPECT, GFP, visible).
    ///
    /// - Parameters:
    ///   - luma: (1, H, W), of the size of this image (3, H, W): red, green, blue; in the same unit.
    ///   - space: where luma is replaced.
    ///   - arithmetic: for `.bytes` the authors' results, to the bit.
    /// - Returns: (3, H, W), limited to 0…255 or 0…peak.
    public func replacingLuma(with luma: Image, in space: LumaSpace, _ arithmetic: ColourArithmetic) -> Image {
        requireColour()
        precondition(
            luma.bands == 1 && luma.height == height && luma.width == width,
            "a luma of \(luma.bands) × \(luma.height) × \(luma.width) for an image of \(height) × \(width)")
        var result = self
        switch arithmetic {
        case .bytes:
            let bytes = ByteColour(space)
            for pixel in 0..<pixels {
                let planes = bytes.planes(
                    red: ByteColour.byte(values[pixel]), green: ByteColour.byte(values[pixels + pixel]),
                    blue: ByteColour.byte(values[2 * pixels + pixel]))
                let colour = bytes.colour(
                    luma: ByteColour.byte(luma.values[pixel]), blue: planes.blue, red: planes.red)
                result.values[pixel] = Double(colour.red)
                result.values[pixels + pixel] = Double(colour.green)
                result.values[2 * pixels + pixel] = Double(colour.blue)
            }
        case .real(let peak):
            let (factors, own) = (space.factors, self.luma(arithmetic))
            func limited(_ value: Double) -> Double { min(max(value, 0), peak) }
            for pixel in 0..<pixels {
                let (y, fused) = (own.values[pixel], luma.values[pixel])
                let u = factors.blueDifference * (values[2 * pixels + pixel] - y)
                let v = factors.redDifference * (values[pixel] - y)
                result.values[pixel] = limited(fused + factors.redFromRed * v)
                result.values[pixels + pixel] = limited(fused + factors.greenFromRed * v + factors.greenFromBlue * u)
                result.values[2 * pixels + pixel] = limited(fused + factors.blueFromBlue * u)
            }
        }
        return result
    }

    /// The three planes of an image of 8 bits in OpenCV's order, Y U V or Y Cr Cb.
    package func planes(of space: LumaSpace) -> Image {
        requireColour()
        let bytes = ByteColour(space)
        var result = self
        for pixel in 0..<pixels {
            let planes = bytes.planes(
                red: ByteColour.byte(values[pixel]), green: ByteColour.byte(values[pixels + pixel]),
                blue: ByteColour.byte(values[2 * pixels + pixel]))
            result.values[pixel] = Double(planes.luma)
            result.values[pixels + pixel] = Double(space == .yuv ? planes.blue : planes.red)
            result.values[2 * pixels + pixel] = Double(space == .yuv ? planes.red : planes.blue)
        }
        return result
    }

    private func requireColour() { precondition(bands == 3, "an image of \(bands) bands as red, green, blue") }
}
