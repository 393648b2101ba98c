import Foundation
import Sensors
import Testing

@Suite("Scene simulator")
struct SimulationTests {
    static let worldView = Result {
        try SceneSimulator(sensor: .worldView3, panSize: 512, seed: 1).render()
    }

    @Test("the same seed gives the same pixels, another seed gives others")
    func seeds() throws {
        let first = try SceneSimulator(sensor: .quickBird, panSize: 128, seed: 4).render()
        let again = try SceneSimulator(sensor: .quickBird, panSize: 128, seed: 4).render()
        let other = try SceneSimulator(sensor: .quickBird, panSize: 128, seed: 5).render()
        #expect(first.pan == again.pan && first.ms == again.ms && first.truth == again.truth)
        #expect(first.landCover == again.landCover)
        #expect(first.pan != other.pan && first.ms != other.ms && first.truth != other.truth)
    }

    @Test("a seed gives the same digital numbers on every machine")
    func checksum() throws {
        let scene = try SceneSimulator(sensor: .quickBird, panSize: 64, seed: 1).render()
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for value in scene.pan.values + scene.ms.values + scene.truth.values {
            hash = (hash ^ UInt64(value)) &* 0x100_0000_01B3
        }
        // FNV-1a over PAN, MS, truth. A change of the land, the optics or the noise changes it, nothing else may.
        #expect(hash == 7_241_275_679_478_781_673)
    }

