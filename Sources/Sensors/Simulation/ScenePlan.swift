/// A surface to be painted.
struct SceneShape {
    /// What it covers.
    enum Form {
        case everywhere
        /// Within sides of the plan's list, on the bent land.
        case polygon(sides: Range<Int32>, inset: Float, roughness: Float, opacity: Float)
        case box(SceneBox)
        case crown(SceneCrown)
        /// Inside a body of water of the plan's list, or as much as `reach` pixels beyond its shore.
        case water(Int32, reach: Float, roughness: Float, opacity: Float)
        /// Where the land rises above a height (metres) or, being bare rock, is steeper than a slope.
        case height(above: Float, softness: Float)
        case slope(above: Float, softness: Float)
    }

    let form: Form
    let paint: Int32
    /// Factor on the reflectances of the paint.
    var tint: Float = 1
    /// What it may touch, in pixels of the scene.
    let left: Float
    let top: Float
    let right: Float
    let bottom: Float
}

/// Everything that will be painted of a scene, in its order, without a pixel: any part of the scene can be drawn from it.
///
/// Coordinates are in pixels of PAN; pixel (row i, column j) reaches from (j, i) to (j + 1, i + 1).
struct ScenePlan {
    /// Rows and columns of PAN.
    let side: Int
    /// How far around the scene the land reaches, in pixels.
    let border: Int
    let metresPerPixel: Double
    let seed: UInt64
    let sun: SceneSun
    let palette: ScenePalette
    /// Vectors of four that hold the colours of a pixel.
    let groups: Int
    /// How far outlines are bent, in pixels.
    let bend: Double
    /// Height of the hills in metres.
    let relief: Double

    private(set) var colours: [SIMD4<Float>] = []
    private(set) var paints: [ScenePaint] = []
    private(set) var sides: [SIMD4<Float>] = []
    private(set) var shapes: [SceneShape] = []
    private(set) var waters: [SceneWater] = []
    /// Height of the tallest thing, in pixels.
    private(set) var tallest = 0.0
    private var occupancy: SceneOccupancy
    let warpX: SceneNoise
    let warpY: SceneNoise
    /// Height of the land.
    let terrain: SceneNoise

    /// - Parameters:
    ///   - bend: how far outlines are bent, in metres.
    ///   - relief: height of the hills in metres.
    init(
        side: Int, border: Int, metresPerPixel: Double, palette: ScenePalette, sun: SceneSun, bend: Double,
        relief: Double, seed: UInt64
    ) {
        self.side = side
        self.border = border
        self.metresPerPixel = metresPerPixel
        self.palette = palette
        self.sun = sun
        self.seed = seed
        self.bend = bend / metresPerPixel
        self.relief = relief
        groups = (palette.count + 3) / 4
        occupancy = SceneOccupancy(side: side, border: border, metresPerPixel: metresPerPixel)
        let bends = [(55.0, 0.35), (140, 1)].map { (size: $0.0 / metresPerPixel, weight: $0.1) }
        warpX = SceneNoise(cells: bends, key: Self.key(4, seed))
        warpY = SceneNoise(cells: bends, key: Self.key(5, seed))
        // Hills of several sizes, a quarter of the height with each halving of the length: slopes are rough, not jagged.
        let extent = min(max(Double(side) * metresPerPixel, 200), 2000) / metresPerPixel
        terrain = SceneNoise(
            cells: [
                (extent * 0.5, 1), (extent * 0.24, 0.45), (extent * 0.11, 0.2), (extent * 0.05, 0.085),
                (extent * 0.023, 0.035),
            ], key: Self.key(6, seed))
    }

    /// The seed of one of the scene's noises.
    static func key(_ stream: UInt64, _ seed: UInt64) -> UInt64 {
        SceneRandom.mix(seed &+ stream &* 0xA076_1D64_78BD_642F)
    }

    /// Keeps the reflectances of an object.
    mutating func add(_ reflectance: [Float]) -> SceneColour {
        let colour = SceneColour(offset: Int32(colours.count))
        for group in 0..<groups {
            var vector = SIMD4<Float>(repeating: 0)
            for lane in 0..<4 where 4 * group + lane < reflectance.count {
                vector[lane] = reflectance[4 * group + lane]
            }
            colours.append(vector)
        }
        return colour
    }

    /// Keeps a paint for many shapes.
    mutating func add(_ paint: ScenePaint) -> Int32 {
        paints.append(paint)
        return Int32(paints.count - 1)
    }

