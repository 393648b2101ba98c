import Foundation
import Sensors
import Testing

@Suite("Wald's protocol on real scenes", .enabled(if: RealImages.folder != nil, "no golden files or real images"))
struct WaldSceneTests {
    struct Scene: Sendable {
        let name: String
        let sensor: Sensor
        let ratio: Int
    }

    @Test(
        "gives the reduced scenes that the toolbox made",
        arguments: [
            Scene(name: "wv2", sensor: .worldView2, ratio: 4), Scene(name: "ikonos", sensor: .ikonos, ratio: 4),
            Scene(name: "landsat8", sensor: .landsat8, ratio: 2),
        ])
    func reduced(scene: Scene) throws {
        let folder = "data/satellite/\(scene.name)"
        let reduced = try WaldProtocol.reduce(
            ms: RealImages.read("\(folder)/ms.tif"), pan: RealImages.read("\(folder)/pan.tif"), sensor: scene.sensor,
            ratio: scene.ratio)
        for (ours, file) in [(reduced.ms, "ms"), (reduced.pan, "pan"), (reduced.truth, "gt")] {
            let stored = try RealImages.read("\(folder)_rr/\(file).tif")
            // The stored files are rounded to whole numbers.
            let largest = zip(ours.values, stored.values).map { abs($0 - $1) }.max() ?? .infinity
            #expect(ours.values.count == stored.values.count && largest <= 0.5 + 1e-9, "\(file): \(largest)")
        }
    }
}
