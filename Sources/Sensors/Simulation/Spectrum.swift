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