    mutating func add(_ shape: SceneShape, height: Double = 0) {
        // What lies beyond the border is never seen.
        let (near, far) = (Float(-border), Float(side + border))
        guard shape.right > near, shape.left < far, shape.bottom > near, shape.top < far else { return }
        shapes.append(shape)
        tallest = max(tallest, height)
    }

    mutating func add(_ water: SceneWater) -> Int32 {
        waters.append(water)
        return Int32(waters.count - 1)
    }

    mutating func add(sides polygon: [(x: Double, y: Double, offset: Double)]) -> Range<Int32> {
        let start = Int32(sides.count)
        sides += polygon.map { SIMD4(Float($0.x), Float($0.y), Float($0.offset), 0) }
        return start..<Int32(sides.count)
    }

    /// The land cover at a place; nil outside the land.
    func cover(x: Double, y: Double) -> LandCover? {
        guard contains(x, y) else { return nil }
        for water in waters where water.depth(Float(x), Float(y)) > 0 { return .water }
        let (dx, dy) = displacement(x, y)
        return occupancy.cover(x: x + dx, y: y + dy)
    }

    private func contains(_ x: Double, _ y: Double) -> Bool {
        let (near, far) = (Double(-border), Double(side + border))
        return x >= near && y >= near && x < far && y < far
    }

    private func displacement(_ x: Double, _ y: Double) -> (Double, Double) {
        let (column, row) = (x.rounded(.down), y.rounded(.down))
        return (bend * warpX.value(x: column, y: row), bend * warpY.value(x: column, y: row))
    }

    /// Where a place of the land lies on the image: the bends undone to first order.
    func bent(_ point: ScenePoint) -> ScenePoint {
        let (dx, dy) = displacement(point.x, point.y)
        return ScenePoint(x: point.x - dx, y: point.y - dy)
    }

    /// Remembers what covers a polygon of the land, before it is bent.
    mutating func occupy(_ polygon: ScenePolygon, by cover: LandCover) { occupancy.fill(polygon, with: cover) }

    /// Remembers what covers a box on the image.
    mutating func occupy(_ box: SceneBox, by cover: LandCover) {
        let (dx, dy) = displacement(box.centre.x, box.centre.y)
        let centre = box.centre + ScenePoint(x: dx, y: dy)
        let (along, across) = (box.halfLength * box.axis, box.halfWidth * box.axis.turned)
        occupancy.fill(
            ScenePolygon(corners: [
                centre + along + across, centre - along + across, centre - along - across, centre + along - across,
            ]), with: cover)
    }
}

/// What covers the cells of a coarse grid, for decisions of the layout.
struct SceneOccupancy {
    /// Side of a cell in pixels.
    private let cell: Double
    private let cells: Int
    private let border: Double
    private var covers: [LandCover]

    init(side: Int, border: Int, metresPerPixel: Double) {
        let extent = Double(side + 2 * border)
        cell = max(1, 0.6 / metresPerPixel, extent / 4096)
        cells = Int(extent / cell) + 1
        self.border = Double(border)
        covers = [LandCover](repeating: .meadow, count: cells * cells)
    }

    func cover(x: Double, y: Double) -> LandCover {
        covers[index(y) * cells + index(x)]
    }

    private func index(_ position: Double) -> Int {
        min(max(Int((position + border) / cell), 0), cells - 1)
    }

    mutating func fill(_ polygon: ScenePolygon, with cover: LandCover) {
        let sides = polygon.sides
        guard sides.count > 2 else { return }
        let (horizontal, vertical) = (
            polygon.extent(along: ScenePoint(x: 1, y: 0)), polygon.extent(along: ScenePoint(x: 0, y: 1))
        )
        let far = Double(cells) * cell - border
        guard horizontal.upperBound > -border, horizontal.lowerBound < far, vertical.upperBound > -border,
            vertical.lowerBound < far
        else { return }
        for row in index(vertical.lowerBound)...index(vertical.upperBound) {
            let y = (Double(row) + 0.5) * cell - border
            // The part of the row inside the polygon.
            var (left, right) = (horizontal.lowerBound, horizontal.upperBound)
            for side in sides {
                let rest = y * side.y + side.offset
                if side.x > 1e-12 {
                    left = max(left, -rest / side.x)
                } else if side.x < -1e-12 {
                    right = min(right, -rest / side.x)
                } else if rest < 0 {
                    right = left - 1
                }
            }
            let (first, last) = ((left + border) / cell + 0.5, (right + border) / cell - 0.5)
            guard last > 0, first < Double(cells), first <= last + 1 else { continue }
            let (start, end) = (Int(max(first, 0)), Int(min(last, Double(cells - 1))))
            guard start <= end else { continue }
            for column in start...end { covers[row * cells + column] = cover }
        }
    }
}
