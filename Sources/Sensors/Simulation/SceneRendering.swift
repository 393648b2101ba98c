/// The land of a ``SceneSimulator``, laid out and exposed: draws any part of the scene, each with the bits that it has in
/// the whole.
public struct SceneRendering: Sendable {
    /// Side of a tile that is drawn at once, in PAN pixels.
    static let tileSide = 1024
    /// Scenes larger than a tile are exposed for this many blocks along each axis, of ``blockSide`` pixels.
    static let blocks = 4
    static let blockSide = 192

    private let simulator: SceneSimulator
    private let plan: ScenePlan
    private let sky: SceneSky
    private let air: [SceneAtmosphere.Band]
    /// What each band's values are multiplied with; PAN is the last.
    private var exposures: [Double]
    /// How far each band lies from where the multispectral image lies.
    private let displacements: [SceneConditions.Misregistration]
    /// What is seen of a scene that is one tile, kept since it had to be seen for the exposure.
    private var whole: Seen?

    /// What the instrument sees of a part before it is exposed.
    private struct Seen {
        var pan: Image
        var ms: Image
        var truth: Image
        var landCover: [LandCover]
    }

    init(of simulator: SceneSimulator) {
        let (seed, conditions, metres) = (simulator.seed, simulator.conditions, simulator.panSampling)
        self.simulator = simulator
        let palette = ScenePalette(sensor: simulator.sensor)
        var layout = SceneLayout(
            panSize: simulator.panSize, land: conditions.land,
            metresPerPixel: metres > 1 ? metres.squareRoot() : metres, palette: palette, seed: seed)
        layout.draw()
        plan = layout.plan
        sky = SceneSky(
            share: conditions.clouds, side: simulator.panSize, metresPerPixel: plan.metresPerPixel, sun: plan.sun,
            seed: seed)
        var random = SceneRandom(seed: seed, stream: 1)
        let usual = random.uniform(0.05...0.25)
        let atmosphere = SceneAtmosphere(aerosolDepth: conditions.haze ?? usual, sunSine: plan.sun.sine)
        air = palette.bands.map(atmosphere.coefficients(of:))
        let spread = conditions.gainSpread
        exposures = palette.bands.map { _ in 1 + random.uniform(-spread...spread) }
        let apart = conditions.bandMisregistration
        displacements = palette.bands.map { _ in
            SceneConditions.Misregistration(x: random.uniform(-apart...apart), y: random.uniform(-apart...apart))
        }
        expose()
    }

    /// The parts that the whole scene is made of, from its upper left corner row by row.
    public var tiles: [PixelRegion] {
        let size = simulator.panSize
        let side = Self.tileSide / simulator.sensor.ratio * simulator.sensor.ratio
        let starts = Array(stride(from: 0, to: size, by: side))
        return starts.flatMap { row in
            starts.map { column in
                PixelRegion(rows: row..<Swift.min(row + side, size), columns: column..<Swift.min(column + side, size))
            }
        }
    }

    /// Draws a part of the scene.
    ///
    /// - Parameter region: rows and columns of PAN; their bounds are multiples of the sensor's ratio.
    public func render(_ region: PixelRegion) -> SimulatedScene {
        let sensor = simulator.sensor
        var seen = whole.flatMap { region == tiles[0] ? $0 : nil } ?? see(region)
        let bands = sensor.bands.count
        let level = simulator.conditions.noise
        let (left, top) = (region.columns.lowerBound, region.rows.lowerBound)
        func digitise(_ image: inout Image, _ noise: SceneInstrument.Noise?, coarseness: Int, stream: Int) {
            for band in 0..<image.bands {
                SceneInstrument.digitise(
                    &image.values[band * image.pixels..<(band + 1) * image.pixels], left: left / coarseness,
                    top: top / coarseness, width: image.width, exposure: exposures[stream + band], peak: sensor.peak,
                    noise: noise, seed: simulator.seed, stream: stream + band)
            }
        }
        digitise(&seen.truth, nil, coarseness: 1, stream: 0)
        digitise(
            &seen.ms, .init(peak: sensor.peak, fullWell: 60_000, level: level), coarseness: sensor.ratio, stream: 0)
        digitise(&seen.pan, .init(peak: sensor.peak, fullWell: 25_000, level: level), coarseness: 1, stream: bands)
        return scene(pan: seen.pan, ms: seen.ms, truth: seen.truth, landCover: seen.landCover)
    }

