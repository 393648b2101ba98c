import Datasets
import Sensors
import Testing

@Suite("Mixtures, splits and simulated scenes") struct CompositionTests {
    @Test("a mixture gives each source its share")
    func shares() throws {
        let few = SampleSubset(MadeUpSource(count: 90), indices: [80, 81])
        let mixture = try MixtureSource(
            [(MadeUpSource(count: 3), 1), (few, 3)], count: 400)
        let names = try (0..<400).map { try mixture.sample($0).name }
        let counts = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
        #expect(Set(counts.keys) == ["made up 0", "made up 1", "made up 2", "made up 80", "made up 81"])
        let second = (counts["made up 80"] ?? 0) + (counts["made up 81"] ?? 0)
        #expect(second == 300)
        #expect(mixture.group(of: 0) == mixture.group(of: 399))
    }

    @Test("a mixture keeps sources apart in batches when asked, and refuses what can't be mixed")
    func mixtureGroups() throws {
        let parts: [(source: any SampleSource, weight: Double)] = [
            (MadeUpSource(count: 3), 1), (MadeUpSource(count: 5), 1),
        ]
        let apart = try MixtureSource(parts, count: 10, mixesBatches: false)
        #expect((0..<10).map { apart.group(of: $0) } == [0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
        let pictures = SimulatedSource(count: 1, ratio: 1) { _, _ in throw CancellationError() }
        let wrong: [[(source: any SampleSource, weight: Double)]] = [
            [], [(MadeUpSource(count: 3), 0)], [(MadeUpSource(count: 3), 1), (pictures, 1)],
            [(MadeUpSource(count: 0), 1)], [(MadeUpSource(count: 9, groups: 2), 1)], [(MadeUpSource(count: 3), .nan)],
        ]
        for parts in wrong {
            #expect(datasetError { _ = try MixtureSource(parts, count: 10) }?.code == .setting)
        }
    }

    @Test("joined sources give each sample once, in their order")
    func joined() throws {
        let sizes = [3, 0, 1, 5]
        let joined = try JoinedSource(sizes.map { MadeUpSource(count: $0) })
        let names = try (0..<joined.count).map { try joined.sample($0).name }
        #expect(names == sizes.flatMap { size in (0..<size).map { "made up \($0)" } })
        let grouped = try JoinedSource([MadeUpSource(count: 3), MadeUpSource(count: 3, groups: 2)])
        #expect((0..<6).map { grouped.group(of: $0) } == [0, 0, 0, 0, 1, 0])
        let pictures = SimulatedSource(count: 1, ratio: 1) { _, _ in throw CancellationError() }
        #expect(datasetError { _ = try JoinedSource([]) }?.code == .setting)
        #expect(datasetError { _ = try JoinedSource([pictures, MadeUpSource(count: 1)]) }?.code == .setting)
    }

    @Test("a random split shares all samples out, the same for the same seed")
    func split() throws {
        let source = MadeUpSource(count: 50)
        let (training, validation) = try source.split(validation: 0.2, seed: 4)
        #expect(validation.count == 10)
        #expect((training.indices + validation.indices).sorted() == Array(0..<50))
        #expect(try source.split(validation: 0.2, seed: 4).validation.indices == validation.indices)
        #expect(try source.split(validation: 0.2, seed: 5).validation.indices != validation.indices)
        #expect(try validation.sample(3).name == "made up \(validation.indices[3])")
        let last = try source.split(lastForValidation: 5)
        #expect(last.validation.indices == Array(45..<50) && last.training.count == 45)
        #expect(try MadeUpSource(count: 2).split(validation: 0.01, seed: 0).validation.count == 1)
        #expect(datasetError { _ = try MadeUpSource(count: 1).split(validation: 0.5, seed: 0) }?.code == .setting)
        #expect(datasetError { _ = try source.split(validation: 1, seed: 0) }?.code == .setting)
        #expect(datasetError { _ = try source.split(lastForValidation: 50) }?.code == .setting)
    }

    @Test("simulated scenes follow from their random numbers, with the truth that the simulator knows")
    func simulated() throws {
        let source = SimulatedSource(count: 4, ratio: 4) { _, random in
            try SceneSimulator(sensor: .worldView3, panSize: 64, seed: random.next())
        }
        let sample = try source.sample(1)
        #expect(sample == (try source.sample(1)))
        #expect(sample != (try source.sample(2)))
        #expect(sample.images[.ms]?.size == "8 × 16 × 16")
        #expect(sample.images[.pan]?.size == "1 × 64 × 64")
        let reference = try #require(sample.images[.reference])
        #expect(reference.size == "8 × 64 × 64")
        let largest = reference.values.max() ?? 0
        #expect(largest > 0.5 && largest <= 1)
    }

    @Test("a simulated sensor of another ratio is refused")
    func otherRatio() throws {
        let source = SimulatedSource(count: 4, ratio: 2) { _, _ in
            try SceneSimulator(sensor: .worldView3, panSize: 64, seed: 1)
        }
        #expect(datasetError { _ = try source.sample(0) }?.code == .setting)
    }
}
