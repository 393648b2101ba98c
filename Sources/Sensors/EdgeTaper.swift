/// Blurs the edges of an image so that it joins with itself: what is transformed as a circle then has no step at the ends.
///
/// αI + (1 − α)(I ⊛ K) with a box K and α = β₁β₂ᵀ, β_d = 1 − z/max z, z the autocorrelation of the box on axis d, of a
/// circle one sample shorter than the axis: our reading of MATLAB's `edgetaper`.
public enum EdgeTaper {
    /// An image with blurred edges.
    ///
    /// - Parameters:
    ///   - image: (C, H, W), H and W 1 or more.
    ///   - side: side of the box in pixels.
    public static func apply(to image: Image, side: Int) -> Image {
        func blur(_ count: Int) -> AxisOperator {
            AxisOperator(
                weights: [[Double](repeating: 1 / Double(side), count: side)],
                outputs: (0..<count).map { .init(first: $0 - (side - 1 - side / 2), weights: 0) })
        }
        let blurred = AxisOperator.apply(
            rows: blur(image.height), columns: blur(image.width), to: SceneWindow(whole: image), border: .circular)
        let rows = weights(count: image.height, side: side)
        let columns = weights(count: image.width, side: side)
        var result = image
        for band in 0..<image.bands {
            for row in 0..<image.height {
                for column in 0..<image.width {
                    let own = rows[row] * columns[column]
                    let index = (band * image.height + row) * image.width + column
                    result.values[index] = own * image.values[index] + (1 - own) * blurred.values[index]
                }
            }
        }
        return result
    }

    /// β of an axis.
    private static func weights(count: Int, side: Int) -> [Double] {
        let period = max(count - 1, 1)
        let overlaps = (0..<count).map { position -> Double in
            let place = position % period
            let turns = side / period + 1
            return (-turns...turns).reduce(0) { $0 + Double(max(0, side - abs(place + $1 * period))) }
        }
        let largest = overlaps.max() ?? 1
        return overlaps.map { 1 - $0 / largest }
    }
}
