import Classical
import Foundation
import Metrics
import Sensors
import Testing

@Suite(
    "Methods on a real hyperspectral scene",
    .enabled(if: RealImages.folder != nil && GoldenFile.folder != nil, "no golden files or real images"))
struct HyperspectralSceneTests {
    private static let folder = "data/satellite/jasper_ridge"

    /// The indices of the toolbox: numbers held in 0…65536, pixels 10 to n − 12 of each axis.
    private static func indices(_ fused: Image, _ truth: Image) throws -> [String: Double] {
        func cut(_ image: Image) -> Image {
            var result = image.cropped(rows: 10..<image.height - 11, columns: 10..<image.width - 11)
            for index in result.values.indices { result.values[index] = min(max(result.values[index], 0), 65536) }
            return result
        }
        let pair = try ImagePair(reference: cut(truth), fused: cut(fused), ratio: 4, peak: 65535)
        var values: [String: Double] = [:]
        for name in ["ERGAS", "SAM", "Q2n"] { values[name] = try Metrics.named(name)?.value(pair) }
        return values
    }

    @Test("the hyperspectral form gives the indices of the toolbox's table")
    func table() throws {
        let golden = try #require(GoldenFile.folder).appendingPathComponent("sharpening/jasper_ridge.json")
        let table = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: golden)) as? [String: Any])
        let rows = try #require(table["methods"] as? [String: [String: Any]])
        let ms = try RealImages.read("\(Self.folder)/hs.tif")
        let pan = try RealImages.read("\(Self.folder)/pan.tif")
        let truth = try RealImages.read("\(Self.folder)/gt.tif")
        for (name, expected) in rows {
            // Quotients of BT-H and AWLP have no bounds in the toolbox, and its SR-D never leaves the first patch.
            let method: any ClassicalMethod =
                switch name {
                case "BT-H": BTH(modulation: .published)
                case "AWLP": AWLP(modulation: .published)
                case "SR-D": SRD(repeatsFirstPatch: true)
                default: try #require(ClassicalMethods.named(name))
                }
            let fused = try method.sharpen(
                ms: ms, pan: pan, sensor: .unknown(bands: ms.bands, ratio: 4, bits: 16), ratio: 4, border: .circular,
                hyperspectral: HyperspectralForm())
            for (index, value) in try Self.indices(fused, truth) {
                let wanted = try #require(expected[index] as? Double)
                #expect(abs(value - wanted) < 1e-4, "\(name) \(index): \(value), \(wanted) expected")
            }
        }
    }

    @Test("fusion of many bands comes closer to the truth than interpolation, with one sharp band and with four")
    func fusion() throws {
        let ms = try RealImages.read("\(Self.folder)/hs.tif")
        let pan = try RealImages.read("\(Self.folder)/pan.tif")
        let sharp = try RealImages.read("\(Self.folder)/ms.tif")
        let truth = try RealImages.read("\(Self.folder)/gt.tif")
        func indices(_ method: any ClassicalMethod, _ sharp: Image) throws -> [String: Double] {
            try Self.indices(
                method.sharpen(
                    ms: ms, pan: sharp, sensor: .unknown(bands: ms.bands, ratio: 4, bits: 16), ratio: 4), truth)
        }
        let interpolated = try indices(EXP(), pan)
        // The largest ERGAS allowed with PAN and with four bands, as parts of interpolation's.
        let allowed: [(method: any ClassicalMethod, pan: Double, several: Double)] = [
            (GFPCA(), 0.88, 0.75), (CNMF(), 0.95, 0.5), (HySure(), 0.72, 0.5),
        ]
        for (method, one, several) in allowed {
            let (single, multiple) = (try indices(method, pan), try indices(method, sharp))
            let base = try #require(interpolated["ERGAS"])
            #expect(try #require(single["ERGAS"]) < one * base, "\(method.name): \(single)")
            #expect(try #require(multiple["ERGAS"]) < several * base, "\(method.name): \(multiple)")
            let (angle, plain) = (try #require(multiple["SAM"]), try #require(interpolated["SAM"]))
            #expect(angle < 0.8 * plain, "\(method.name): \(multiple)")
            #expect(try #require(single["SAM"]) < 1.02 * plain, "\(method.name): \(single)")
        }
    }
}
