/// What a ``SceneSimulator`` makes: the two products of a satellite and what they were made from.
public struct SimulatedScene: Sendable {
    /// The panchromatic image (1, panSize, panSize), digital numbers.
    public let pan: Image
    /// The multispectral image (B, panSize / ratio, panSize / ratio), digital numbers.
    public let ms: Image
    /// What the multispectral instrument would see with the panchromatic instrument's pixels: (B, panSize, panSize),
    /// digital numbers of the same radiometry as `ms`, rounded but without noise. The target of pansharpening.
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
/// A land of fields, meadows, woods, houses, halls, roads and water is painted on the PAN grid with the reflectances
/// of its materials in each band (spectra over 400 to 2500 nm, integrated over the band and the sunlight), lit by sun
/// and sky with cast shadows and seen through a hazy atmosphere. PAN is integrated from the same spectra, not mixed
/// from the bands. Then the instrument: each band is blurred by a Gaussian with the band's MTF gain at the Nyquist
/// frequency of its grid, sampled, given shot and read noise, and quantised.
///
/// The scene is exposed as a whole: one factor for all bands brings the brightest band's 99.8th percentile to 85 % of
/// the range. A seed gives the same digital numbers on every machine: nothing depends on threads or on the C library.
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

    /// - Parameters:
    ///   - sensor: bands, MTF gains, ratio and bits; gains have to lie between 0.001 and 0.999.
    ///   - panSize: rows and columns of PAN, a multiple of the ratio, 64 to 16384.
    ///   - seed: the same seed gives the same scene.
    ///   - phase: how the multispectral grid lies on the PAN grid.
    ///   - panSampling: metres of a PAN pixel; by default the sensor's own, and 0.5 m for one that is not known.
    /// - Throws: ``SceneSimulatorError`` when a number is not one that can be simulated.
    public init(
        sensor: Sensor, panSize: Int, seed: UInt64, phase: Phase = .toolbox, panSampling: Double? = nil
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

    /// Index on the PAN grid of the centre of the first multispectral pixel.
    private var firstCentre: Double {
        switch phase {
        case .toolbox: Double(sensor.ratio / 2)
        case .cornerAligned: Double(sensor.ratio - 1) / 2
        }
    }

    /// Simulates the scene. Takes about a second for each million PAN pixels of an 8-band sensor.
    public func render() -> SimulatedScene {
        let (bands, ratio, peak) = (sensor.bands.count, sensor.ratio, sensor.peak)
        let (fineRadius, coarseRadius) = (6, 4 * ratio)
        let margin = fineRadius + coarseRadius
        let side = panSize + 2 * margin
        let ground = SceneGround(
            sensor: sensor, panSize: panSize, margin: margin, panSampling: panSampling, seed: seed)

        let msSize = panSize / ratio
        var truth = Image(bands: bands, height: panSize, width: panSize)
        var ms = Image(bands: bands, height: msSize, width: msSize)
        for (index, band) in sensor.bands.enumerated() {
            let wide = SceneInstrument.sampled(
                ground.reflectance(band: index), side: side, first: Double(fineRadius), step: 1,
                count: side - 2 * fineRadius, deviation: SceneInstrument.deviation(gain: band.mtfGain, ratio: 1),
                radius: fineRadius)
            let coarse = SceneInstrument.sampled(
                wide, side: side - 2 * fineRadius, first: Double(coarseRadius) + firstCentre, step: ratio,
                count: msSize, deviation: SceneInstrument.deviation(gain: band.mtfGain, ratio: ratio),
                radius: coarseRadius)
            ms.values.replaceSubrange(index * ms.pixels..<(index + 1) * ms.pixels, with: coarse)
            for row in 0..<panSize {
                let source = (row + coarseRadius) * (side - 2 * fineRadius) + coarseRadius
                let target = index * truth.pixels + row * panSize
                truth.values.replaceSubrange(target..<target + panSize, with: wide[source..<source + panSize])
            }
        }
        var pan = Image(
            bands: 1, height: panSize, width: panSize,
            values: SceneInstrument.sampled(
                ground.reflectance(band: bands), side: side, first: Double(margin), step: 1, count: panSize,
                deviation: SceneInstrument.deviation(gain: sensor.panchromatic.mtfGain, ratio: 1),
                radius: fineRadius))

        let brightest = (0..<bands).map { index in
            SceneInstrument.upperQuantile(
                truth.values[index * truth.pixels..<(index + 1) * truth.pixels], exceededBy: 0.002)
        }
        let panBrightest = SceneInstrument.upperQuantile(pan.values[...], exceededBy: 0.002)
        let exposure = 0.85 * peak / max(brightest.max() ?? 0, panBrightest, 1e-6)
        digitise(&truth, exposure: exposure, noise: nil, stream: 0)
        digitise(&ms, exposure: exposure, noise: .init(peak: peak, fullWell: 60_000), stream: 0)
        digitise(&pan, exposure: exposure, noise: .init(peak: peak, fullWell: 25_000), stream: bands)
        return SimulatedScene(
            pan: pan, ms: ms, truth: truth, landCover: ground.cover(panSize: panSize, margin: margin),
            panSampling: panSampling, msSampling: panSampling * Double(ratio),
            msOriginOffset: firstCentre + 0.5 - Double(ratio) / 2)
    }

    /// Turns reflectances into digital numbers, band by band.
    private func digitise(_ image: inout Image, exposure: Double, noise: SceneInstrument.Noise?, stream: Int) {
        for index in image.values.indices { image.values[index] *= exposure }
        for band in 0..<image.bands {
            SceneInstrument.digitise(
                &image.values[band * image.pixels..<(band + 1) * image.pixels], width: image.width, peak: sensor.peak,
                noise: noise, seed: seed, stream: stream + band)
        }
    }
}
