extension Sensor {
    /// A made-up sensor, so that what is trained on simulated scenes does not depend on those in the table.
    ///
    /// 3 to 8 bands between 400 and 1000 nm, of which one may lie in the shortwave infrared, in ascending order; gains
    /// at Nyquist of 0.15 to 0.4, of PAN 0.1 to 0.2; 8 to 16 bits; PAN covers a range within 400 to 950 nm.
    ///
    /// - Parameters:
    ///   - seed: the same seed gives the same sensor.
    ///   - bands: number of multispectral bands, 1 to 16; drawn when nil.
    ///   - ratio: size of a multispectral pixel in PAN pixels; 2, 3 or 4 when nil.
    public static func random(seed: UInt64, bands: Int? = nil, ratio: Int? = nil) -> Sensor {
        var random = SceneRandom(seed: seed, stream: 0x7365_6E73)
        let drawnBands = 3 + Int(random.unit() * 6)
        let drawnRatio = random.pick([2, 3, 4, 4])
        let count = Swift.min(Swift.max(bands ?? drawnBands, 1), 16)
        let inShortwave = random.chance(0.15) && count > 3
        let visible = inShortwave ? count - 1 : count
        // Centres spread over the range, each within its share of it, so that bands differ but may overlap.
        let (lowest, highest) = (random.uniform(420...480), random.uniform(780...940))
        let share = (highest - lowest) / Double(Swift.max(visible - 1, 1))
        let level = random.uniform(0.15...0.4)
        func gain() -> Double { Swift.min(Swift.max(level + random.uniform(-0.04...0.04), 0.15), 0.4) }
        var ranges = (0..<visible).map { index -> ClosedRange<Double> in
            let place = lowest + (Double(index) + random.uniform(-0.3...0.3)) * share
            let centre = Swift.min(Swift.max(place, 430), 960)
            let half = random.uniform(12...60)
            return Swift.max(centre - half, 400)...Swift.min(centre + half, 1000)
        }
        if inShortwave {
            let centre = random.pick([1240.0, 1640, 2200]) + random.uniform(-20...20)
            let half = random.uniform(20...60)
            ranges.append(centre - half...centre + half)
        }
        ranges.sort { $0.lowerBound + $0.upperBound < $1.lowerBound + $1.upperBound }
        let made = ranges.enumerated().map { index, range in
            SensorBand(name: "Band \(index + 1)", wavelengths: range, mtfGain: gain())
        }
        let panRange = random.uniform(400...530)...random.uniform(670...950)
        let bits = random.pick([8, 10, 11, 11, 11, 12, 12, 14, 16])
        return Sensor(
            name: "random", title: "made-up sensor \(seed)", aliases: [], bands: made,
            panchromatic: SensorBand(name: "PAN", wavelengths: panRange, mtfGain: random.uniform(0.1...0.2)),
            ratio: ratio ?? drawnRatio, bits: bits)
    }
}
