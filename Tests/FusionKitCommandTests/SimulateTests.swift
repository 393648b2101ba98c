import Foundation
import FusionKit
import Testing

/// `fusionkit simulate` with its options.
@Suite("Command: simulate") struct SimulateTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test("a made-up sensor sees a coast through clouds; its size gives way to its ratio") func everything() throws {
        let outcome = try Program.run(
            "simulate", "--sensor", "random", "--size", "100", "--seed", "9", "--land", "coast", "--clouds", "0.3",
            "--haze", "0.4", "--noise", "2", "--misregistration", "0.5,-1", "-o", "scene", in: directory)
        #expect(outcome.status == 0, "\(outcome.error)")
        let sensor = Sensor.random(seed: 9)
        let pan = try TestImage.read(directory.file("scene/pan.tif"))
        let ms = try TestImage.read(directory.file("scene/ms.tif"))
        #expect(pan.profile.width == 100 / sensor.ratio * sensor.ratio)
        #expect(ms.profile.width == 100 / sensor.ratio && ms.profile.bands.count == sensor.bands.count)
        let scene = try SceneSimulator(
            sensor: sensor, panSize: pan.profile.width, seed: 9,
            conditions: SceneConditions(
                land: .coast, clouds: 0.3, haze: 0.4, noise: 2, misregistration: .init(x: 0.5, y: -1))
        ).render()
        #expect(ms.values.map { Double($0) } == scene.ms.values)
    }

    @Test("a scene of several tiles has the pixels of the whole, whatever the threads") func tiles() throws {
        let outcome = try Program.run(
            "simulate", "--sensor", "L8", "--size", "1100", "--threads", "3", "-o", "scene", in: directory)
        #expect(outcome.status == 0, "\(outcome.error)")
        let whole = try SceneSimulator(sensor: .landsat8, panSize: 1100, seed: 0).render()
        let pan = try TestImage.read(directory.file("scene/pan.tif"))
        #expect(pan.values.map { Double($0) } == whole.pan.values)
    }

    @Test(
        "what cannot be simulated is refused with what is allowed",
        arguments: [
            (["--land", "moon"], "rural"), (["--clouds", "2"], "0.0 to 1.0"), (["--misregistration", "3,0"], "2.0"),
            (["--misregistration", "left"], "0.5,-1"), (["--sensor", "none"], "--sensor"),
        ])
    func refused(options: [String], hint: String) throws {
        let arguments = ["simulate", "--size", "64", "-o", "scene"] + options
        let outcome = try Program.start(arguments, in: directory).outcome()
        #expect(outcome.status == 64, "\(outcome.error)")
        #expect(outcome.error.contains(hint), "\(outcome.error)")
        #expect(directory.names.isEmpty)
    }
}
