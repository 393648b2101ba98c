/// Draws the land of a scene: parcels between roads, what grows or stands on them, water.
///
/// Lengths are given in metres and turned into pixels by `metre`.
struct SceneLayout {
    var plan: ScenePlan
    var random: SceneRandom
    let character: SceneCharacter
    let land: SceneLand
    /// Length of a metre of the layout in pixels.
    let metre: Double
    /// Side of the scene without its border, in pixels.
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
    ///   - metresPerPixel: length of a pixel in metres of the layout.
    init(panSize: Int, land: SceneLand, metresPerPixel: Double, palette: ScenePalette, seed: UInt64) {
        random = SceneRandom(seed: seed)
        character = SceneCharacter(land)
        self.land = land
        self.seed = seed
        metre = 1 / metresPerPixel
        sceneSide = Double(panSize)
        let sun = SceneSun(random: &random)
        urban = random.uniform(character.urban)
        wooded = random.uniform(character.wooded)
        let direction = random.direction()
        axis = ScenePoint(x: direction.x, y: direction.y)
        let extent = min(max(sceneSide * metresPerPixel, 200), 2000)
        let relief = random.uniform(character.steepness) * extent / 100 * 0.5
        // As far as the blur of the instrument and the shadows of the tallest things reach.
        let border = 32 + Int((1.6 * character.tallest * metre).rounded(.up))
        plan = ScenePlan(
            side: panSize, border: border, metresPerPixel: metresPerPixel, palette: palette, sun: sun,
            bend: character.bend, relief: relief, seed: seed)
    }

    /// Paints everything, from the ground up.
    mutating func draw() {
        divideLand()
        paintGround()
        for parcel in parcels { paint(parcel) }
        if land == .mountain { paintHeights() }
        for road in roads.reversed() where !road.isMajor { paint(road) }
        paintWater()
        for road in roads.reversed() where road.isMajor { paint(road) }
        for parcel in parcels { build(on: parcel) }
        for road in roads { plantAndPark(along: road) }
    }

    /// The ground below everything: grass, greener and drier in places.
    private mutating func paintGround() {
        let paint = ScenePaint(
            .meadow, colour(.grass), colour(.dryGrass), mixture: 0.3, slow: 0.14, fine: 0.21, texture: 0.14,
            slowTexture: 0.06)
        plan.paintEverywhere(paint)
    }

    /// Rock on the slopes of a mountain and snow on its heights.
    private mutating func paintHeights() {
        let rock = random.pick([SceneMaterial.greyRock, .brownRock])
        var cliff = ScenePaint(
            .rock, colour(rock, spread: 0.25), colour(random.pick([SceneMaterial.gravel, .lightSoil, .greyRock])),
            mixture: 0.4, slow: 0.2, fine: 0.3, texture: 0.22, slowTexture: 0.12)
        cliff.fineMixture = 0.25
        plan.add(
            form: .height(above: Float(plan.relief * random.uniform(0...0.7)), softness: Float(plan.relief * 0.07)),
            paint: plan.add(cliff))
        plan.add(form: .slope(above: Float(random.uniform(0.6...0.9)), softness: 0.06), paint: plan.add(cliff))
        guard random.chance(0.6) else { return }
        let snow = ScenePaint(
            .snow, colour(.snow, spread: 0.1), colour(rock), mixture: 0.03, slow: 0.08, fine: 0.075, texture: 0.036,
            slowTexture: 0.05)
        plan.add(
            form: .height(above: Float(plan.relief * random.uniform(0.5...1.3)), softness: Float(plan.relief * 0.05)),
            paint: plan.add(snow))
    }

    /// A colour of a material with the variation from one object to the next.
    mutating func colour(_ material: SceneMaterial, spread: Double = 0.16, slope: Double = 0.2) -> SceneColour {
        let variation = ScenePalette.Variation(
            brightness: 1 + random.uniform(-spread...spread), slope: random.uniform(-slope...slope),
            edge: random.uniform(-0.7 * slope...0.7 * slope), bump: random.uniform(-0.4 * slope...0.4 * slope))
        return plan.add(plan.palette.reflectance(material, variation))
    }

    /// A colour of a material as it is, but for a factor and a slope.
    mutating func plainColour(_ material: SceneMaterial, brightness: Double = 1, slope: Double = 0) -> SceneColour {
        plan.add(plan.palette.reflectance(material, .init(brightness: brightness, slope: slope)))
    }

    /// A place moved by random numbers of metres.
    mutating func scattered(_ point: ScenePoint, by metres: Double) -> ScenePoint {
        let reach = metres * metre
        return ScenePoint(
            x: point.x + random.uniform(-reach...reach), y: point.y + random.uniform(-reach...reach))
    }
}
