import Datasets
import Foundation
import Testing

@Suite("Sample loader") struct SampleLoaderTests {
    private let augmentation = Augmentation(flips: true, turns: true, crop: 4, gain: 0.2, bandJitter: 0.1, noise: 0.1)

    private func batches(
        _ source: MadeUpSource, batchSize: Int = 6, workers: Int, epoch: Int = 1, from step: Int = 0,
        dropsLast: Bool = false, part: (Int, Int) = (0, 1), shuffles: Bool = true
    ) throws -> [Batch] {
        let loader = try SampleLoader(
            source, augmentation: augmentation, batchSize: batchSize, seed: 9, shuffles: shuffles, workers: workers,
            dropsLast: dropsLast, part: part)
        return try all(loader.batches(epoch: epoch, from: step))
    }

    @Test("gives the same batches with 0, 1 and 3 workers")
    func workers() throws {
        let source = MadeUpSource(count: 50)
        let plain = try batches(source, workers: 0)
        #expect(plain.count == 9)
        for workers in [1, 3] {
            let other = try batches(source, workers: workers)
            #expect(other.map(\.indices) == plain.map(\.indices))
            #expect(other.map(\.images) == plain.map(\.images))
        }
    }

    @Test("puts samples in the shape of a batch")
    func shape() throws {
        let batch = try #require(try batches(MadeUpSource(count: 6), workers: 0).first)
        #expect(batch.images[.ms]?.shape == [6, 1, 1, 1])
        #expect(batch.images[.pan]?.shape == [6, 1, 4, 4])
        #expect(batch.images[.pan]?.values.count == 96)
        #expect(batch.names == batch.indices.map { "made up \($0)" })
    }

