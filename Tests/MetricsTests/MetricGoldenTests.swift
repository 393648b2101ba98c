import Foundation
import Metrics
import Sensors
import Testing

@Suite("Metrics agree with the reference", .enabled(if: GoldenFile.folder != nil, "no golden files"))
struct MetricGoldenTests {
    static let cases: [String] = {
        let folder = GoldenFile.folder?.appendingPathComponent("sharpening").path ?? "/"
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .filter { $0.hasPrefix("metrics_") && !$0.hasPrefix("metrics_fr_") }
            .map { String($0.dropLast(".safetensors".count)) }.sorted()
    }()

    /// A number of the JSON in the metadata, where NaN and infinity are strings.
    private func number(_ value: Any?) -> Double? {
        if let text = value as? String { return text == "NaN" ? .nan : text == "Infinity" ? .infinity : Double(text) }
        return (value as? NSNumber)?.doubleValue
    }

    @Test("values and maps of every golden file", arguments: cases)
    func values(name: String) throws {
        let golden = try GoldenFile(name)
        let json = try JSONSerialization.jsonObject(with: Data((golden.metadata["values"] ?? "").utf8))
        let expected = try #require(json as? [String: Any])
        let pair = try ImagePair(
            reference: golden["input.reference"].image, fused: golden["input.fused"].image,
            ratio: try #require(number(expected["ratio"])), peak: try #require(number(expected["peak"])))
        for metric in Metrics.withReference {
            let truth = try #require(number(expected[metric.name]), "\(metric.name) is not in the file")
            guard min(pair.reference.height, pair.reference.width) >= 32 || metric.name != "Q" else {
                #expect(throws: MetricError.tooSmall(metric: "Q", height: 20, width: 24, minimum: 32)) {
                    try metric.value(pair)
                }
                continue
            }
            let value = try metric.value(pair)
            let agrees =
                truth.isNaN ? value.isNaN : value == truth || abs(value - truth) <= 1e-9 + 1e-9 * abs(truth)
            #expect(agrees, "\(metric.name) is \(value), \(truth) expected")
        }
        let blocks = try Q2n().map(pair)
        #expect(golden.difference(blocks.values, "output.q2n_map", absolute: 1e-9, relative: 1e-9) == nil)
        // Where a spectrum is zero the reference writes 90° and leaves the pixel out of the mean; ours is NaN.
        let angles = SAM().map(pair).values.map { $0.isNaN ? 90 : $0 }
        #expect(golden.difference(angles, "output.sam_map", absolute: 1e-9, relative: 1e-9) == nil)
    }

    @Test("hypercomplex products", arguments: [2, 4, 8, 16])
    func hypercomplex(count: Int) throws {
        let golden = try GoldenFile("resample")
        let product = Hypercomplex(count: count).product(
            golden["output.hyper\(count)_a"].values, golden["output.hyper\(count)_b"].values)
        #expect(golden.difference(product, "output.hyper\(count)_ab", absolute: 1e-9, relative: 1e-12) == nil)
    }
}
