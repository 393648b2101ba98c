/// A point of a scene, in pixels of the canvas.
struct ScenePoint {
    var x: Double
    var y: Double

    static func + (left: Self, right: Self) -> Self { Self(x: left.x + right.x, y: left.y + right.y) }
    static func - (left: Self, right: Self) -> Self { Self(x: left.x - right.x, y: left.y - right.y) }
    static func * (factor: Double, point: Self) -> Self { Self(x: factor * point.x, y: factor * point.y) }

    var length: Double { (x * x + y * y).squareRoot() }
    func dot(_ other: Self) -> Double { x * other.x + y * other.y }
    /// The vector turned by 90 degrees.
    var turned: Self { Self(x: -y, y: x) }
}

/// A convex polygon; its corners run around it clockwise as seen on the image (y points down).
struct ScenePolygon {
    var corners: [ScenePoint]

    var centre: ScenePoint {
        (1 / Double(max(corners.count, 1))) * corners.reduce(ScenePoint(x: 0, y: 0), +)
    }

    var area: Double {
        var sum = 0.0
        for (index, corner) in corners.enumerated() {
            let next = corners[(index + 1) % corners.count]
            sum += corner.x * next.y - next.x * corner.y
        }
        return abs(sum) / 2
    }

    /// The smallest and largest product of a corner with a vector.
    func extent(along axis: ScenePoint) -> ClosedRange<Double> {
        let products = corners.map { $0.dot(axis) }
        return (products.min() ?? 0)...(products.max() ?? 0)
    }

    /// The part where (point − origin)·normal is at least 0.
    func clipped(origin: ScenePoint, normal: ScenePoint) -> ScenePolygon {
        var kept: [ScenePoint] = []
        for (index, corner) in corners.enumerated() {
            let next = corners[(index + 1) % corners.count]
            let (here, there) = ((corner - origin).dot(normal), (next - origin).dot(normal))
            if here >= 0 { kept.append(corner) }
            if (here < 0) != (there < 0) { kept.append(corner + (here / (here - there)) * (next - corner)) }
        }
        return ScenePolygon(corners: kept)
    }

    /// Depth of a point below the nearest side; negative outside.
    func depth(of point: ScenePoint) -> Double {
        var depth = Double.infinity
        for side in sides { depth = min(depth, point.x * side.x + point.y * side.y + side.offset) }
        return depth
    }

    /// The sides as lines x·X + y·Y + offset, positive inside.
    var sides: [(x: Double, y: Double, offset: Double)] {
        let middle = centre
        return corners.indices.compactMap { index in
            let along = corners[(index + 1) % corners.count] - corners[index]
            guard along.length > 1e-9 else { return nil }
            let normal = (1 / along.length) * along.turned
            let offset = -normal.dot(corners[index])
            let sign: Double = normal.dot(middle) + offset < 0 ? -1 : 1
            return (sign * normal.x, sign * normal.y, sign * offset)
        }
    }
}

extension ScenePlan {
    /// Paints the whole scene.
    mutating func paintEverywhere(_ paint: ScenePaint) {
        let index = add(paint)
        add(form: .everywhere, paint: index)
    }

    /// A shape that may touch the whole scene.
    mutating func add(form: SceneShape.Form, paint: Int32) {
        add(
            SceneShape(
                form: form, paint: paint, left: -.infinity, top: -.infinity, right: .infinity, bottom: .infinity))
    }

    /// Paints a convex polygon that follows the bends of the land.
    mutating func paint(
        _ polygon: ScenePolygon, _ paint: ScenePaint, inset: Double = 0, roughness: Double = 0, opacity: Double = 1
    ) {
        let sides = polygon.sides
        guard sides.count > 2 else { return }
        let reach = 4 * bend + 4 * roughness + 1
        let (horizontal, vertical) = (
            polygon.extent(along: ScenePoint(x: 1, y: 0)), polygon.extent(along: ScenePoint(x: 0, y: 1))
        )
        let form = SceneShape.Form.polygon(
            sides: add(sides: sides), inset: Float(inset), roughness: Float(roughness), opacity: Float(opacity))
        add(
            SceneShape(
                form: form, paint: add(paint), left: Float(horizontal.lowerBound - reach),
                top: Float(vertical.lowerBound - reach), right: Float(horizontal.upperBound + reach),
                bottom: Float(vertical.upperBound + reach)))
        occupy(polygon, by: paint.cover)
    }

    /// Paints a strip of constant width around a straight line; it follows the bends of the land.
    mutating func paintStrip(
        from start: ScenePoint, to end: ScenePoint, width: Double, _ paint: ScenePaint, roughness: Double = 0,
        opacity: Double = 1
    ) {
        let along = end - start
        guard along.length > 1e-6 else { return }
        let across = (width / 2 / along.length) * along.turned
        // A strip narrower than a pixel covers as little of it as it is narrow; the painter's ramp is a pixel wide.
        let narrow = min(width, 1)
        let strip = ScenePolygon(corners: [start - across, end - across, end + across, start + across])
        self.paint(strip, paint, inset: (narrow - 1) / 2, roughness: roughness, opacity: opacity * narrow)
    }

    /// Paints a box seen from above, with a gable or flat roof.
    mutating func paint(_ box: SceneBox, _ paint: ScenePaint) {
        let reach = box.halfLength + box.halfWidth + 1
        add(
            SceneShape(
                form: .box(box), paint: add(paint), left: Float(box.centre.x - reach), top: Float(box.centre.y - reach),
                right: Float(box.centre.x + reach), bottom: Float(box.centre.y + reach)),
            height: box.height + box.rise)
        occupy(box, by: paint.cover)
    }

    /// Paints the crown of a tree: a lobed dome, brighter towards the sun.
    mutating func paintCrown(at centre: ScenePoint, radius: Double, height: Double, paint: Int32, tint: Double) {
        let reach = 1.6 * radius + 1
        let crown = SceneCrown(
            x: Float(centre.x), y: Float(centre.y), radius: Float(radius), height: Float(height))
        add(
            SceneShape(
                form: .crown(crown), paint: paint, tint: Float(tint), left: Float(centre.x - reach),
                top: Float(centre.y - reach), right: Float(centre.x + reach), bottom: Float(centre.y + reach)),
            height: height)
    }
}
