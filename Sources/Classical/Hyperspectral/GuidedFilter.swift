import Sensors

/// The guided filter: in every square a plane is written as a linear function of the guide, and the functions of all squares that
/// hold a pixel are averaged.
///
/// Two passes of squares of (2·8 + 1)²: a and b of ``LinearGuide``, then mean(a)·guide + mean(b). He, Sun, Tang, "Guided image
/// filtering", IEEE TPAMI 35(6), 2013, eq. 8, for several bands 21. Border: symmetric.
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
        var solver = LinearGuide(
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