    @Test("many renderings at once give the same pixels as one alone")
    func concurrency() async throws {
        let simulator = try SceneSimulator(sensor: .gaofen2, panSize: 128, seed: 77)
        let alone = simulator.render()
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let scene = simulator.render()
                    return scene.pan == alone.pan && scene.ms == alone.ms && scene.truth == alone.truth
                }
            }
            for await isSame in group { #expect(isSame) }
        }
    }

    @Test(
        "every sensor's digital numbers are integers in range, well exposed and hardly saturated",
        arguments: Sensor.all.map(\.name))
    func digitalNumbers(name: String) throws {
        let sensor = try #require(Sensor.named(name))
        let scene = try SceneSimulator(sensor: sensor, panSize: 256, seed: 11).render()
        #expect(scene.pan.bands == 1 && scene.pan.height == 256 && scene.pan.width == 256)
        #expect(scene.truth.bands == sensor.bands.count && scene.truth.height == 256)
        #expect(scene.ms.bands == sensor.bands.count && scene.ms.height == 256 / sensor.ratio)
        #expect(scene.landCover.count == 256 * 256)
        #expect(scene.msSampling == scene.panSampling * Double(sensor.ratio))
        var brightest = 0.0
        for image in [scene.pan, scene.ms, scene.truth] {
            #expect(image.values.allSatisfy { $0 == $0.rounded() && $0 >= 0 && $0 <= sensor.peak })
            for band in 0..<image.bands {
                let values = image.band(band).values
                #expect(Double(values.count { $0 == sensor.peak }) < 0.005 * Double(values.count))
                brightest = max(brightest, values.sorted()[values.count * 997 / 1000])
                #expect(Statistics.deviation(values) > 0.005 * sensor.peak)
            }
        }
        #expect(brightest > 0.7 * sensor.peak)
    }

    @Test(
        "MS is the truth, blurred by each band's MTF and sampled, within the noise",
        arguments: [SceneSimulator.Phase.toolbox, .cornerAligned])
    func multispectralFollowsTruth(phase: SceneSimulator.Phase) throws {
        let sensor = Sensor.worldView3
        let scene = try SceneSimulator(sensor: sensor, panSize: 512, seed: 3, phase: phase).render()
        let centre = phase == .toolbox ? 2.0 : 1.5
        #expect(scene.msOriginOffset == (phase == .toolbox ? 0.5 : 0))
        let inner = 5..<123
        for band in 0..<sensor.bands.count {
            let gain = sensor.bands[band].mtfGain
            let deviation = 4 * (-2 * log(gain)).squareRoot() / Double.pi
            let blurred = Statistics.sampled(
                scene.truth.band(band), rows: inner, ratio: 4, centre: centre, deviation: deviation)
            let seen = scene.ms.band(band).cropped(rows: inner, columns: inner).values
            #expect(Statistics.correlation(blurred, seen) > 0.99)
            let bias = Statistics.mean(seen) / Statistics.mean(blurred) - 1
            #expect(abs(bias) < 0.01)
            // The detector saw what the truth's largest number hides, so saturated surroundings do not count.
            var saturated = scene.truth.band(band)
            saturated.values = saturated.values.map { $0 == sensor.peak ? 1 : 0 }
            let hidden = Statistics.sampled(saturated, rows: inner, ratio: 4, centre: centre, deviation: deviation)
            // Shot noise of 60,000 electrons at full range, read noise, rounding.
            let spread = seen.indices.filter { hidden[$0] < 1e-9 }.map { pixel in
                let read = 0.0004 * sensor.peak
                let variance = read * read + blurred[pixel] * sensor.peak / 60_000 + 1.0 / 12
                return (seen[pixel] - blurred[pixel]) * (seen[pixel] - blurred[pixel]) / variance
            }
            #expect(spread.count > seen.count * 4 / 5)
            #expect((0.9...1.1).contains(Statistics.mean(spread)), "band \(band)")
        }
    }

    @Test("PAN correlates with the mean of the bands inside it, but is no linear combination of the bands")
    func panchromatic() throws {
        let scene = try Self.worldView.get()
        let inside = 1...5
        let mean = (0..<scene.truth.pixels).map { pixel in
            inside.reduce(0.0) { $0 + scene.truth.values[$1 * scene.truth.pixels + pixel] }
        }
        let correlation = Statistics.correlation(mean, scene.pan.values)
        #expect(correlation > 0.9)
        #expect(correlation < 0.9999)
    }

    @Test("bands are correlated, neighbours more than distant ones")
    func bandsDiffer() throws {
        let truth = try Self.worldView.get().truth
        let near = Statistics.correlation(truth.band(1).values, truth.band(2).values)
        let far = Statistics.correlation(truth.band(1).values, truth.band(6).values)
        #expect(near > 0.9 && near < 0.9999)
        #expect(far < near)
    }

    @Test("NDVI tells crops and trees from roofs and roads, and these from water")
    func vegetationIndex() throws {
        let scene = try Self.worldView.get()
        func index(of cover: LandCover) throws -> Double {
            let pixels = scene.landCover.indices.filter { scene.landCover[$0] == cover }
            try #require(pixels.count > 100, "no \(cover) in the scene")
            let values = pixels.map { pixel in
                let (red, infrared) = (
                    scene.truth.values[4 * scene.truth.pixels + pixel],
                    scene.truth.values[6 * scene.truth.pixels + pixel]
                )
                return (infrared - red) / (infrared + red)
            }
            return Statistics.mean(values)
        }
        let (trees, road, water) = (try index(of: .tree), try index(of: .road), try index(of: .water))
        #expect(trees > 0.4)
        #expect(try index(of: .meadow) > road + 0.1)
        #expect(trees > road + 0.2)
        #expect(road > water + 0.1)
        #expect(water < 0)
    }

    @Test("every scene has water and vegetation, most have roofs and roads")
    func variety() throws {
        var withRoofs = 0
        for seed in 0..<12 {
            let scene = try SceneSimulator(sensor: .ikonos, panSize: 256, seed: UInt64(seed)).render()
            let covers = Set(scene.landCover)
            #expect(covers.contains(.water) && covers.contains(.meadow), "seed \(seed)")
            #expect(!covers.isDisjoint(with: [.tree, .crop]), "seed \(seed)")
            if covers.isSuperset(of: [.building, .road]) { withRoofs += 1 }
        }
        #expect(withRoofs > 6)
    }

    @Test("pixels of PAN differ the more, the further apart they are")
    func detail() throws {
        let scene = try Self.worldView.get()
        let pan = Statistics.stepEnergy(scene.pan, step: 1)
        #expect(pan < Statistics.stepEnergy(scene.pan, step: 4))
        #expect(Statistics.stepEnergy(scene.pan, step: 4) < Statistics.stepEnergy(scene.pan, step: 16))
    }

    @Test("sizes that cannot be simulated are refused with a message")
    func refusedSizes() {
        #expect(throws: SceneSimulatorError.notMultipleOfRatio(panSize: 130, ratio: 4)) {
            try SceneSimulator(sensor: .worldView3, panSize: 130, seed: 1)
        }
        for size in [-4, 0, 60, 16388] {
            #expect(throws: SceneSimulatorError.sizeOutOfRange(panSize: size, allowed: 64...16384)) {
                try SceneSimulator(sensor: .worldView3, panSize: size, seed: 1)
            }
        }
        let message = SceneSimulatorError.notMultipleOfRatio(panSize: 130, ratio: 4).description
        #expect(message.contains("130") && message.contains("128") && message.contains("132"))
    }

    @Test("sensors and distances that cannot be simulated are refused with a message")
    func refusedSensors() {
        for sensor in [
            Sensor.unknown(bands: 0, ratio: 4, bits: 11), .unknown(bands: 4, ratio: 0, bits: 11),
            .unknown(bands: 4, ratio: 4, bits: 40),
        ] {
            #expect(throws: SceneSimulatorError.self) { try SceneSimulator(sensor: sensor, panSize: 64, seed: 1) }
        }
        for metres in [0, -1, .nan, .infinity] {
            #expect(throws: SceneSimulatorError.self) {
                try SceneSimulator(sensor: .quickBird, panSize: 64, seed: 1, panSampling: metres)
            }
        }
    }

    @Test("small scenes, odd ratios and unknown sensors work")
    func unusual() throws {
        for (sensor, size) in [
            (Sensor.worldView3, 64), (.landsat8, 66), (.unknown(bands: 3, ratio: 3, bits: 8), 96),
            (.unknown(bands: 12, ratio: 1, bits: 16), 65),
        ] {
            let scene = try SceneSimulator(sensor: sensor, panSize: size, seed: 2).render()
            #expect(scene.ms.bands == sensor.bands.count && scene.ms.width == size / sensor.ratio)
            #expect(Statistics.deviation(scene.pan.values) > 0)
        }
        #expect(try SceneSimulator(sensor: .landsat8, panSize: 64, seed: 2).render().msOriginOffset == 0.5)
    }
}
