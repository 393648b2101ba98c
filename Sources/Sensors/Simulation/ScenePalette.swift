/// Reflectances of every material in every band of a sensor: the multispectral bands, then PAN.
struct ScenePalette {
    /// Number of colours of a paint: multispectral bands and PAN.
    let count: Int
    /// How the bands sample the spectrum.
    let bands: [BandSamples]
    private let reflectances: [[Double]]
    /// (λ − 650 nm) / 1000 nm of each band, kept within −0.3 to 0.4.
    private let slopes: [Double]
    /// 0 below the red edge of leaves, 1 above it.
    private let edges: [Double]
    /// How much of a bump around 550 nm lies in each band.
    private let bumps: [Double]

    init(sensor: Sensor) {
        let bands = (sensor.bands + [sensor.panchromatic]).map(BandSamples.init)
        self.bands = bands
        count = bands.count
        reflectances = SpectralTable.materials.map { material in bands.map { $0.mean(of: material) } }
        slopes = bands.map { band in band.mean { min(max(($0 - 650) / 1000, -0.3), 0.4) } }
        edges = bands.map { band in band.mean { min(max(($0 - 690) / 60, 0), 1) } }
        bumps = bands.map { band in band.mean { max(1 - abs($0 - 550) / 110, 0) } }
    }

    /// How an object differs from what is usual for its material.
    struct Variation {
        /// Factor on every band.
        var brightness = 1.0
        /// Relative rise for each 1000 nm of wavelength.
        var slope = 0.0
        /// Relative rise across 720 nm: the vigour of a plant, the pigment of a soil or roof.
        var edge = 0.0
        /// Relative rise at 550 nm.
        var bump = 0.0
    }

    /// The reflectances of one object of a material.
    func reflectance(_ material: SceneMaterial, _ variation: Variation) -> [Float] {
        (0..<count).map { band in
            let shape =
                1 + variation.slope * slopes[band] + variation.edge * edges[band] + variation.bump * bumps[band]
            return Float(min(reflectances[material.rawValue][band] * variation.brightness * shape, 1))
        }
    }
}