    func scene(pan: Image, ms: Image, truth: Image, landCover: [LandCover]) -> SimulatedScene {
        SimulatedScene(
            pan: pan, ms: ms, truth: truth, landCover: landCover, panSampling: simulator.panSampling,
            msSampling: simulator.msSampling, msOriginOffset: simulator.msOriginOffset)
    }

    /// What the instrument sees of a part of the scene, in reflectances.
    private func see(_ region: PixelRegion) -> Seen {
        let sensor = simulator.sensor
        let (bands, ratio) = (sensor.bands.count, sensor.ratio)
        let (height, width) = (region.rows.count, region.columns.count)
        let shift = simulator.conditions.misregistration
        let widest = sensor.bands.map { SceneInstrument.coarseRadius(gain: $0.mtfGain, ratio: ratio) }.max() ?? 0
        let fine = SceneInstrument.fineRadius
        // The truth is needed this far around the part, for the coarse pixels at its edge.
        let coarse = ratio == 1 ? 2 : widest + 2 + ratio / 2 + ratio / 4
        let margin = fine + coarse
        let frame = SceneFrame(
            left: region.columns.lowerBound - margin, top: region.rows.lowerBound - margin,
            width: width + 2 * margin, height: height + 2 * margin)
        let ground = SceneGround(frame, of: plan, under: sky, air)

        var truth = Image(bands: bands, height: height, width: width)
        var ms = Image(bands: bands, height: height / ratio, width: width / ratio)
        let wideWidth = width + 2 * coarse
        func cut(_ wide: [Double], into image: inout Image, band: Int) {
            for row in 0..<height {
                let source = (row + coarse) * wideWidth + coarse
                let target = band * image.pixels + row * width
                image.values.replaceSubrange(target..<target + width, with: wide[source..<source + width])
            }
        }
        func filtered(_ band: Int, _ gain: Double) -> [Double] {
            SceneInstrument.filtered(
                ground.reflectance(band: band), width: frame.width, height: frame.height,
                taps: SceneInstrument.fineTaps(gain: gain))
        }
        for (index, band) in sensor.bands.enumerated() {
            let wide = filtered(index, band.mtfGain)
            cut(wide, into: &truth, band: index)
            func taps(_ shift: Double, _ apart: Double) -> (start: Int, weights: [Double]) {
                let place = Double(coarse) + simulator.firstCentre + shift + apart
                guard ratio > 1 else { return Self.linear(place) }
                return SceneInstrument.coarseTaps(gain: band.mtfGain, ratio: ratio, around: place)
            }
            let sampled = SceneInstrument.sampled(
                wide, width: wideWidth, across: taps(shift.x, displacements[index].x),
                down: taps(shift.y, displacements[index].y), step: ratio, columns: ms.width, rows: ms.height)
            ms.values.replaceSubrange(index * ms.pixels..<(index + 1) * ms.pixels, with: sampled)
        }
        var pan = Image(bands: 1, height: height, width: width)
        cut(filtered(bands, sensor.panchromatic.mtfGain), into: &pan, band: 0)
        return Seen(pan: pan, ms: ms, truth: truth, landCover: ground.cover(rows: region.rows, columns: region.columns))
    }

    /// Pixels as large as those of PAN need no further blur; they only lie elsewhere.
    private static func linear(_ place: Double) -> (start: Int, weights: [Double]) {
        let start = place.rounded(.down)
        return place == start ? (Int(start), [1]) : (Int(start), [1 - (place - start), place - start])
    }

    /// Brings the brightest band's 99.8th percentile to where the conditions want it.
    private mutating func expose() {
        let (size, ratio) = (simulator.panSize, simulator.sensor.ratio)
        var seen: [Seen]
        if tiles.count == 1 {
            seen = [see(tiles[0])]
            whole = seen[0]
        } else {
            let side = Self.blockSide / ratio * ratio
            let starts = (0..<Self.blocks).map { (size - side) * $0 / (Self.blocks - 1) / ratio * ratio }
            seen = starts.flatMap { row in
                starts.map { see(PixelRegion(rows: row..<row + side, columns: $0..<$0 + side)) }
            }
        }
        let brightest = exposures.indices.map { band -> Double in
            let values = seen.flatMap { part -> ArraySlice<Double> in
                guard band < part.truth.bands else { return part.pan.values[...] }
                return part.truth.values[band * part.truth.pixels..<(band + 1) * part.truth.pixels]
            }
            return exposures[band] * SceneInstrument.upperQuantile(values, exceededBy: 0.002)
        }
        let factor = simulator.conditions.exposure * simulator.sensor.peak / Swift.max(brightest.max() ?? 0, 1e-6)
        for band in exposures.indices { exposures[band] *= factor }
    }
}
