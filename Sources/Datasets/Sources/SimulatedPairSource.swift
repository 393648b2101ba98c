import Sensors

/// Simulated pairs of pictures, see `PicturePairSimulator`.
public struct SimulatedPairSource: SampleSource {
    /// Pairs of an epoch.
    public let count: Int
    private let side: Int
    private let seed: @Sendable (Int, inout SampleRandom) -> UInt64

    /// Both pictures have the same size.
    public var ratio: Int { 1 }

    /// Pairs of one size.
    ///
    /// - Parameters:
    ///   - count: pairs of an epoch.
    ///   - side: rows and columns.
    ///   - seed: decides the pair of an index. From the random numbers, each epoch has new pairs; from the index, all have
    ///     the same.
    public init(count: Int, side: Int, seed: @escaping @Sendable (Int, inout SampleRandom) -> UInt64) {
        (self.count, self.side, self.seed) = (count, side, seed)
    }

    /// Makes a pair.
    public func sample(_ index: Int, random: inout SampleRandom) -> Sample {
        let simulator = PicturePairSimulator(side: side, seed: seed(index, &random))
        let pair = simulator.render()
        func image(_ values: [Float]) -> SampleImage { .init(bands: 1, height: side, width: side, values: values) }
        return Sample(
            images: [.first: image(pair.first), .second: image(pair.second)],
            name: "simulated pair \(index) (seed \(simulator.seed))")
    }
}
