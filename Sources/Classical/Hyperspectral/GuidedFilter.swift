import Sensors

/// The guided filter: in every square a plane is written as a linear function of the guide, and the functions of all squares that
/// hold a pixel are averaged.
///
/// Two passes of squares of (2·8 + 1)²: a = (Σ + εI)⁻¹·cov(guide, plane) with Σ the covariance of the guide's bands, b =
/// mean(plane) − a·mean(guide); result = mean(a)·guide + mean(b). He, Sun, Tang, "Guided image filtering", IEEE TPAMI 35(6), 2013,
/// eqs. 5, 6 and 8, for several bands 19 to 21. Border: symmetric.
package struct GuidedFilter: Sendable {
    private static let box = BoxFilter(radius: 8)
    /// Pixels on each side that a result depends on.
    static let reach = 2 * box.radius

    /// ε.
    let regularisation: Double

    package init(regularisation: Double) { self.regularisation = regularisation }

    /// Filters planes.
    ///
    /// - Parameters:
    ///   - planes: (C, rows, columns), at least the region expanded by ``reach``.
    ///   - guide: the same pixels of the guide.
    ///   - region: where results are wanted.
    /// - Returns: (C, rows, columns) of the region.
    package func apply(to planes: SceneWindow, guide: SceneWindow, region: PixelRegion) -> Image {
        let near = region.expanded(by: Self.box.radius, height: planes.sceneHeight, width: planes.sceneWidth)
        func mean(_ window: SceneWindow, _ region: PixelRegion) -> Image {
            Self.box.mean(of: window, rows: region.rows, columns: region.columns, border: .symmetric)
        }
        func product(_ first: SceneWindow, _ a: Int, _ second: SceneWindow, _ b: Int) -> [Double] {
            var plane = first.image.band(a)
            let offset = b * plane.pixels
            second.image.values.withUnsafeBufferPointer { second in
                plane.values.withUnsafeMutableBufferPointer { plane in
                    for pixel in plane.indices { plane[pixel] *= second[offset + pixel] }
                }
            }
            let window = SceneWindow(
                plane, region: first.region, sceneHeight: first.sceneHeight, sceneWidth: first.sceneWidth)
            return mean(window, near).values
        }
        let (guides, count) = (guide.image.bands, planes.image.bands)
        let guideMeans = mean(guide, near)
        let planeMeans = mean(planes, near)
        let guideProducts = (0..<guides).flatMap { a in (0...a).map { b in product(guide, a, guide, b) } }
        // For every plane the a of all guides, then b.
        var functions = Image(bands: guides + 1, height: near.rows.count, width: near.columns.count)
        var result = Image(bands: count, height: region.rows.count, width: region.columns.count)
        let own = guide.samples(of: region)
        var solver = GuideSolver(
            guides: guides, means: guideMeans.values, products: guideProducts, pixels: near.pixels,
            regularisation: regularisation)
        for plane in 0..<count {
            let products = (0..<guides).map { product(planes, plane, guide, $0) }
            solver.solve(
                mean: Array(planeMeans.values[plane * near.pixels..<(plane + 1) * near.pixels]), products: products,
                into: &functions.values)
            let averaged = mean(
                SceneWindow(
                    functions, region: near, sceneHeight: planes.sceneHeight, sceneWidth: planes.sceneWidth), region)
            let (start, pixels) = (plane * result.pixels, result.pixels)
            for pixel in 0..<pixels {
                var value = averaged.values[guides * pixels + pixel]
                for guide in 0..<guides {
                    value += averaged.values[guide * pixels + pixel] * own.values[guide * pixels + pixel]
                }
                result.values[start + pixel] = value
            }
        }
        return result
    }
}

/// The linear functions of one plane in every square. The factors of Σ + εI are computed once for all planes.
private struct GuideSolver {
    private let guides: Int
    private let pixels: Int
    private let means: [Double]
    /// Cholesky's factor of each pixel, row by row of the lower triangle.
    private let factors: [Double]
    private var weights: [Double]

    init(guides: Int, means: [Double], products: [[Double]], pixels: Int, regularisation: Double) {
        self.guides = guides
        self.pixels = pixels
        self.means = means
        let size = guides * (guides + 1) / 2
        var factors = [Double](repeating: 0, count: size * pixels)
        for pixel in 0..<pixels {
            let start = pixel * size
            for a in 0..<guides {
                let row = start + a * (a + 1) / 2
                for b in 0...a {
                    var value =
                        products[a * (a + 1) / 2 + b][pixel] - means[a * pixels + pixel] * means[b * pixels + pixel]
                    let column = start + b * (b + 1) / 2
                    for k in 0..<b { value -= factors[row + k] * factors[column + k] }
                    if a == b {
                        // Rounding may bring a variance below 0.
                        value = max(value, 0) + regularisation
                        factors[row + b] = value.squareRoot()
                    } else {
                        factors[row + b] = factors[column + b] > 0 ? value / factors[column + b] : 0
                    }
                }
            }
        }
        self.factors = factors
        weights = [Double](repeating: 0, count: guides)
    }

    /// Writes the planes of a for each guide, then that of b.
    mutating func solve(mean: [Double], products: [[Double]], into functions: inout [Double]) {
        let size = guides * (guides + 1) / 2
        for pixel in 0..<pixels {
            let start = pixel * size
            for a in 0..<guides {
                let row = start + a * (a + 1) / 2
                var value = products[a][pixel] - mean[pixel] * means[a * pixels + pixel]
                for k in 0..<a { value -= factors[row + k] * weights[k] }
                weights[a] = factors[row + a] > 0 ? value / factors[row + a] : 0
            }
            for a in (0..<guides).reversed() {
                for k in a + 1..<max(guides, a + 1) { weights[a] -= factors[start + k * (k + 1) / 2 + a] * weights[k] }
                let diagonal = factors[start + a * (a + 1) / 2 + a]
                weights[a] = diagonal > 0 ? weights[a] / diagonal : 0
            }
            var offset = mean[pixel]
            for a in 0..<guides {
                functions[a * pixels + pixel] = weights[a]
                offset -= weights[a] * means[a * pixels + pixel]
            }
            functions[guides * pixels + pixel] = offset
        }
    }
}
