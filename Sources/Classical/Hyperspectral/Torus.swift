import Sensors

/// A scene closed to a torus: behind its last row and column lies a gap, filled with mirrored pixels, that joins them with the
/// first. Filters that go around see no edge, and the lengths suit the Fourier transform.
struct Torus: Sendable {
    /// Rows and columns with the gap.
    let height: Int
    let width: Int
    private let rows: [Int]
    private let columns: [Int]

    /// - Parameter gap: rows and columns of the gap at least.
    init(height: Int, width: Int, gap: Int) {
        self.height = FourierTransform.quickLength(from: height + gap)
        self.width = FourierTransform.quickLength(from: width + gap)
        rows = Self.places(height, of: self.height)
        columns = Self.places(width, of: self.width)
    }

    var pixels: Int { height * width }

    /// The first half of the gap mirrors the end of the axis, the second its beginning.
    private static func places(_ count: Int, of total: Int) -> [Int] {
        (0..<total).map { index in
            if index < count { return index }
            let (after, before) = (index - count, total - 1 - index)
            return after <= before
                ? Border.symmetric.index(count + after, count: count)
                : Border.symmetric.index(-1 - before, count: count)
        }
    }

    /// The planes of an image on the torus, band by band.
    func closed(_ image: Image) -> [Double] {
        var result: [Double] = []
        result.reserveCapacity(image.bands * pixels)
        for band in 0..<image.bands {
            for row in rows {
                let start = (band * image.height + row) * image.width
                for column in columns { result.append(image.values[start + column]) }
            }
        }
        return result
    }
}
