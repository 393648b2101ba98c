/// Draws the land of a scene: parcels between roads, what grows or stands on them, water.
///
/// Lengths are given in metres and turned into pixels by `metre`.
struct SceneLayout {
    var canvas: SceneCanvas
    var random: SceneRandom
    let palette: ScenePalette
    let sun: SceneSun
    /// Length of a metre of the layout in pixels.
    let metre: Double
    /// Side of the scene without its margin, in pixels.
    let sceneSide: Double
    let seed: UInt64
    /// How built-up and how wooded the scene is, −1 to 1.
    let urban: Double
    let wooded: Double
    /// Axes of the parcels.
    let axis: ScenePoint
    var parcels: [SceneParcel] = []
    var roads: [SceneRoad] = []

    /// - Parameters:
    ///   - panSize: side of the scene in pixels.
    ///   - margin: pixels painted around it.
    ///   - metresPerPixel: length of a pixel in metres of the layout.
    init(panSize: Int, margin: Int, metresPerPixel: Double, palette: ScenePalette, seed: UInt64) {
        random = SceneRandom(seed: seed)
        self.palette = palette
        self.seed = seed
        metre = 1 / metresPerPixel
        sceneSide = Double(panSize)
        sun = SceneSun(random: &random)
        urban = random.uniform(-0.45...0.45)
        wooded = random.uniform(-0.3...0.3)
        let direction = random.direction()
        axis = ScenePoint(x: direction.x, y: direction.y)
        canvas = SceneCanvas(
            side: panSize + 2 * margin, colours: palette.count, metresPerPixel: metresPerPixel, seed: seed)
    }

    /// Paints everything, from the ground up.
    mutating func draw() {
        divideLand()
        paintGround()
        for parcel in parcels { paint(parcel) }
        paintWater()
        for road in roads.reversed() { paint(road) }
        for parcel in parcels { build(on: parcel) }
        for road in roads { plantAndPark(along: road) }
    }

    /// The ground below everything: grass, greener and drier in places.
    private mutating func paintGround() {
        let paint = ScenePaint(
            .meadow, palette.colour(.grass), palette.colour(.dryGrass), mixture: 0.3, slow: 0.14, fine: 0.12,
            texture: 0.10, slowTexture: 0.05)
        let bounds = SceneCanvas.Bounds(
            left: 0, top: 0, right: Double(canvas.side), bottom: Double(canvas.side), side: canvas.side)
        canvas.paint(paint, in: bounds, distance: { _, _, _ in 1 })
    }

    /// A colour of a material with the variation from one object to the next.
    mutating func colour(_ material: SceneMaterial, spread: Double = 0.12, slope: Double = 0.15) -> [Float] {
        palette.colour(
            material, brightness: 1 + random.uniform(-spread...spread), slope: random.uniform(-slope...slope))
    }

    /// A place moved by random numbers of metres.
    mutating func scattered(_ point: ScenePoint, by metres: Double) -> ScenePoint {
        let reach = metres * metre
        return ScenePoint(
            x: point.x + random.uniform(-reach...reach), y: point.y + random.uniform(-reach...reach))
    }
}
