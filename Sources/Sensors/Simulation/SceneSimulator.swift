/// What a ``SceneSimulator`` makes: the two products of a satellite and what they were made from.
public struct SimulatedScene: Sendable {
    /// The panchromatic image (1, panSize, panSize), digital numbers.
    public let pan: Image
    /// The multispectral image (B, panSize / ratio, panSize / ratio), digital numbers.
    public let ms: Image
    /// What the multispectral instrument would see with the panchromatic instrument's pixels: (B, panSize, panSize),
    /// digital numbers of the same radiometry as `ms`, rounded but without noise, in PAN's place even where `ms` is
    /// misregistered. The target of pansharpening.
    public let truth: Image
    /// What covers most of each PAN pixel; `panSize × panSize` entries, row by row.
    public let landCover: [LandCover]
    /// Side of a PAN pixel on the ground, in metres.
    public let panSampling: Double
    /// Side of a multispectral pixel on the ground, in metres.
    public let msSampling: Double
    /// Where the upper left corner of the multispectral image lies, in PAN pixels right of and below the upper left
    /// corner of PAN; the same in both directions.
    public let msOriginOffset: Double
}

/// Simulates a pair of satellite images of a made-up landscape, together with the truth that they hide.
///
/// A land of fields, woods, houses, streets, rock, water or whatever ``SceneConditions`` say is painted on the PAN grid
/// with the reflectances of its materials in each band (spectra over 400 to 2500 nm, integrated over the band and the
/// sunlight, and different for each object), lit by sun and sky with hills and cast shadows, and seen through haze and
/// clouds. PAN is integrated from the same spectra, not mixed from the bands. Then the instrument: each band is filtered
/// with a Gaussian of the band's MTF gain at the Nyquist frequency of its grid, sampled, given shot and read noise, and
/// quantised.
///
/// The scene is exposed as a whole: one factor for all bands brings the brightest band's 99.8th percentile to 85 % of
/// the range, unless the conditions say otherwise. A seed gives the same digital numbers on every machine: nothing
/// depends on threads or on the C library.
///
/// Objects have their natural size when pixels are up to a metre. With coarser pixels they are enlarged by the square
/// root of the pixel's side in metres, so that a scene of Landsat 8 shows fields and quarters rather than blur.
public struct SceneSimulator: Sendable {
    /// Which PAN pixel a multispectral pixel is centred on.
    public enum Phase: Sendable, Hashable, CaseIterable {
        /// Multispectral pixel j is centred on PAN pixel ratio × j + ⌊ratio / 2⌋: the sampling of the DLPan toolbox.
        case toolbox
        /// The upper left corners of both images coincide, as in delivered products: pixel j is centred on PAN index
        /// ratio × j + (ratio − 1) / 2, which for an even ratio lies between two pixels.
        case cornerAligned
    }

    /// Sides of PAN that can be simulated.
    public static let panSizes = 64...16384

    /// The sensor that sees the scene.
    public let sensor: Sensor
    /// Rows and columns of PAN.
    public let panSize: Int
    /// Decides everything that is random.
    public let seed: UInt64
    /// How the multispectral grid lies on the PAN grid.
    public let phase: Phase
    /// Side of a PAN pixel on the ground, in metres.
    public let panSampling: Double
    /// Land, weather, and what the instrument gets wrong.
    public let conditions: SceneConditions

    /// - Parameters:
    ///   - sensor: bands, MTF gains, ratio and bits; gains have to lie between 0.001 and 0.999.
    ///   - panSize: rows and columns of PAN, a multiple of the ratio, 64 to 16384.
    ///   - seed: the same seed gives the same scene.
    ///   - phase: how the multispectral grid lies on the PAN grid.
    ///   - panSampling: metres of a PAN pixel; by default the sensor's own, and 0.5 m for one that is not known.
    ///   - conditions: land, weather, and what the instrument gets wrong.
    /// - Throws: ``SceneSimulatorError`` when a number is not one that can be simulated.
    public init(
        sensor: Sensor, panSize: Int, seed: UInt64, phase: Phase = .toolbox, panSampling: Double? = nil,
        conditions: SceneConditions = SceneConditions()
    ) throws(SceneSimulatorError) {
        try Self.check(sensor)
        guard Self.panSizes.contains(panSize) else {
            throw .sizeOutOfRange(panSize: panSize, allowed: Self.panSizes)
        }
        guard panSize.isMultiple(of: sensor.ratio) else {
            throw .notMultipleOfRatio(panSize: panSize, ratio: sensor.ratio)
        }
        let metres = panSampling ?? sensor.panSampling ?? 0.5
        guard metres > 0, metres <= 100 else { throw .groundSamplingOutOfRange(metres: metres) }
        try conditions.check(ratio: sensor.ratio)
        self.conditions = conditions
        self.sensor = sensor
        self.panSize = panSize
        self.seed = seed
        self.phase = phase
        self.panSampling = metres
    }

