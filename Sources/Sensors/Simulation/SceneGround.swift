/// The finished landscape in the light of sun and sky, as it looks from above the atmosphere before any instrument.
struct SceneGround {
    private let canvas: SceneCanvas
    private let sunlight: [Float]
    private let air: [SceneAtmosphere.Band]

    /// - Parameters:
    ///   - panSize: side of the scene in PAN pixels.
    ///   - margin: pixels painted around it, for the blur of the instrument.
    ///   - panSampling: metres of a PAN pixel.
    init(sensor: Sensor, panSize: Int, margin: Int, panSampling: Double, seed: UInt64) {
        var layout = SceneLayout(
            panSize: panSize, margin: margin, metresPerPixel: panSampling > 1 ? panSampling.squareRoot() : panSampling,
            palette: ScenePalette(sensor: sensor), seed: seed)
        layout.draw()
        canvas = layout.canvas
        sunlight = canvas.sunlight(layout.sun)
        var random = SceneRandom(seed: seed, stream: 1)
        let atmosphere = SceneAtmosphere(aerosolDepth: random.uniform(0.05...0.25), sunSine: layout.sun.sine)
        air = (sensor.bands + [sensor.panchromatic]).map(atmosphere.coefficients(of:))
    }

    /// Reflectance at the top of the atmosphere of a band, PAN being the last one; row by row, margin included.
    func reflectance(band: Int) -> [Double] {
        let air = air[band]
        let (stride, colours) = (canvas.stride, canvas.colours)
        return canvas.samples.withUnsafeBufferPointer { samples in
            sunlight.indices.map { index in
                let ground = Double(samples[index * stride + band])
                let light = Double(samples[index * stride + colours] * sunlight[index])
                return air.haze + ground * (air.direct * light + air.sky)
            }
        }
    }

    /// The land cover of the scene without its margin, row by row.
    func cover(panSize: Int, margin: Int) -> [LandCover] {
        (0..<panSize).flatMap { row in
            let start = (row + margin) * canvas.side + margin
            return canvas.cover[start..<start + panSize]
        }
    }
}
