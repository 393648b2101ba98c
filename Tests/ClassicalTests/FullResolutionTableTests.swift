import Classical
import Foundation
import Metrics
import Sensors
import Testing

@Suite(
    "Indices without reference agree with the tables of real scenes",
    .enabled(if: RealImages.folder != nil, "no golden files or real images"))
struct FullResolutionTableTests {
    @Test("of multispectral scenes", arguments: ["ikonos", "wv2", "landsat8"])
    func tables(scene: String) throws {
        let folder = try #require(GoldenFile.folder)
        let data = try Data(contentsOf: folder.appendingPathComponent("sharpening/\(scene).json"))
        let table = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let full = try #require(table["full"] as? [String: Any])
        let inputs = try #require(full["inputs"] as? [String: String])
        let rows = try #require(full["methods"] as? [String: [String: Any]])
        let ratio = try #require(table["ratio"] as? Int)
        let ms = try RealImages.read(try #require(inputs["ms"]))
        let pan = try RealImages.read(try #require(inputs["pan"]))
        let sensor = Sensor.named(try #require(table["sensor"] as? String))
        for name in ["EXP", "GSA", "MTF-GLP-FS"] {
            let method = try #require(ClassicalMethods.named(name))
            let expected = try #require(rows[name])
            let fused = try method.sharpen(
                ms: ms, pan: pan, sensor: sensor ?? .unknown(bands: ms.bands, ratio: ratio, bits: 16), ratio: ratio,
                border: .circular)
            let judged = try SharpenedScene(fused: fused, ms: ms, pan: pan, sensor: sensor, ratio: ratio)
            // The published tables do not have the filter-based index.
            let metrics = Metrics.withoutReference.filter { !["FQNR", "D_S_F"].contains($0.name) }
            for (metric, result) in zip(metrics, try judged.measure(metrics)) {
                let value = try result.get().value
                let key = metric.name.replacingOccurrences(of: "-", with: "_")
                let published = try #require(expected[key] as? Double, "\(key)")
                #expect(abs(value - published) < 1e-9, "\(name) \(metric.name): \(value), \(published) expected")
            }
        }
    }

    @Test("of a hyperspectral scene") func hyperspectral() throws {
        let folder = "data/satellite/jasper_ridge"
        let ms = try RealImages.read("\(folder)/hs.tif")
        let pan = try RealImages.read("\(folder)/pan.tif")
        // As that toolbox interpolates: whole numbers of 16 bits.
        var fused = Upsampler.apply(to: ms, ratio: 4, border: .circular)
        for index in fused.values.indices {
            fused.values[index] = min(max(fused.values[index].rounded(.toNearestOrEven), 0), 65536)
        }
        let judged = try SharpenedScene(fused: fused, ms: ms, pan: pan, sensor: nil, ratio: 4)
        #expect(abs(try DSR().value(judged) - 0.2135519107) < 1e-8)
        // The toolbox reads at phase 3 whatever the ratio.
        #expect(abs(try judged.hyperspectralDLambda(phase: 3) - 0.0156988484) < 1e-4)
    }
}
