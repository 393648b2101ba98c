extension Augmentation {
    /// Roles in a fixed order, so that random numbers are drawn in it.
    private static func roles(of sample: Sample) -> [SampleRole] {
        SampleRole.allCases.filter { sample.images[$0] != nil }
    }

    /// A number about 1.
    private static func factor(_ spread: Double, _ random: inout SampleRandom) -> Float {
        Float(random.uniform(1 - spread...1 + spread))
    }

    /// One factor for everything.
    func scale(_ sample: inout Sample, random: inout SampleRandom) {
        let factor = Self.factor(gain, &random)
        for role in sample.images.keys { sample.images[role]?.multiply(by: { _ in factor }) }
    }

    /// A factor for each band.
    func scaleBands(_ sample: inout Sample, random: inout SampleRandom) {
        let bands = sample.images[.ms]?.bands ?? sample.images[.reference]?.bands ?? 0
        let factors = (0..<bands).map { _ in Self.factor(bandJitter, &random) }
        for role in [SampleRole.ms, .reference] { sample.images[role]?.multiply { factors[$0] } }
        for role in [SampleRole.first, .second] where sample.images[role] != nil {
            let factor = Self.factor(bandJitter, &random)
            sample.images[role]?.multiply { _ in factor }
        }
    }

    /// Noise on everything but the truth.
    func addNoise(_ sample: inout Sample, random: inout SampleRandom) {
        for role in Self.roles(of: sample) where role != .reference {
            sample.images[role]?.add(noise: Float(noise), &random)
        }
    }
}

extension SampleImage {
    /// Multiplies each band by its factor.
    fileprivate mutating func multiply(by factor: (_ band: Int) -> Float) {
        for band in 0..<bands {
            let factor = factor(band)
            for index in band * pixels..<(band + 1) * pixels { values[index] *= factor }
        }
    }

    /// Adds noise of a standard deviation.
    fileprivate mutating func add(noise deviation: Float, _ random: inout SampleRandom) {
        for index in values.indices { values[index] += deviation * Float(random.normal()) }
    }
}