    private static func check(_ sensor: Sensor) throws(SceneSimulatorError) {
        func fail(_ reason: String) -> SceneSimulatorError { .unsupportedSensor(name: sensor.name, reason: reason) }
        guard !sensor.bands.isEmpty else { throw fail("it has no multispectral bands") }
        guard (1...16).contains(sensor.ratio) else { throw fail("its ratio is \(sensor.ratio); use 1 to 16") }
        guard (6...16).contains(sensor.bits) else { throw fail("it has \(sensor.bits) bits; use 6 to 16") }
        for band in sensor.bands + [sensor.panchromatic] {
            guard (0.001...0.999).contains(band.mtfGain) else {
                throw fail("band \(band.name) has an MTF gain of \(band.mtfGain); use 0.001 to 0.999")
            }
            guard band.wavelengths.lowerBound >= 350, band.wavelengths.upperBound <= 2600,
                band.wavelengths.upperBound - band.wavelengths.lowerBound >= 1
            else {
                throw fail("band \(band.name) covers \(band.wavelengths) nm; use 1 nm or more within 350 to 2600")
            }
        }
    }

    /// A simulator of anything: a made-up sensor, land, weather and faults, all drawn from the seed.
    ///
    /// - Parameters:
    ///   - panSize: rows and columns of PAN, a multiple of the ratio.
    ///   - bands: number of multispectral bands; 3 to 8 when nil.
    ///   - ratio: size of a multispectral pixel in PAN pixels; 2, 3 or 4 when nil.
    /// - Throws: ``SceneSimulatorError`` when a number is not one that can be simulated.
    public static func random(
        seed: UInt64, panSize: Int, bands: Int? = nil, ratio: Int? = nil, phase: Phase = .toolbox
    ) throws(SceneSimulatorError) -> SceneSimulator {
        let sensor = Sensor.random(seed: seed, bands: bands, ratio: ratio)
        var random = SceneRandom(seed: seed, stream: 0x7369_6D75)
        let sampling = random.pick([0.31, 0.41, 0.5, 0.6, 0.8, 1, 1.5, 2.5, 5, 10, 15]) * random.uniform(0.9...1.1)
        return try SceneSimulator(
            sensor: sensor, panSize: panSize, seed: seed, phase: phase, panSampling: sampling,
            conditions: .random(seed: seed, ratio: sensor.ratio))
    }

    /// Side of a multispectral pixel on the ground, in metres.
    public var msSampling: Double { panSampling * Double(sensor.ratio) }

    /// Where the upper left corner of the multispectral image lies, in PAN pixels right of and below the upper left
    /// corner of PAN; the same in both directions.
    public var msOriginOffset: Double { firstCentre + 0.5 - Double(sensor.ratio) / 2 }

    /// Index on the PAN grid of the centre of the first multispectral pixel.
    var firstCentre: Double {
        switch phase {
        case .toolbox: Double(sensor.ratio / 2)
        case .cornerAligned: Double(sensor.ratio - 1) / 2
        }
    }

    /// Lays the land out; what is returned draws any part of it.
    public func layOut() -> SceneRendering { SceneRendering(of: self) }

    /// Simulates the scene in memory, which takes 16 bytes a PAN pixel and band; ``layOut()`` serves scenes for which
    /// that is too much.
    public func render() -> SimulatedScene {
        let rendering = layOut()
        let tiles = rendering.tiles
        if tiles.count == 1 { return rendering.render(tiles[0]) }
        let (bands, size) = (sensor.bands.count, panSize)
        var pan = Image(bands: 1, height: size, width: size)
        var ms = Image(bands: bands, height: size / sensor.ratio, width: size / sensor.ratio)
        var truth = Image(bands: bands, height: size, width: size)
        var cover = [LandCover](repeating: .meadow, count: size * size)
        for tile in tiles {
            let part = rendering.render(tile)
            let (row, column) = (tile.rows.lowerBound, tile.columns.lowerBound)
            pan.paste(part.pan, row: row, column: column)
            truth.paste(part.truth, row: row, column: column)
            ms.paste(part.ms, row: row / sensor.ratio, column: column / sensor.ratio)
            for (index, line) in tile.rows.enumerated() {
                let source = index * tile.columns.count
                cover.replaceSubrange(
                    line * size + column..<line * size + tile.columns.upperBound,
                    with: part.landCover[source..<source + tile.columns.count])
            }
        }
        return rendering.scene(pan: pan, ms: ms, truth: truth, landCover: cover)
    }
}
