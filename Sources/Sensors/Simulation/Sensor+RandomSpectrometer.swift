extension Sensor {
    /// Wavelengths (nm) at which water vapour leaves so little light that nobody delivers bands.
    private static let darkWavelengths: [ClosedRange<Double>] = [1340...1480, 1790...1980]

    /// A made-up imaging spectrometer, some bands of it, beside a panchromatic camera.
    ///
    /// Bands are 5 to 15 nm wide and lie anywhere between 400 and 720, 1000 or 2450 nm, in ascending order. Those where water
    /// vapour lets nothing through are moved to the next place with light, so two may be the same. Gains at Nyquist are 0.2
    /// to 0.38, of PAN 0.1 to 0.2; samples have 12 to 16 bits; PAN covers a range within 400 to 900 nm.
    ///
    /// - Parameters:
    ///   - seed: the same seed gives the same sensor.
    ///   - bands: number of bands, 1 or more.
    ///   - ratio: size of a spectrometer's pixel in PAN pixels.
    public static func randomSpectrometer(seed: UInt64, bands: Int, ratio: Int) -> Sensor {
        var random = SceneRandom(seed: seed, stream: 0x7370_6563)
        let end = random.pick([720.0, 1000, 1000, 2450, 2450])
        let half = random.uniform(2.5...7.5)
        let gain = random.uniform(0.2...0.38)
        let count = max(bands, 1)
        let share = (end - 410) / Double(count)
        let made = (0..<count).map { index in
            // One in each share of the range, so that they come in order.
            let start = 410 + Double(index) * share
            var centre = random.uniform(start...start + share)
            if let dark = darkWavelengths.first(where: { $0.contains(centre) }) {
                let isNearStart = centre - dark.lowerBound < dark.upperBound - centre
                centre = isNearStart ? dark.lowerBound - half : dark.upperBound + half
            }
            return SensorBand(name: "\(Int(centre)) nm", wavelengths: centre - half...centre + half, mtfGain: gain)
        }
        let panRange = random.uniform(400...500)...random.uniform(680...900)
        return Sensor(
            name: "random-spectrometer", title: "made-up spectrometer \(seed)", aliases: [],
            bands: made.sorted { $0.wavelengths.lowerBound < $1.wavelengths.lowerBound },
            panchromatic: SensorBand(name: "PAN", wavelengths: panRange, mtfGain: random.uniform(0.1...0.2)),
            ratio: ratio, bits: random.pick([12, 12, 14, 16]))
    }
}
