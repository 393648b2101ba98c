import Foundation

/// Keeps samples that are the same whenever they are asked for, so that each is made once.
///
/// `@unchecked Sendable`: what changes is touched under `lock` only.
public final class KeptSource: SampleSource, @unchecked Sendable {
    private let source: any SampleSource
    private let mostBytes: Int
    private let lock = NSLock()
    private var samples: [Int: Sample] = [:]
    private var bytes = 0

    /// - Parameters:
    ///   - source: draws nothing from the random numbers that it is given.
    ///   - bytes: memory for samples; those that find no room are made again each time.
    public init(_ source: any SampleSource, bytes: Int) { (self.source, mostBytes) = (source, bytes) }

    /// Samples of an epoch.
    public var count: Int { source.count }
    /// That of the source.
    public var ratio: Int { source.ratio }
    /// That of the source.
    public func group(of index: Int) -> Int { source.group(of: index) }

    /// A sample that was kept, or a new one.
    ///
    /// - Throws: what the source throws.
    public func sample(_ index: Int, random: inout SampleRandom) throws -> Sample {
        if let kept = lock.withLock({ samples[index] }) { return kept }
        let sample = try source.sample(index, random: &random)
        let size = sample.images.values.reduce(0) { $0 + $1.values.count * MemoryLayout<Float>.stride }
        lock.withLock {
            guard samples[index] == nil, bytes + size <= mostBytes else { return }
            samples[index] = sample
            bytes += size
        }
        return sample
    }
}
