import Datasets
import Synchronization

/// Samples that tell their index and the random numbers that they were given; watches who makes them.
final class MadeUpSource: SampleSource {
    struct Failure: Error, Equatable {
        let index: Int
    }

    let count: Int
    let ratio = 4
    /// Indices that fail.
    let failing: Set<Int>
    /// Samples of one group share a batch.
    let groups: Int
    private let made = Mutex(0)

    init(count: Int, failing: Set<Int> = [], groups: Int = 1) {
        (self.count, self.failing, self.groups) = (count, failing, groups)
    }

    /// How many samples were made.
    var madeCount: Int { made.withLock { $0 } }

    func group(of index: Int) -> Int { index % groups }

    func sample(_ index: Int, random: inout SampleRandom) throws -> Sample {
        made.withLock { $0 += 1 }
        if failing.contains(index) { throw Failure(index: index) }
        let drawn = Float(random.unit())
        let bands = 1 + group(of: index)
        let ms = SampleImage(bands: bands, height: 2, width: 2) { Float(index) + Float($0 + $1 + $2) }
        let pan = SampleImage(bands: 1, height: 8, width: 8) { drawn + Float($0 + $1 + $2) }
        return Sample(images: [.ms: ms, .pan: pan], name: "made up \(index)")
    }
}
