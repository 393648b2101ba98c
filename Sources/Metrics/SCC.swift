import Sensors

/// Spatial correlation of edges: Σ|∇F||∇GT| / √(Σ|∇F|²·Σ|∇GT|²), gradients by Sobel, over all pixels and bands jointly.
///
/// A frame of one pixel is dropped first and what lies beyond is 0, as in the DLPan toolbox; no mean is subtracted. A
/// pixel with a masked neighbour is left out. Where neither image has an edge the index is 1, where only one has, 0.
public struct SCC: ReferenceMetric {
    /// Short name.
    public let name = "SCC"
    /// Full name.
    public let title = "spatial correlation coefficient"
    /// A plain number.
    public let unit = ""
    /// Filter and border.
    public let variant = "Sobel, zero border, all bands jointly"
    /// Origin.
    public let source = "Zhou, Civco, Silander, International Journal of Remote Sensing 19(4), 1998; Vivone et al. 2021"
    /// Larger is better.
    public let higherIsBetter = true
    /// Gradients are not negative: 0 to 1.
    public let range = 0.0...1

    /// The metric has no settings.
    public init() {}

    /// The index.
    public func value(_ pair: ImagePair) throws(MetricError) -> Double {
        try pair.requireSide(3, for: name)
        let (height, width) = (pair.reference.height, pair.reference.width)
        let masked = pair.masked.map {
            Plane(height: height, width: width, values: $0).weightedSums([1, 1, 1]).values
        }
        var count = 0
        var (products, squares, fusedSquares) = (0.0, 0.0, 0.0)
        for band in 0..<pair.reference.bands {
            let planes = pair.planes(band)
            let truth = Self.gradient(planes.reference)
            let fused = Self.gradient(planes.fused)
            for pixel in truth.indices where masked.map({ $0[pixel] == 0 }) ?? true {
                products += truth[pixel] * fused[pixel]
                squares += truth[pixel] * truth[pixel]
                fusedSquares += fused[pixel] * fused[pixel]
                count += 1
            }
        }
        guard count > 0 else { throw .noValidPixels(metric: name) }
        if squares == 0 || fusedSquares == 0 { return squares == fusedSquares ? 1 : 0 }
        return products / (squares.squareRoot() * fusedSquares.squareRoot())
    }

    /// Magnitude of the gradient of a plane without its frame, zeros around what is left.
    private static func gradient(_ plane: Plane) -> [Double] {
        let (height, width) = (plane.height - 2, plane.width - 2)
        let padded = plane.width
        var zeroFramed = plane.values
        for row in 0..<plane.height {
            for column in 0..<padded
            where row == 0 || column == 0 || row == plane.height - 1 || column == padded - 1 {
                zeroFramed[row * padded + column] = 0
            }
        }
        var result = [Double](repeating: 0, count: height * width)
        zeroFramed.withUnsafeBufferPointer { values in
            for row in 0..<height {
                for column in 0..<width {
                    let (a, b, c) = (row * padded + column, (row + 1) * padded + column, (row + 2) * padded + column)
                    let vertical =
                        (values[a] + 2 * values[a + 1] + values[a + 2])
                        - (values[c] + 2 * values[c + 1] + values[c + 2])
                    let horizontal =
                        (values[a] + 2 * values[b] + values[c])
                        - (values[a + 2] + 2 * values[b + 2] + values[c + 2])
                    result[row * width + column] = (vertical * vertical + horizontal * horizontal).squareRoot()
                }
            }
        }
        return result
    }
}
