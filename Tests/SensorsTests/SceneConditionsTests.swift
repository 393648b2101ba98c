import Foundation
import Sensors
import Testing

@Suite("Conditions of simulated scenes")
struct SceneConditionsTests {
    private func scene(
        _ conditions: SceneConditions, sensor: Sensor = .ikonos, size: Int = 256, seed: UInt64 = 5
    ) throws -> SimulatedScene {
        try SceneSimulator(sensor: sensor, panSize: size, seed: seed, conditions: conditions).render()
    }

    @Test("a part of a scene has the bits that it has in the whole", arguments: SceneLand.allCases)
    func parts(land: SceneLand) throws {
        let conditions = SceneConditions(
            land: land, clouds: 0.3, misregistration: .init(x: 1.5, y: -2), gainSpread: 0.2)
        let simulator = try SceneSimulator(sensor: .ikonos, panSize: 320, seed: 8, conditions: conditions)
        let rendering = simulator.layOut()
        #expect(rendering.tiles == [PixelRegion(rows: 0..<320, columns: 0..<320)])
        let whole = simulator.render()
        for (rows, columns) in [(0..<64, 0..<96), (128..<256, 100..<320), (300..<320, 4..<8)] {
            let part = rendering.render(PixelRegion(rows: rows, columns: columns))
            #expect(part.pan == whole.pan.cropped(rows: rows, columns: columns))
            #expect(part.truth == whole.truth.cropped(rows: rows, columns: columns))
            let (coarseRows, coarseColumns) = (
                rows.lowerBound / 4..<rows.upperBound / 4, columns.lowerBound / 4..<columns.upperBound / 4
            )
            #expect(part.ms == whole.ms.cropped(rows: coarseRows, columns: coarseColumns))
            let cover = rows.flatMap { whole.landCover[$0 * 320 + columns.lowerBound..<$0 * 320 + columns.upperBound] }
            #expect(part.landCover == cover)
        }
    }

    @Test("a scene of many tiles is put together from them, and exposed like a small one")
    func tiles() throws {
        let simulator = try SceneSimulator(sensor: .landsat8, panSize: 1088, seed: 2)
        let rendering = simulator.layOut()
        #expect(rendering.tiles.count == 4)
        #expect(rendering.tiles.reduce(0) { $0 + $1.pixels } == 1088 * 1088)
        let whole = simulator.render()
        let across = PixelRegion(rows: 1000..<1060, columns: 1010..<1050)
        let part = rendering.render(across)
        #expect(part.pan == whole.pan.cropped(rows: across.rows, columns: across.columns))
        #expect(part.truth == whole.truth.cropped(rows: across.rows, columns: across.columns))
        let brightest = whole.truth.values.sorted()[whole.truth.values.count * 999 / 1000]
        #expect((0.5...1).contains(brightest / Sensor.landsat8.peak))
    }

    @Test("each kind of land shows what its name says")
    func lands() throws {
        func share(_ land: SceneLand, _ covers: Set<LandCover>) throws -> Double {
            let shares = try (0..<3).map { seed -> Double in
                let cover = try scene(SceneConditions(land: land), size: 512, seed: UInt64(seed)).landCover
                return Double(cover.count { covers.contains($0) }) / Double(cover.count)
            }
            return Statistics.mean(shares)
        }
        let green: Set<LandCover> = [.meadow, .crop, .tree, .bareSoil]
        #expect(try share(.rural, green) > 0.8)
        let cityBuildings = try share(.city, [.building])
        let suburbBuildings = try share(.suburban, [.building])
        let ruralBuildings = try share(.rural, [.building])
        #expect(cityBuildings > 0.15)
        #expect(suburbBuildings > 0.05 && suburbBuildings < cityBuildings)
        #expect(ruralBuildings < suburbBuildings)
        #expect(try share(.industrial, [.building, .pavement, .vehicle, .road]) > 0.4)
        #expect(try share(.coast, [.water]) > 0.1)
        #expect(try share(.mountain, [.rock, .snow]) > 0.1)
    }

