import Sensors

/// Simulated scenes, whose truth at full resolution is known.
///
///     let source = SimulatedSource(count: 1000, ratio: 4) { _, random in
///         try SceneSimulator(sensor: .worldView3, panSize: 256, seed: random.next())
///     }
public struct SimulatedSource: SampleSource {
    /// Scenes of an epoch.
    public let count: Int
    /// Size of a multispectral pixel in PAN pixels.
    public let ratio: Int
    private let groups: @Sendable (Int) -> Int
    private let simulator: @Sendable (Int, inout SampleRandom) throws -> SceneSimulator

    /// Scenes that a function describes.
    ///
    /// - Parameters:
    ///   - count: scenes of an epoch.
    ///   - ratio: that of every sensor.
    ///   - groups: a number for each index; scenes of one number have bands and sizes of one number and may share a batch.
    ///   - simulator: describes the scene of an index. With a seed from the random numbers, each epoch has new scenes;
    ///     with one that follows from the index, all have the same.
    public init(
        count: Int, ratio: Int, groups: @escaping @Sendable (Int) -> Int = { _ in 0 },
        simulator: @escaping @Sendable (Int, inout SampleRandom) throws -> SceneSimulator
    ) {
        (self.count, self.ratio, self.groups, self.simulator) = (count, ratio, groups, simulator)
    }

    /// What the source was told.
    public func group(of index: Int) -> Int { groups(index) }

    /// Renders a scene.
    ///
    /// - Throws: what the function threw, ``DatasetError/Code/setting`` for a sensor of another ratio.
    public func sample(_ index: Int, random: inout SampleRandom) throws -> Sample {
        let simulator = try simulator(index, &random)
        let sensor = simulator.sensor
        guard sensor.ratio == ratio else {
            throw DatasetError(
                .setting, "simulated scene \(index)",
                "its sensor \(sensor.name) has the ratio \(sensor.ratio), not \(ratio).",
                remedy: "Simulate sensors of one ratio.")
        }
        let scene = simulator.render()
        return Sample(
            images: [
                .ms: SampleImage(scene.ms, peak: sensor.peak), .pan: SampleImage(scene.pan, peak: sensor.peak),
                .reference: SampleImage(scene.truth, peak: sensor.peak),
            ],
            name: "simulated scene \(index) (seed \(simulator.seed))")
    }
}
