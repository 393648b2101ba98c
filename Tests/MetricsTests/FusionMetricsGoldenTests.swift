import Foundation
import Metrics
import Raster
import Sensors
import Testing

@Suite(
    "Golden values of fused pictures",
    .enabled(if: FusionGolden.shared != nil, "the pictures are not on this machine: set FUSIONKIT_FIXTURES"))
struct FusionMetricsGoldenTests {
    @Test("agree in every profile", arguments: FusionGolden.all.indices)
    func agree(index: Int) throws {
        let (golden, folder) = FusionGolden.all[index]
        let pair = try FusionGolden.pair(golden, in: folder)
        // Profiles share definitions, and some of them take a second on a large picture.
        var known: [MetricDescription: Double] = [:]
        for (profile, values) in golden.metrics {
            for (name, value) in values {
                guard let expected = value else { continue }
                guard let metric = FusionGolden.metric(name, of: profile) else {
                    Issue.record("\(profile) has no metric \(name)")
                    continue
                }
                let found = try known[metric.description] ?? metric.value(pair)
                known[metric.description] = found
                let allowed = FusionGolden.tolerance(name, of: profile, in: golden.id) * abs(expected)
                #expect(abs(found - expected) <= allowed, "\(golden.id) \(profile) \(name): \(found), not \(expected)")
            }
        }
    }

    @Test("are of grey levels that the three conversions make of colours")
    func greyLevels() throws {
        let keys: [(GreyConversion, String)] = [
            (.float, "float_round_sum"), (.integer, "opencv_u8_sum"), (.matlab, "matlab_sum"),
        ]
        let sums = try #require(FusionGolden.values?.gray)
        #expect(!sums.isEmpty)
        for (file, expected) in sums {
            let picture = try FusionGolden.picture(FusionGolden.data.appendingPathComponent(file).path)
            for (conversion, key) in keys {
                let sum = Int(conversion.grey(of: picture).values.reduce(0, +))
                #expect(sum == expected[key], "\(file) \(key)")
            }
        }
    }
}
