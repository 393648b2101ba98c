/// One of the eight ways to lay a square image down again: turned by right angles, mirrored or not.
struct Orientation: Sendable, Hashable, CaseIterable {
    /// Whether columns are mirrored, before the turn.
    let isMirrored: Bool
    /// Right angles to turn, clockwise, 0 to 3.
    let turns: Int

    static let allCases = [false, true].flatMap { mirrored in
        (0..<4).map { Orientation(isMirrored: mirrored, turns: $0) }
    }

    /// Whether rows become columns.
    var exchangesAxes: Bool { turns % 2 == 1 }

    /// The image in this orientation: (C, H, W), or (C, W, H) where axes are exchanged.
    func apply(to image: SampleImage) -> SampleImage {
        if !isMirrored, turns == 0 { return image }
        let (height, width) = exchangesAxes ? (image.width, image.height) : (image.height, image.width)
        // The index in the image of result pixel (0, 0), and the steps to its right and lower neighbours.
        let right = image.width - 1
        let lower = (image.height - 1) * image.width
        var (first, column, row): (Int, Int, Int) =
            switch turns {
            case 0: (0, 1, image.width)
            case 1: (lower, -image.width, 1)
            case 2: (lower + right, -1, -image.width)
            default: (right, image.width, -1)
            }
        if isMirrored {
            // What is read is the mirrored image: column j of it lies at width − 1 − j.
            func mirrored(_ index: Int) -> Int { index / image.width * image.width + right - index % image.width }
            let (next, below) = (mirrored(first + (width > 1 ? column : 0)), mirrored(first + (height > 1 ? row : 0)))
            first = mirrored(first)
            (column, row) = (next - first, below - first)
        }
        let values = [Float](unsafeUninitializedCapacity: image.values.count) { target, count in
            image.values.withUnsafeBufferPointer { source in
                var place = 0
                for band in 0..<image.bands {
                    for i in 0..<height {
                        var from = band * image.pixels + first + i * row
                        for _ in 0..<width {
                            target.initializeElement(at: place, to: source[from])
                            place += 1
                            from += column
                        }
                    }
                }
                count = place
            }
        }
        return SampleImage(bands: image.bands, height: height, width: width, values: values)
    }
}
