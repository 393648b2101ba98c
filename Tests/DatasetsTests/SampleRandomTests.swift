import Datasets
import Testing

@Suite("Random numbers of a sample") struct SampleRandomTests {
    @Test("are the same on every machine")
    func pinned() {
        var random = SampleRandom(seed: 42, epoch: 3, index: 17)
        let numbers = (0..<3).map { _ in random.next() }
        #expect(numbers == [0x5CB0A269EEC5635C, 0x9D4F21E7E809CABC, 0x68F467BE3EAA27BC])
    }

    @Test("differ between seeds, epochs and samples")
    func differ() {
        var seen: Set<UInt64> = []
        for seed in UInt64(0)..<8 {
            for epoch in 0..<8 {
                for index in -1..<63 {
                    var random = SampleRandom(seed: seed, epoch: epoch, index: index)
                    seen.insert(random.next())
                }
            }
        }
        #expect(seen.count == 8 * 8 * 64)
    }

    @Test("spread evenly, and normally with variance 1")
    func distributions() {
        var random = SampleRandom(seed: 1)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<70_000 { counts[random.below(7)] += 1 }
        for count in counts { #expect(abs(count - 10_000) < 400) }
        let normal = (0..<100_000).map { _ in random.normal() }
        let mean = normal.reduce(0, +) / 100_000
        let variance = normal.reduce(0) { $0 + $1 * $1 } / 100_000
        #expect(abs(mean) < 0.02)
        #expect(abs(variance - 1) < 0.03)
    }

    @Test("put numbers in order so that none is lost")
    func permutation() {
        var random = SampleRandom(seed: 5)
        for count in [0, 1, 2, 17, 1000] {
            let order = random.permutation(of: count)
            #expect(order.sorted() == Array(0..<count))
        }
    }
}