    @Test("clouds cover about the share that was asked for, and throw shadows")
    func clouds() throws {
        var covered: [Double] = []
        for seed in 0..<6 {
            let clear = try scene(SceneConditions(gainSpread: 0), seed: UInt64(seed))
            let cloudy = try scene(SceneConditions(clouds: 0.3), seed: UInt64(seed))
            #expect(clear.landCover == cloudy.landCover)
            // Clouds are nearly white, so blue rises over near infrared where they are.
            let pixels = cloudy.truth.pixels
            let white = (0..<pixels).count { pixel in
                let (blue, red) = (cloudy.truth.values[pixel], cloudy.truth.values[2 * pixels + pixel])
                return min(blue, red) > 0.45 * Sensor.ikonos.peak
            }
            covered.append(Double(white) / Double(pixels))
        }
        #expect((0.08...0.6).contains(Statistics.mean(covered)), "\(covered)")
    }

    @Test("haze lifts the darkest pixels of the blue band")
    func haze() throws {
        func darkest(_ haze: Double) throws -> Double {
            let scene = try scene(SceneConditions(haze: haze))
            let blue = scene.truth.band(0).values.sorted()
            return blue[blue.count / 50] / Statistics.mean(blue)
        }
        let clear = try darkest(0.05)
        let hazy = try darkest(0.8)
        #expect(hazy > clear + 0.05)
    }

    @Test("a misregistered MS lies where it was moved to; PAN and truth stay")
    func misregistration() throws {
        let straight = try scene(SceneConditions(noise: 0), sensor: .worldView3)
        let moved = try scene(
            SceneConditions(noise: 0, misregistration: .init(x: 2, y: -1)), sensor: .worldView3)
        #expect(moved.pan == straight.pan && moved.truth == straight.truth)
        let sensor = Sensor.worldView3
        let deviation = 4 * (-2 * log(sensor.bands[4].mtfGain)).squareRoot() / Double.pi
        let inner = 6..<58
        // Moved content of the truth: a pixel further right comes from two columns further right.
        let truth = straight.truth.band(4)
        var shifted = truth
        for row in 1..<256 {
            for column in 0..<254 { shifted[0, row, column] = truth[0, row - 1, column + 2] }
        }
        let seen = moved.ms.band(4).cropped(rows: inner, columns: inner).values
        let expected = Statistics.sampled(shifted, rows: inner, ratio: 4, centre: 2, deviation: deviation)
        let unmoved = Statistics.sampled(truth, rows: inner, ratio: 4, centre: 2, deviation: deviation)
        let (right, wrong) = (Statistics.correlation(seen, expected), Statistics.correlation(seen, unmoved))
        #expect(right > 0.9999)
        #expect(wrong < right)
    }

    @Test("twice the noise has four times the variance")
    func noise() throws {
        let none = try scene(SceneConditions(noise: 0))
        func variance(_ level: Double) throws -> Double {
            let noisy = try scene(SceneConditions(noise: level))
            #expect(noisy.truth == none.truth)
            return Statistics.mean(zip(noisy.pan.values, none.pan.values).map { ($0 - $1) * ($0 - $1) })
        }
        let (once, twice) = (try variance(3), try variance(6))
        #expect((3.6...4.3).contains(twice / once))
    }

    @Test("the filter of the fine grid has the MTF's gain at Nyquist", arguments: [0.1, 0.15, 0.3, 0.4, 0.9])
    func nyquist(gain: Double) {
        let taps = SceneInstrument.fineTaps(gain: gain)
        func response(_ frequency: Double) -> Double {
            taps.enumerated().reduce(0) { $0 + $1.element * cos(frequency * Double($1.offset - taps.count / 2)) }
        }
        #expect(abs(response(0) - 1) < 1e-12)
        #expect(abs(response(Double.pi) - gain) < 1e-12)
        for step in 1..<20 {
            let part = Double(step) / 20
            #expect(abs(response(part * Double.pi) - pow(gain, part * part)) < 0.04)
        }
    }

