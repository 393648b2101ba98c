/// A quantity over the wavelengths 400 to 2500 nm: straight lines between a few control points.
struct Spectrum: Sendable {
    /// Control points in ascending order of wavelength (nanometres).
    let points: [(wavelength: Double, value: Double)]

    init(_ points: [(Double, Double)]) {
        self.points = points.map { (wavelength: $0.0, value: $0.1) }
    }

    /// The value at a wavelength; beyond the ends, the value of the end.
    func value(at wavelength: Double) -> Double {
        guard let upper = points.firstIndex(where: { $0.wavelength >= wavelength }) else {
            return points[points.count - 1].value
        }
        guard upper > 0 else { return points[0].value }
        let (left, right) = (points[upper - 1], points[upper])
        let fraction = (wavelength - left.wavelength) / (right.wavelength - left.wavelength)
        return left.value + fraction * (right.value - left.value)
    }
}

extension SensorBand {
    /// Relative response at a wavelength: 1 inside, one half at the published band edges, and edges that fall
    /// smoothly over a tenth of the band's width.
    func response(at wavelength: Double) -> Double {
        let halfEdge = 0.05 * (wavelengths.upperBound - wavelengths.lowerBound)
        let inside = min(wavelength - wavelengths.lowerBound, wavelengths.upperBound - wavelength)
        let step = min(max((inside + halfEdge) / (2 * halfEdge), 0), 1)
        return step * step * (3 - 2 * step)
    }
}

/// What sunlight, gases and materials are at every fifth nanometre from 350 to 2600, so that the bands of a sensor are
/// integrated quickly.
enum SpectralTable {
    static let first = 350.0
    static let step = 5.0
    static let count = 451

    /// Sunlight times what the gases let through.
    static let light = tabulated { SceneAtmosphere.sun.value(at: $0) * SceneAtmosphere.gases.value(at: $0) }
    /// Reflectance of each material.
    static let materials = SceneMaterial.allCases.map { material in
        let spectrum = material.reflectance
        return tabulated { spectrum.value(at: $0) }
    }

    private static func tabulated(_ value: (Double) -> Double) -> [Double] {
        (0..<count).map { value(first + Double($0) * step) }
    }

    /// The value of a table at a wavelength within its range.
    static func value(of table: [Double], at wavelength: Double) -> Double {
        let place = min(max((wavelength - first) / step, 0), Double(count - 2))
        let index = Int(place)
        return table[index] + (place - Double(index)) * (table[index + 1] - table[index])
    }
}

/// Wavelengths inside a band and how much sunlight it registers at each.
struct BandSamples {
    /// In nanometres.
    let wavelengths: [Double]
    /// Their sum is 1.
    let weights: [Double]

    init(_ band: SensorBand) {
        let width = band.wavelengths.upperBound - band.wavelengths.lowerBound
        let samples = 48
        let step = 1.1 * width / Double(samples)
        wavelengths = (0..<samples).map {
            band.wavelengths.lowerBound - 0.05 * width + (Double($0) + 0.5) * step
        }
        let light = wavelengths.map {
            SpectralTable.value(of: SpectralTable.light, at: $0) * band.response(at: $0)
        }
        let sum = light.reduce(0, +)
        weights = light.map { $0 / sum }
    }

    /// The mean of a table over the band.
    func mean(of table: [Double]) -> Double {
        var sum = 0.0
        for (wavelength, weight) in zip(wavelengths, weights) {
            sum += weight * SpectralTable.value(of: table, at: wavelength)
        }
        return sum
    }

    /// The mean of a function of the wavelength (nm) over the band.
    func mean(_ function: (Double) -> Double) -> Double {
        zip(wavelengths, weights).reduce(0) { $0 + $1.1 * function($1.0) }
    }
}
