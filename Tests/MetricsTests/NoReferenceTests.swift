import Metrics
import Sensors
import Testing

@Suite("Indices without reference") struct NoReferenceTests {
    private func scene(
        _ fused: Image, _ ms: Image, _ pan: Image, ratio: Int = 4, isValid: [Bool]? = nil
    ) throws -> SharpenedScene {
        try SharpenedScene(fused: fused, ms: ms, pan: pan, sensor: nil, ratio: ratio, isValid: isValid)
    }

    private func example(bands: Int = 3, height: Int = 256, width: Int = 288) -> (fused: Image, ms: Image, pan: Image) {
        let ms = landscape(bands: bands, height: height / 4, width: width / 4, scale: 4)
        var fused = Upsampler.apply(to: ms, ratio: 4, border: .circular)
        let pan = landscape(bands: 1, height: height, width: width)
        let detail = texture(bands: 1, height: height, width: width)
        for band in 0..<bands {
            for pixel in 0..<fused.pixels { fused.values[band * fused.pixels + pixel] += 0.1 * detail.values[pixel] }
        }
        return (fused, ms, pan)
    }

    private var all: [any NoReferenceMetric] { Metrics.withoutReference + Metrics.hyperspectral }

    @Test("have names of their own") func names() {
        let names = all.map(\.name) + Metrics.withReference.map(\.name) + Metrics.variants.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(Metrics.namedWithoutReference("hqnr")?.name == "HQNR")
        #expect(Metrics.namedWithoutReference("r-q2n")?.name == "R-Q2n")
    }

    @Test("have the same bits by windows and with several threads") func bits() throws {
        let (fused, ms, pan) = example(bands: 9, height: 320, width: 288)
        let memory = try scene(fused, ms, pan)
        let windows = try SharpenedScene(
            fused: WindowedImage(image: fused), ms: WindowedImage(image: ms), pan: WindowedImage(image: pan),
            sensor: nil,
            ratio: 4)
        let metrics = all
        for (metric, result) in zip(metrics, try windows.measure(metrics, threads: 3)) {
            let (value, expected) = (try result.get().value, try metric.value(memory))
            #expect(value == expected, "\(metric.name): \(value), \(expected)")
        }
    }

    @Test("do not depend on where the tiles lie") func tiles() throws {
        let (fused, ms, pan) = example(height: 288, width: 320)
        let one = try scene(fused, ms, pan)
        let many = try scene(repeated(fused, 3), repeated(ms, 3), pan)
        // Means over bands; D_lambda counts pairs, and Q2n has an algebra of its own for each number of bands.
        for metric in [DS(), DSF(), DRho(), Reprojection(.sam), Reprojection(.ergas), Reprojection(.q), DSR()]
            as [any NoReferenceMetric]
        {
            let (a, b) = (try metric.value(one), try metric.value(many))
            #expect(isNear(a, b, within: 1e-9), "\(metric.name): \(a), \(b)")
        }
    }

    @Test("find nothing wrong in the interpolated image where only the spectrum is judged") func interpolated() throws {
        let (_, ms, pan) = example()
        let judged = try scene(Upsampler.apply(to: ms, ratio: 4, border: .circular), ms, pan)
        #expect(try DLambda().value(judged) == 0)
        #expect(try DLambdaK().value(judged) < 0.05)
        let qnr = try QNR().value(judged)
        #expect(qnr == 1 - (try DS().value(judged)))
    }

