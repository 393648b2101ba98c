/// An image of bytes: bands of rows, (C, H, W).
public struct ByteImage: Sendable, Equatable {
    /// Number of bands.
    public let bands: Int
    /// Number of rows.
    public let height: Int
    /// Number of columns.
    public let width: Int
    /// `bands × height × width` samples; sample (b, i, j) is at `(b × height + i) × width + j`.
    public var values: [UInt8]

    /// An image with given samples, in (C, H, W) order.
    public init(bands: Int, height: Int, width: Int, values: [UInt8]) {
        precondition(
            bands >= 0 && height >= 0 && width >= 0 && values.count == bands * height * width,
            "\(values.count) samples for an image of \(bands) × \(height) × \(width)")
        self.bands = bands
        self.height = height
        self.width = width
        self.values = values
    }
}

/// Change of size of 8-bit images by antialiased cubic convolution (a = −0.5), to the bit as Pillow's `BICUBIC` does it: what
/// several networks' programs make their low-resolution training images with.
///
/// Output o of an axis has its centre at (o + ½)·σ, σ = inputs / outputs. When reducing, the kernel is stretched by σ; its
/// weights are those of the samples inside the image, normalised, and rounded to 22 fractional bits. Rows are resized first,
/// then columns, and each result is rounded to 8 bits.
public enum AntialiasedBicubic {
    /// An image of another size.
    ///
    /// - Parameters:
    ///   - image: (C, H, W), H and W 1 or more.
    ///   - height: rows of the result, 1 or more.
    ///   - width: columns of the result, 1 or more.
    /// - Returns: (C, height, width).
    public static func resize(_ image: ByteImage, height: Int, width: Int) -> ByteImage {
        precondition(
            image.height > 0 && image.width > 0 && height > 0 && width > 0,
            "\(image.height) × \(image.width) pixels to \(height) × \(width)")
        let columns = Axis(inputs: image.width, outputs: width)
        let rows = Axis(inputs: image.height, outputs: height)
        let count = image.bands * image.height
        let wide = [UInt8](unsafeUninitializedCapacity: count * width) { target, written in
            columns.combine(image.values, lines: count, into: target)
            written = count * width
        }
        let values = [UInt8](unsafeUninitializedCapacity: image.bands * height * width) { target, written in
            for band in 0..<image.bands {
                let source = wide[band * image.height * width..<(band + 1) * image.height * width]
                let part = UnsafeMutableBufferPointer(
                    rebasing: target[band * height * width..<(band + 1) * height * width])
                rows.combineRows(source, width: width, into: part)
            }
            written = image.bands * height * width
        }
        return ByteImage(bands: image.bands, height: height, width: width, values: values)
    }

    /// The weighted sums that make one axis.
    private struct Axis {
        /// The first input of each output, and its weights times 2²².
        let outputs: [(first: Int, weights: [Int32])]
        let inputs: Int

        init(inputs: Int, outputs: Int) {
            self.inputs = inputs
            let scale = Double(inputs) / Double(outputs)
            let stretch = max(scale, 1)
            let support = 2 * stretch
            // Pillow multiplies by the reciprocal; a quotient would differ in the last bit.
            let narrowing = 1 / stretch
            self.outputs = (0..<outputs).map { output in
                let centre = (Double(output) + 0.5) * scale
                let first = max(0, Int(centre - support + 0.5))
                let end = min(inputs, Int(centre + support + 0.5))
                let weights = (0..<end - first).map { tap in
                    Self.kernel((Double(tap + first) - centre + 0.5) * narrowing)
                }
                let sum = weights.reduce(0, +)
                return (
                    first,
                    weights.map { Int32(($0 / sum * 4_194_304).rounded(.toNearestOrAwayFromZero)) }
                )
            }
        }

        /// Cubic convolution (Keys 1981), a = −0.5.
        private static func kernel(_ distance: Double) -> Double {
            let x = abs(distance)
            if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
            if x < 2 { return (((x - 5) * x + 8) * x - 4) * -0.5 }
            return 0
        }

        private static func rounded(_ sum: Int32) -> UInt8 { UInt8(clamping: (sum &+ 1 << 21) >> 22) }

        /// Makes every line of `lines` lines.
        func combine(_ source: [UInt8], lines: Int, into target: UnsafeMutableBufferPointer<UInt8>) {
            source.withUnsafeBufferPointer { source in
                for (index, output) in outputs.enumerated() {
                    for line in 0..<lines {
                        var sum: Int32 = 0
                        let start = line * inputs + output.first
                        for (tap, weight) in output.weights.enumerated() {
                            sum &+= weight &* Int32(source[start + tap])
                        }
                        target[line * outputs.count + index] = Self.rounded(sum)
                    }
                }
            }
        }

        /// Makes every row from rows of `width` samples.
        func combineRows(_ source: ArraySlice<UInt8>, width: Int, into target: UnsafeMutableBufferPointer<UInt8>) {
            var sums = [Int32](repeating: 0, count: width)
            source.withUnsafeBufferPointer { source in
                for (index, output) in outputs.enumerated() {
                    for column in 0..<width { sums[column] = 0 }
                    for (tap, weight) in output.weights.enumerated() {
                        let row = (output.first + tap) * width
                        for column in 0..<width { sums[column] &+= weight &* Int32(source[row + column]) }
                    }
                    for column in 0..<width { target[index * width + column] = Self.rounded(sums[column]) }
                }
            }
        }
    }
}
