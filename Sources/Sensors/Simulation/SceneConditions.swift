/// What a scene shows besides its seed and sensor: the land, the weather, and what the instrument gets wrong.
public struct SceneConditions: Sendable, Hashable {
    /// The kind of land.
    public var land: SceneLand
    /// Share of the scene below clouds, 0 to 1; their shadows cover about as much again.
    public var clouds: Double
    /// Aerosol optical depth at 550 nm, 0 to 2; 0.05 is a clear day, 0.5 a hazy one. Nil: drawn between 0.05 and 0.25.
    public var haze: Double?
    /// Noise of the detectors relative to that of a good instrument, 0 to 20.
    public var noise: Double
    /// How far the multispectral image lies from where its grid says, in PAN pixels to the right and downwards; each at
    /// most half a multispectral pixel.
    public var misregistration: Misregistration
    /// How far single bands lie from the others, in PAN pixels: each by as much to any side; 0 to a quarter of a
    /// multispectral pixel.
    public var bandMisregistration: Double
    /// Part of the range that the brightest band's 99.8th percentile reaches, 0.01 to 1.
    public var exposure: Double
    /// How unlike the radiometric gains of the bands are: each is multiplied with a number between 1 − spread and
    /// 1 + spread; 0 to 0.9.
    public var gainSpread: Double

    /// A displacement in PAN pixels.
    public struct Misregistration: Sendable, Hashable {
        /// To the right.
        public var x: Double
        /// Downwards.
        public var y: Double

        /// A displacement in PAN pixels.
        public init(x: Double, y: Double) { (self.x, self.y) = (x, y) }

        /// None.
        public static let none = Misregistration(x: 0, y: 0)
    }

    /// A cloudless scene in perfect registration, unless something else is said.
    public init(
        land: SceneLand = .mixed, clouds: Double = 0, haze: Double? = nil, noise: Double = 1,
        misregistration: Misregistration = .none, bandMisregistration: Double = 0, exposure: Double = 0.85,
        gainSpread: Double = 0
    ) {
        self.land = land
        self.clouds = clouds
        self.haze = haze
        self.noise = noise
        self.misregistration = misregistration
        self.bandMisregistration = bandMisregistration
        self.exposure = exposure
        self.gainSpread = gainSpread
    }

    /// Conditions as they may be met: every kind of land, clouds in one scene of eight, more or less haze and noise,
    /// misregistration up to half a multispectral pixel in one of two.
    ///
    /// - Parameters:
    ///   - seed: the same seed gives the same conditions.
    ///   - ratio: size of a multispectral pixel in PAN pixels.
    public static func random(seed: UInt64, ratio: Int) -> SceneConditions {
        var random = SceneRandom(seed: seed, stream: 0x636F_6E64)
        var conditions = SceneConditions(land: random.pick(SceneLand.allCases))
        if random.chance(0.125) { conditions.clouds = random.uniform(0.05...0.5) }
        conditions.haze = random.uniform(0.04...0.3) * (random.chance(0.15) ? 2 : 1)
        // Most instruments are good, a few are bad.
        let quality = random.unit()
        conditions.noise = 0.5 + 3.5 * quality * quality
        let largest = random.chance(0.5) ? Double(ratio) / 2 : 0.1
        conditions.misregistration = Misregistration(
            x: random.uniform(-largest...largest), y: random.uniform(-largest...largest))
        conditions.bandMisregistration = random.chance(0.5) ? random.uniform(0...0.15) * Double(ratio) : 0
        conditions.exposure = random.uniform(0.3...0.95)
        conditions.gainSpread = random.uniform(0...0.35)
        return conditions
    }

    func check(ratio: Int) throws(SceneSimulatorError) {
        func refuse(_ name: String, _ value: Double, _ allowed: ClosedRange<Double>) throws(SceneSimulatorError) {
            guard allowed.contains(value) else {
                throw .conditionOutOfRange(name: name, value: value, allowed: allowed)
            }
        }
        try refuse("share of clouds", clouds, 0...1)
        if let haze { try refuse("haze", haze, 0...2) }
        try refuse("noise", noise, 0...20)
        try refuse("spread of gains", gainSpread, 0...0.9)
        try refuse("exposure", exposure, 0.01...1)
        let half = Double(ratio) / 2
        try refuse("misregistration of bands", bandMisregistration, 0...half / 2)
        try refuse("misregistration to the right", misregistration.x, -half...half)
        try refuse("misregistration downwards", misregistration.y, -half...half)
    }
}
