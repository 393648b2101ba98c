import Classical
import Foundation
import Metrics
import Sensors
import Testing

/// The methods with quotients formed in another way than by default, as a reference computes them.
private func methods(_ modulation: Modulation) -> [any ClassicalMethod] {
    ClassicalMethods.all.map { method in
        switch method {
        case is Brovey: Brovey(modulation: modulation)
        case is MTFGLPHPM: MTFGLPHPM(modulation: modulation)
        case is MTFGLPHPMR: MTFGLPHPMR(modulation: modulation)
        case is MTFGLPHPMH: MTFGLPHPMH(modulation: modulation)
        case is BTH: BTH(modulation: modulation)
        case is AWLP: AWLP(modulation: modulation)
        case is SFIM: SFIM(modulation: modulation)
        case is MF: MF(modulation: modulation)
        case is FEHPM: FEHPM(modulation: modulation)
        case is TV: TV(isToolboxCompatible: true)
        case is PRACS: PRACS(limit: modulation == .published ? .infinity : 10)
        default: method
        }
    }
}

@Suite("Classical methods agree with the reference", .enabled(if: GoldenFile.folder != nil, "no golden files"))
struct ClassicalGoldenTests {
    @Test("bounded quotients change nothing where the published ones are regular")
    func boundedIsHarmless() throws {
        let golden = try GoldenFile("classical_ikonos64")
        for method in methods(.bounded) where golden.tensors["output.\(method.name)"] != nil {
            let fused = try method.sharpen(
                ms: golden["input.ms"].image, pan: golden["input.pan"].image, sensor: .ikonos, ratio: 4,
                border: .circular)
            let difference = golden.difference(
                fused.values, "output.\(method.name)", absolute: 0.002, relative: 1e-6)
            #expect(difference == nil, "\(difference ?? "")")
        }
    }
}

@Suite(
    "Classical methods agree with the reference on real scenes",
    .enabled(if: RealImages.folder != nil, "no golden files or real images"))
struct ClassicalSceneTests {
    @Test("indices of the published tables", arguments: ["ikonos", "wv2", "landsat8"])
    func tables(scene: String) throws {
        let folder = try #require(GoldenFile.folder)
        let data = try Data(contentsOf: folder.appendingPathComponent("sharpening/\(scene).json"))
        let table = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let reduced = try #require(table["reduced"] as? [String: Any])
        let inputs = try #require(reduced["inputs"] as? [String: String])
        let rows = try #require(reduced["methods"] as? [String: [String: Any]])
        let ratio = try #require(table["ratio"] as? Int)
        let ms = try RealImages.read(try #require(inputs["ms"]))
        let pan = try RealImages.read(try #require(inputs["pan"]))
        let truth = try RealImages.read(try #require(inputs["gt"]))
        let sensor =
            Sensor.named(try #require(table["sensor"] as? String)) ?? .unknown(bands: ms.bands, ratio: ratio, bits: 16)
        for method in methods(.published) + [RR(fitsSpectra: false)] {
            let row = (method as? RR).map { $0.fitsSpectra ? "RR0" : "RR1" } ?? method.name
            // No row: the reference is not defined for the ratio, or has no such method.
            guard let expected = rows[row] else {
                if row == "RR1" { continue }
                #expect(ratio != 4 || method is Indusion || method.takesSeveralSharpBands, "\(method.name)")
                continue
            }
            let fused = try method.sharpen(ms: ms, pan: pan, sensor: sensor, ratio: ratio, border: .circular)
            let pair = try ImagePair(
                reference: truth, fused: fused, ratio: Double(ratio), peak: sensor.peak)
            for metric in Metrics.withReference where ["Q2n", "SAM", "ERGAS"].contains(metric.name) {
                let value = try metric.value(pair)
                let published = try #require(expected[metric.name] as? Double)
                #expect(abs(value - published) < 1e-4, "\(row) \(metric.name): \(value), \(published) expected")
            }
        }
    }

    @Test("bounded quotients keep MTF-GLP-HPM from blowing up pixels, at no cost to the others")
    func boundedOnWorldView2() throws {
        let folder = "data/satellite/wv2_rr"
        let ms = try RealImages.read("\(folder)/ms.tif")
        let pan = try RealImages.read("\(folder)/pan.tif")
        let truth = try RealImages.read("\(folder)/gt.tif")
        func ergas(_ modulation: Modulation) throws -> Double {
            let fused = try MTFGLPHPM(modulation: modulation).sharpen(
                ms: ms, pan: pan, sensor: .worldView2, ratio: 4, border: .circular)
            return try ERGAS().value(ImagePair(reference: truth, fused: fused, ratio: 4, peak: 2047))
        }
        #expect(try ergas(.published) > 17)
        #expect(try ergas(.clipped) < 4.26)
        #expect(try ergas(.bounded) < 4.26)
    }
}