    @Test("conditions that cannot be simulated are refused with a message")
    func refused() {
        let wrong = [
            SceneConditions(clouds: 1.5), SceneConditions(haze: -1), SceneConditions(noise: .nan),
            SceneConditions(misregistration: .init(x: 3, y: 0)), SceneConditions(gainSpread: 1),
        ]
        for conditions in wrong {
            #expect(throws: SceneSimulatorError.self) {
                try SceneSimulator(sensor: .ikonos, panSize: 64, seed: 1, conditions: conditions)
            }
        }
        let message = SceneSimulatorError.conditionOutOfRange(name: "noise", value: -1, allowed: 0...20).description
        #expect(message.contains("noise") && message.contains("-1") && message.contains("20"))
    }

    @Test("made-up spectrometers have narrow bands, in order, where there is light")
    func randomSpectrometers() throws {
        let sensors = (0..<100).map { Sensor.randomSpectrometer(seed: $0, bands: 16, ratio: 4) }
        #expect(sensors[7] == Sensor.randomSpectrometer(seed: 7, bands: 16, ratio: 4))
        #expect(Set(sensors).count == sensors.count)
        #expect(sensors.contains { $0.bands[15].wavelengths.upperBound > 2200 })
        #expect(sensors.contains { $0.bands[15].wavelengths.upperBound < 750 })
        for sensor in sensors {
            #expect(sensor.bands.count == 16 && sensor.ratio == 4)
            let starts = sensor.bands.map(\.wavelengths.lowerBound)
            #expect(starts == starts.sorted())
            for band in sensor.bands {
                let (start, end) = (band.wavelengths.lowerBound, band.wavelengths.upperBound)
                #expect(start >= 400 && end <= 2460 && (5...15.001).contains(end - start))
                #expect(!(1350...1470).contains((start + end) / 2) && !(1800...1970).contains((start + end) / 2))
            }
        }
        let scene = try SceneSimulator(sensor: sensors[3], panSize: 64, seed: 3).render()
        #expect(scene.truth.bands == 16 && scene.ms.width == 16)
        for band in 0..<16 { #expect(Statistics.deviation(scene.truth.band(band).values) > 0) }
    }

    @Test("made-up sensors are unlike each other, within their bounds, and can be simulated")
    func randomSensors() throws {
        let sensors = (0..<300).map { Sensor.random(seed: $0) }
        #expect(sensors[7] == Sensor.random(seed: 7))
        #expect(Set(sensors).count == sensors.count)
        #expect(Set(sensors.map(\.bands.count)) == Set(3...8))
        #expect(Set(sensors.map(\.ratio)) == [2, 3, 4])
        for sensor in sensors {
            #expect((8...16).contains(sensor.bits))
            #expect((0.1...0.2).contains(sensor.panchromatic.mtfGain))
            let centres = sensor.bands.map { $0.wavelengths.lowerBound + $0.wavelengths.upperBound }
            #expect(centres == centres.sorted())
            for band in sensor.bands {
                #expect((0.15...0.4).contains(band.mtfGain))
                #expect(band.wavelengths.lowerBound >= 400 && band.wavelengths.upperBound <= 2300)
            }
        }
        #expect(Sensor.random(seed: 1, bands: 5, ratio: 2).bands.count == 5)
        #expect(Sensor.random(seed: 1, bands: 5, ratio: 2).ratio == 2)
        for seed in 0..<12 as Range<UInt64> {
            let simulator = try SceneSimulator.random(seed: seed, panSize: 96)
            let scene = simulator.render()
            #expect(scene.ms.width == 96 / simulator.sensor.ratio)
            let again = simulator.render()
            #expect(scene.pan == again.pan && scene.ms == again.ms && scene.truth == again.truth)
            #expect(Statistics.deviation(scene.pan.values) > 0)
        }
    }
}
