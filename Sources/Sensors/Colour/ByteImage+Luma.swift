extension ByteImage {
    /// The luma of a colour image, 0.299 R + 0.587 G + 0.114 B: OpenCV's grey, to the bit.
    ///
    /// - Returns: (1, H, W) of this image (3, H, W): red, green, blue.
    public func luma() -> ByteImage {
        requireColour()
        let pixels = height * width
        let grey = (0..<pixels).map {
            ByteColour.grey(red: values[$0], green: values[pixels + $0], blue: values[2 * pixels + $0])
        }
        return ByteImage(bands: 1, height: height, width: width, values: grey)
    }

    /// The colour image with another luma: what FusionMamba (Xie et al. 2024) does with the fused image where one input has
    /// colours (PET, SPECT, GFP, visible), to the bit. Every plane is rounded to 8 bits and limited on the way, so that the V
    /// of a strong red saturates.
    ///
    /// - Parameters:
    ///   - luma: (1, H, W), of the size of this image (3, H, W): red, green, blue.
    ///   - space: where luma is replaced.
    /// - Returns: (3, H, W).
    public func replacingLuma(with luma: ByteImage, in space: LumaSpace) -> ByteImage {
        requireColour()
        precondition(
            luma.bands == 1 && luma.height == height && luma.width == width,
            "a luma of \(luma.bands) × \(luma.height) × \(luma.width) for an image of \(height) × \(width)")
        let arithmetic = ByteColour(space)
        return mappingPixels { pixel, red, green, blue in
            let planes = arithmetic.planes(red: red, green: green, blue: blue)
            return arithmetic.colour(luma: luma.values[pixel], red: planes.red, blue: planes.blue)
        }
    }

    /// The three planes in OpenCV's order, Y U V or Y Cr Cb.
    package func planes(of space: LumaSpace) -> ByteImage {
        requireColour()
        let arithmetic = ByteColour(space)
        return mappingPixels { _, red, green, blue in
            let planes = arithmetic.planes(red: red, green: green, blue: blue)
            return space == .yuv ? (planes.luma, planes.blue, planes.red) : (planes.luma, planes.red, planes.blue)
        }
    }

    private func mappingPixels(
        _ body: (Int, UInt8, UInt8, UInt8) -> (UInt8, UInt8, UInt8)
    ) -> ByteImage {
        var result = self
        let pixels = height * width
        for pixel in 0..<pixels {
            let (a, b, c) = body(pixel, values[pixel], values[pixels + pixel], values[2 * pixels + pixel])
            (result.values[pixel], result.values[pixels + pixel], result.values[2 * pixels + pixel]) = (a, b, c)
        }
        return result
    }

    private func requireColour() { precondition(bands == 3, "an image of \(bands) bands as red, green, blue") }
}
