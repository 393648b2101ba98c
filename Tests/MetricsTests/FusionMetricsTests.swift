import Foundation
import Metrics
import Sensors
import Testing

@Suite("Metrics of fused pictures") struct FusionMetricsTests {
    private static let size = 180

    private func constant(_ level: Double) -> Image {
        Image(bands: 1, height: Self.size, width: Self.size, repeating: level)
    }

    private func texture(_ seed: Double, height: Int = size, width: Int = size) -> Image {
        let values = (0..<height * width).map { index in
            let noise = sin(Double(index) * 12.9898 + seed) * 43758.5453
            let wave = sin(Double(index % width) / 9 + seed) * cos(Double(index / width) / 7)
            return (128 + 80 * wave + 40 * (noise - noise.rounded(.down) - 0.5)).rounded()
        }
        return Image(bands: 1, height: height, width: width, values: values)
    }

    private var everyVariant: [any FusionMetric] {
        MetricProfile.allCases.flatMap(FusionMetrics.of) + FusionMetrics.others + Metrics.ofSources
    }

    @Test("have one name each in a table, and are found by it and by the names of the programs")
    func names() {
        #expect(Set(Metrics.ofSources.map(\.name)).count == Metrics.ofSources.count)
        for profile in MetricProfile.allCases {
            let metrics = FusionMetrics.of(profile)
            #expect(Set(metrics.map(\.name)).count == metrics.count)
            for metric in metrics {
                let found = FusionMetrics.named(metric.name.lowercased(), profile: profile)
                #expect(found?.description == metric.description)
            }
        }
        #expect(FusionMetrics.named("ms_ssim")?.name == "MS-SSIM")
        #expect(FusionMetrics.named("MEF-SSIM")?.name == "MS-SSIM")
        #expect(FusionMetrics.named("Nabf")?.name == "N^AB/F")
        #expect(FusionMetrics.named("VIFF", profile: .cddfuse)?.name == "VIF")
        #expect(FusionMetrics.named("VIFF")?.name == "VIFF")
        #expect(FusionMetrics.named("Qcb", profile: .cddfuse) == nil)
        #expect(FusionMetrics.named("nothing") == nil)
    }

    @Test("give their best value where the three pictures are identical")
    func identical() throws {
        let image = texture(1)
        let pair = try FusedPair(first: image, second: image, fused: image)
        let best: [String: Double] = [
            "MSE": 0, "RMSE": 0, "PSNR": .infinity, "CC": 1, "SCD": 0, "VIF": 2, "VIFF": 1, "NMI": 2, "MS-SSIM": 1,
            "MS_SSIM_wang": 1, "N^AB/F": 0, "NABF_petrovic": 0, "Nabf_asrun": 0, "Q_CV": 0, "Q_CB": 1, "CE": 0,
            "FMI_pixel": 1, "FMI_edge": 1, "FMI_gradient": 1, "FMI_dct": 1, "FMI_wavelet": 1,
        ]
        for metric in everyVariant {
            let value = try metric.value(pair)
            if metric.name == "SSIM" {
                #expect(abs(value - metric.range.upperBound) < 1e-12, "\(metric.variant)")
            } else if let expected = best[metric.name] {
                #expect(value == expected || abs(value - expected) < 1e-6, "\(metric.name): \(value)")
            }
            let isInRange = value >= metric.range.lowerBound - 1e-9 && value <= metric.range.upperBound + 1e-9
            #expect(isInRange, "\(metric.name): \(value)")
        }
        // What is said to be 1 at the best is just below it, by the sigmoids of the paper.
        let transfer = try FusionMetrics.Nabf(.transfer).value(pair)
        let loss = try FusionMetrics.Nabf(.loss).value(pair)
        #expect(transfer > 0.99 && abs(transfer + loss - 1) < 1e-12)
    }

    @Test("have a defined answer on constant pictures")
    func constantPictures() throws {
        let flat = try FusedPair(first: constant(40), second: constant(90), fused: constant(60.5))
        let expected: [String: Double] = [
            "EN": 0, "SD": 0, "SF": 0, "AG": 0, "MI": 0, "NMI": 0, "SCD": 0, "VIF": 2, "VIFF": 1,
            "N^AB/F": 0, "Nabf_asrun": 0, "MS-SSIM": 1, "Q_CV": 0, "Q_CB": 1, "CE": 0, "EI": 0, "FMI_pixel": 1,
        ]
        for metric in everyVariant {
            let value = try metric.value(flat)
            // No correlation is defined, as for bands.
            #expect(value.isNaN == (metric.name == "CC"), "\(metric.name), \(metric.variant)")
            if let answer = expected[metric.name] {
                #expect(abs(value - answer) < 1e-9, "\(metric.name), \(metric.variant): \(value)")
            }
        }
    }