    @Test("have a defined answer for constant images and for one band") func degenerate() throws {
        let (ms, pan) = (Image(bands: 1, height: 32, width: 32, repeating: 7), Image(bands: 1, height: 128, width: 128))
        let constant = try scene(Image(bands: 1, height: 128, width: 128, repeating: 7), ms, pan)
        #expect(try DLambda().value(constant) == 0)
        #expect(try DS().value(constant) == 0)
        #expect(try DRho().value(constant) == 1)
        #expect(try DSR().value(constant) == 0)
        for metric in all { #expect(try metric.value(constant).isFinite, "\(metric.name)") }
        let (fused, spectral, sharp) = example(bands: 1)
        for metric in all { #expect(try metric.value(scene(fused, spectral, sharp)).isFinite, "\(metric.name)") }
    }

    @Test("find nothing wrong in a constant image that is kept, whatever its level", arguments: [0.0, 7, 1000, 60000])
    func constant(level: Double) throws {
        let ms = Image(bands: 4, height: 32, width: 32, repeating: level)
        let pan = Image(bands: 1, height: 128, width: 128, repeating: level)
        let kept = try scene(Image(bands: 4, height: 128, width: 128, repeating: level), ms, pan)
        for metric in [DLambdaK(), DLambda(), DS(), HyperspectralDLambda()] as [any NoReferenceMetric] {
            let value = try metric.value(kept)
            #expect(abs(value) < 1e-3, "\(metric.name): \(value)")
        }
        for metric in [HQNR(), QNR(), FQNR()] as [any NoReferenceMetric] {
            let value = try metric.value(kept)
            #expect(abs(value - 1) < 1e-3, "\(metric.name): \(value)")
        }
        // Another level is told, by as much as it differs.
        let doubled = try scene(Image(bands: 4, height: 128, width: 128, repeating: 2 * level), ms, pan)
        let distortion = try DLambdaK().value(doubled)
        #expect(abs(distortion - (level == 0 ? 0 : level == 60000 ? 0.004 : 0.2)) < 0.02, "\(distortion)")
    }

    @Test("leave out what is unknown, and what filters reach from there") func mask() throws {
        let (fused, ms, pan) = example()
        var isValid = [Bool](repeating: true, count: fused.pixels)
        var spoiled = fused
        for row in 0..<20 {
            for column in 0..<288 {
                isValid[row * 288 + column] = false
                for band in 0..<3 { spoiled[band, row, column] = row % 2 == 0 ? .nan : -1e9 }
            }
        }
        let masked = try scene(spoiled, ms, pan, isValid: isValid)
        let whole = try scene(fused, ms, pan)
        for metric in all {
            let (value, unmasked) = (try metric.value(masked), try metric.value(whole))
            #expect(abs(value - unmasked) < 0.1 * max(1, abs(unmasked)), "\(metric.name): \(value), \(unmasked)")
        }
        let nothing = try scene(fused, ms, pan, isValid: [Bool](repeating: false, count: fused.pixels))
        for metric in [DS(), DLambdaK(), DRho(), Reprojection(.sam), DSR()] as [any NoReferenceMetric] {
            #expect(throws: MetricError.noValidPixels(metric: metric.name)) { try metric.value(nothing) }
        }
    }

    @Test("see by how much a shifted image lies beside PAN") func coregistration() throws {
        let pan = texture(bands: 1, height: 128, width: 128)
        let smooth = MTFFilter.apply(to: pan, gains: [0.3], ratio: 4)
        var ms = Image(bands: 1, height: 32, width: 32)
        for row in 0..<32 { for column in 0..<32 { ms[0, row, column] = smooth[0, 4 * row + 3, 4 * column + 1] } }
        let phases = try scene(pan, ms, pan).coregistration()
        #expect(phases[0].row == 3 && phases[0].column == 1)
    }

    @Test("refuse images that do not belong together, with the numbers found") func refusals() throws {
        let (fused, ms, pan) = example()
        func problem(_ work: () throws -> SharpenedScene) -> String {
            do { return "\(try work())" } catch { return "\(error)" }
        }
        #expect(problem { try scene(fused.band(0), ms, pan) }.contains("1 bands and the multispectral image 3"))
        #expect(problem { try scene(fused, ms, pan, ratio: 2) }.contains("does not go with the ratio 2"))
        #expect(problem { try scene(fused, ms, ms.band(0)) }.contains("1 × 64 × 72"))
        #expect(
            problem {
                try SharpenedScene(
                    fused: repeated(fused, 3), ms: repeated(ms, 3), pan: pan, sensor: .quickBird, ratio: 4)
            }.contains("QB has 4 bands"))
        var spoiled = fused
        spoiled.values[5] = .nan
        #expect(throws: MetricError.notFinite(image: "sharpened image", samples: 1)) { try scene(spoiled, ms, pan) }
        let small = try scene(
            fused.cropped(rows: 0..<24, columns: 0..<288), ms.cropped(rows: 0..<6, columns: 0..<72),
            pan.cropped(rows: 0..<24, columns: 0..<288))
        #expect(throws: MetricError.tooSmall(metric: "D_S", height: 24, width: 288, minimum: 32)) {
            try DS().value(small)
        }
    }

    @Test("use the first gains of a sensor with more bands") func firstGains() throws {
        let (fused, ms, pan) = example()
        let judged = try SharpenedScene(fused: fused, ms: ms, pan: pan, sensor: .quickBird, ratio: 4)
        #expect(try DLambdaK().value(judged).isFinite)
    }
}