    @Test("shows each sample once an epoch, in another order each time, or in the source's")
    func order() throws {
        let source = MadeUpSource(count: 20)
        let orders = try (0..<3).map { try batches(source, workers: 1, epoch: $0).flatMap(\.indices) }
        for order in orders { #expect(order.sorted() == Array(0..<20)) }
        #expect(Set(orders).count == 3)
        let plain = try batches(source, workers: 1, shuffles: false).flatMap(\.indices)
        #expect(plain == Array(0..<20))
    }

    @Test("draws other numbers for a sample in another epoch")
    func epochs() throws {
        let source = MadeUpSource(count: 4)
        let first = try batches(source, workers: 0, epoch: 0, shuffles: false)
        let second = try batches(source, workers: 0, epoch: 1, shuffles: false)
        #expect(first[0].indices == second[0].indices)
        #expect(first[0].images != second[0].images)
    }

    @Test("goes on within an epoch exactly where it was left", arguments: [0, 1, 4, 8, 9, 12])
    func continuation(step: Int) throws {
        let source = MadeUpSource(count: 50)
        let whole = try batches(source, workers: 0)
        let rest = try batches(source, workers: 2, from: step)
        #expect(rest.map(\.images) == whole.dropFirst(step).map(\.images))
        #expect(rest.map(\.indices) == whole.dropFirst(step).map(\.indices))
    }

    @Test("shares each batch among processes so that the parts make up the whole", arguments: [2, 3, 6])
    func parts(of count: Int) throws {
        for dropsLast in [true, false] {
            let source = MadeUpSource(count: 47)
            let whole = try batches(source, workers: 0, dropsLast: dropsLast)
            let parts = try (0..<count).map { part in
                try batches(source, workers: 1, dropsLast: dropsLast, part: (part, count))
            }
            for step in whole.indices {
                #expect(parts.flatMap { $0[step].indices } == whole[step].indices)
                let values = parts.flatMap { $0[step].images[.pan]?.values ?? [] }
                #expect(values == whole[step].images[.pan]?.values)
            }
            for part in parts {
                #expect(part.count == whole.count)
                if dropsLast { #expect(part.allSatisfy { $0.indices.count == 6 / count }) }
            }
        }
    }

    @Test("leaves out or keeps the incomplete batch, and says before how many there are")
    func incomplete() throws {
        for (count, kept, dropped) in [(12, 2, 2), (13, 3, 2), (17, 3, 2)] {
            let source = MadeUpSource(count: count)
            for (dropsLast, expected) in [(false, kept), (true, dropped)] {
                let loader = try SampleLoader(source, batchSize: 6, seed: 0, workers: 1, dropsLast: dropsLast)
                #expect(loader.batchesPerEpoch == expected)
                #expect(try all(loader.batches(epoch: 0)).count == expected)
            }
        }
    }

    @Test("never puts samples of two groups into a batch")
    func groups() throws {
        let source = MadeUpSource(count: 50, groups: 3)
        let whole = try batches(source, workers: 2)
        #expect(whole.count == 9)
        #expect(whole.flatMap(\.indices).sorted() == Array(0..<50))
        for batch in whole { #expect(Set(batch.indices.map { $0 % 3 }).count == 1) }
        let complete = try batches(source, workers: 2, dropsLast: true)
        #expect(complete.count == 6)
    }

    @Test("makes samples that are kept once, as far as memory goes")
    func kept() throws {
        // A sample has 4 + 64 numbers of 4 bytes.
        for (bytes, made) in [(1 << 20, 10), (5 * 272, 10 + 5), (0, 20)] {
            let source = MadeUpSource(count: 10)
            let loader = try SampleLoader(KeptSource(source, bytes: bytes), batchSize: 5, seed: 0, workers: 2)
            for epoch in 0..<2 {
                let batches = loader.batches(epoch: epoch)
                var seen: Set<Int> = []
                while let batch = try batches.next() { seen.formUnion(batch.indices) }
                #expect(seen.count == 10)
            }
            #expect(source.madeCount == made, "\(bytes) bytes")
        }
    }

    @Test("throws what the source threw, after the batches before it, and again", arguments: [0, 1, 3])
    func failure(workers: Int) throws {
        let source = MadeUpSource(count: 60, failing: [33, 34, 51])
        let loader = try SampleLoader(source, batchSize: 5, seed: 0, shuffles: false, workers: workers)
        let batches = loader.batches(epoch: 0)
        for step in 0..<6 { #expect(try batches.next()?.indices.first == step * 5) }
        for _ in 0..<2 {
            #expect(throws: MadeUpSource.Failure(index: 33)) { _ = try batches.next() }
        }
        #expect(batches.step == 6)
    }

    @Test("keeps no more than two batches a worker ahead")
    func bounded() throws {
        let source = MadeUpSource(count: 400)
        let loader = try SampleLoader(source, batchSize: 4, seed: 0, workers: 3)
        let batches = loader.batches(epoch: 0)
        for taken in 1...3 {
            _ = try batches.next()
            // The workers fill what they may, and then rest.
            let most = (taken + 6) * 4
            for _ in 0..<200 where source.madeCount < most { Thread.sleep(forTimeInterval: 0.01) }
            Thread.sleep(forTimeInterval: 0.05)
            #expect(source.madeCount == most)
        }
    }

    @Test("ends its threads when the batches are dropped", arguments: [0, 1, 40])
    func ends(taken: Int) throws {
        weak var watched: MadeUpSource?
        var made = 0
        do {
            let source = MadeUpSource(count: 160)
            watched = source
            let loader = try SampleLoader(source, batchSize: 4, seed: 0, workers: 3)
            var batches: SampleBatches? = loader.batches(epoch: 0)
            for _ in 0..<taken { _ = try batches?.next() }
            batches = nil
            made = source.madeCount
            Thread.sleep(forTimeInterval: 0.05)
            #expect(source.madeCount == made)
        }
        // A thread lets go of the source a moment after it has said that it is done.
        for _ in 0..<500 where watched != nil { Thread.sleep(forTimeInterval: 0.01) }
        #expect(watched == nil)
    }

    @Test("names the sample whose shape is another than the rest of its batch")
    func shapes() throws {
        let source = SampleSubset(MixedSizes(), indices: [0, 1])
        let loader = try SampleLoader(source, batchSize: 2, seed: 0, shuffles: false, workers: 1)
        let error = datasetError { _ = try loader.batches(epoch: 0).next() }
        #expect(error?.code == .shape && error?.place == "picture 1")
        #expect(error?.description.contains("1 × 5 × 4") == true)
    }

    private struct MixedSizes: SampleSource {
        let count = 2
        let ratio = 1

        func sample(_ index: Int, random: inout SampleRandom) throws -> Sample {
            let image = SampleImage(bands: 1, height: 4 + index, width: 4) { _, _, _ in 0 }
            return Sample(images: [.first: image], name: "picture \(index)")
        }
    }

    @Test("refuses settings that make no sense")
    func settings() throws {
        let source = MadeUpSource(count: 3)
        let wrong: [(Int, Int, (Int, Int), Bool)] = [
            (0, 0, (0, 1), false), (1, -1, (0, 1), false), (4, 1, (0, 3), false), (4, 1, (2, 2), false),
            (4, 1, (0, 1), true),
        ]
        for (batchSize, workers, part, dropsLast) in wrong {
            let error = datasetError {
                _ = try SampleLoader(
                    source, batchSize: batchSize, seed: 0, workers: workers, dropsLast: dropsLast, part: part)
            }
            #expect(error?.code == .setting)
        }
        let empty = MadeUpSource(count: 0)
        #expect(datasetError { _ = try SampleLoader(empty, batchSize: 1, seed: 0) }?.code == .empty)
    }
}