    @Test("have a defined answer where only the fused picture, or only one source, is constant")
    func partlyConstant() throws {
        let (a, b) = (texture(1), texture(2))
        for pair in [
            try FusedPair(first: a, second: b, fused: constant(0)),
            try FusedPair(first: constant(0), second: b, fused: a),
            try FusedPair(first: a, second: constant(255), fused: b),
        ] {
            for metric in everyVariant {
                let value = try metric.value(pair)
                #expect(value.isNaN == (metric.name == "CC"), "\(metric.name), \(metric.variant)")
            }
        }
    }

    @Test("edges of black sources are kept by a picture without edges, and by no other")
    func blackSources() throws {
        func kept(_ source: Double, _ fused: Image) throws -> Double {
            try FusionMetrics.Qabf().value(FusedPair(first: constant(source), second: constant(source), fused: fused))
        }
        #expect(try kept(0, constant(0)) == 1)
        #expect(try kept(0, constant(100)) == 0)
        #expect(try kept(0, texture(1)) == 0)
        // The most that the definition gives.
        #expect(abs(try kept(100, constant(100)) - 0.975) < 1e-3)
    }

    @Test("refuse pictures that are too small for their windows, and no others")
    func tooSmall() throws {
        let smallest: [String: Int] = [
            "VIF": 41, "VIFF": 41, "MS-SSIM": 44, "MS_SSIM_wang": 176, "AG": 2, "N^AB/F": 2, "Nabf_asrun": 2,
            "NABF_petrovic": 2, "LABF": 2, "QABF_transfer": 2,
        ]
        func pair(_ side: Int) throws -> FusedPair {
            func image(_ seed: Double) -> Image { texture(seed, height: side, width: side + 3) }
            return try FusedPair(first: image(1), second: image(2), fused: image(3))
        }
        for metric in everyVariant {
            var minimum = smallest[metric.name] ?? (metric.name.hasPrefix("FMI") ? 3 : 1)
            if metric.name == "SSIM" {
                minimum = metric.variant.hasPrefix("7") ? 7 : metric.variant.contains("255") ? 11 : 1
            }
            let value = try metric.value(try pair(minimum))
            #expect(!value.isNaN, "\(metric.name), \(metric.variant)")
            guard minimum > 1 else { continue }
            let small = try pair(minimum - 1)
            #expect(
                throws: MetricError.tooSmall(
                    metric: metric.name, height: minimum - 1, width: minimum + 2, minimum: minimum)
            ) { try metric.value(small) }
        }
    }

    @Test("refuse pictures that do not belong together")
    func unequal() throws {
        let (image, other) = (texture(1), texture(1, width: Self.size + 1))
        #expect(throws: MetricError.self) { try FusedPair(first: image, second: other, fused: image) }
        let colour = Image(bands: 3, height: 4, width: 4)
        #expect(throws: MetricError.self) { try FusedPair(first: colour, second: colour, fused: colour) }
        let none = Image(bands: 1, height: 0, width: 4)
        #expect(throws: MetricError.self) { try FusedPair(first: none, second: none, fused: none) }
        var holed = image
        holed.values[7] = .nan
        holed.values[9] = .infinity
        #expect(throws: MetricError.notFinite(image: "second image", samples: 2)) {
            try FusedPair(first: image, second: holed, fused: image)
        }
    }

    @Test("that treat both sources alike do not depend on their order")
    func order() throws {
        let (a, b, f) = (texture(1), texture(2), texture(3))
        let pair = try FusedPair(first: a, second: b, fused: f)
        let turned = try FusedPair(first: b, second: a, fused: f)
        // VIFF takes the second source where neither is in the fused picture.
        for metric in everyVariant where !["Nabf_asrun", "VIFF"].contains(metric.name) {
            let (one, other) = (try metric.value(pair), try metric.value(turned))
            #expect(abs(one - other) <= 1e-9 * abs(one), "\(metric.name), \(metric.variant)")
        }
    }
}
