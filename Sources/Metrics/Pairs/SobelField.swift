/// Sobel's derivatives of a plane.
struct SobelField {
    /// To the right: correlation with (−1 0 1; −2 0 2; −1 0 1).
    var horizontal: [Double]
    /// Downwards: its transpose.
    var vertical: [Double]

    init(_ plane: Plane, edge: PlaneEdge, scale: Double = 1) {
        let (height, width) = (plane.height, plane.width)
        let padded = plane.padded(by: 1, edge)
        horizontal = [Double](repeating: 0, count: height * width)
        vertical = horizontal
        padded.values.withUnsafeBufferPointer { values in
            for row in 0..<height {
                let (above, here, below) = (row * padded.width, (row + 1) * padded.width, (row + 2) * padded.width)
                for column in 0..<width {
                    let (a, b, c) = (values[above + column], values[above + column + 1], values[above + column + 2])
                    let (d, f) = (values[here + column], values[here + column + 2])
                    let (g, h, i) = (values[below + column], values[below + column + 1], values[below + column + 2])
                    horizontal[row * width + column] = ((c - a) + 2 * (f - d) + (i - g)) * scale
                    vertical[row * width + column] = ((g - a) + 2 * (h - b) + (i - c)) * scale
                }
            }
        }
    }

    var magnitudes: [Double] {
        zip(horizontal, vertical).map { ($0 * $0 + $1 * $1).squareRoot() }
    }
}
