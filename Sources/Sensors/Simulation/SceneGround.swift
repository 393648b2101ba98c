/// A part of the finished landscape in the light of sun and sky, as it looks from above the atmosphere before any
/// instrument.
struct SceneGround {
    private let tile: SceneTile
    private let sunlight: [Float]
    private let sky: SceneSky.Map
    private let air: [SceneAtmosphere.Band]
    private let cloud: [Float]
    /// Where the part lies, with a margin for the blur of the instrument.
    let frame: SceneFrame
    /// Columns of the tile left of the frame.
    private let left: Int

    /// - Parameter frame: what is wanted; shadows from beyond it are found.
    init(_ frame: SceneFrame, of plan: ScenePlan, under sky: SceneSky, _ air: [SceneAtmosphere.Band]) {
        self.frame = frame
        self.air = air
        // The sun is below the scene, so shadows come from there, and from the side it stands on. Roughness reads the
        // noise of the pixel alone, so no other neighbours are needed.
        let reach = SceneTile.shadowReach(of: plan)
        let shear = plan.sun.toward.x / plan.sun.toward.y
        let aside = Int((Double(reach) * abs(shear)).rounded(.up)) + 1
        left = shear < 0 ? aside : 0
        tile = SceneTile(
            SceneFrame(
                left: frame.left - left, top: frame.top, width: frame.width + aside, height: frame.height + reach),
            of: plan)
        tile.draw()
        sunlight = tile.sunlight()
        self.sky = sky.map(frame)
        cloud = plan.palette.reflectance(.cloud, .init())
    }

    /// Reflectance at the top of the atmosphere of a band, PAN being the last one; row by row.
    func reflectance(band: Int) -> [Double] {
        let air = air[band]
        let (stride, light) = (tile.stride, tile.stride - 1)
        let (group, lane) = (band / 4, band % 4)
        let (direct, diffuse, haze) = (Float(air.direct), Float(air.sky), Float(air.haze))
        let cloud = cloud[band] * (direct + diffuse)
        let isCloudy = !sky.cloud.isEmpty
        let lanes = UnsafeRawPointer(tile.samples.baseAddress!).assumingMemoryBound(to: Float.self)
        return [Double](unsafeUninitializedCapacity: frame.pixels) { values, count in
            for row in 0..<frame.height {
                for column in 0..<frame.width {
                    let source = row * tile.frame.width + column + left
                    let index = row * frame.width + column
                    let ground = lanes[4 * (source * stride + group) + lane]
                    var lit = lanes[4 * (source * stride + light)] * sunlight[source]
                    if isCloudy { lit *= 1 - 0.85 * sky.shadow[index] }
                    // Thicker haze takes from the direct light what it adds to the path.
                    let thick = sky.haze[index]
                    let path = haze * thick
                    var value = path + ground * (max(direct - 0.5 * haze * (thick - 1), 0.05) * lit + diffuse)
                    if isCloudy { value += sky.cloud[index] * (cloud - value) }
                    values[index] = Double(value)
                }
            }
            count = frame.pixels
        }
    }

    /// The land cover of a part of the frame, row by row.
    func cover(rows: Range<Int>, columns: Range<Int>) -> [LandCover] {
        rows.flatMap { row in
            let start = (row - tile.frame.top) * tile.frame.width - tile.frame.left
            return tile.cover[start + columns.lowerBound..<start + columns.upperBound]
        }
    }
}
