import Sensors
import Testing

@Suite("Filters and resampling agree with the reference", .enabled(if: GoldenFile.folder != nil, "no golden files"))
struct FilterGoldenTests {
    @Test("taps of the multispectral bands of each sensor", arguments: Sensor.all)
    func bandTaps(sensor: Sensor) throws {
        let golden = try GoldenFile("filters")
        let key = ["GE1": "GeoEye1", "WV4": "GeoEye1"][sensor.name] ?? sensor.name
        guard golden.tensors["output.ms_\(key)"] != nil else { return }
        let taps = sensor.mtfGains.flatMap { MTFFilter.taps(gain: $0, ratio: 4).taps }
        #expect(golden.difference(taps, "output.ms_\(key)", absolute: 1e-12) == nil)
        let pan = MTFFilter.taps(gain: sensor.panchromatic.mtfGain, ratio: 4).taps
        #expect(golden.difference(pan, "output.pan_\(key)", absolute: 1e-12) == nil)
    }

    @Test("taps of an unknown sensor and of the intensity filter")
    func otherTaps() throws {
        let golden = try GoldenFile("filters")
        for (name, filter) in [
            ("ms_default", MTFFilter.taps(gain: 0.3, ratio: 4)), ("ms_default_r2", MTFFilter.taps(gain: 0.3, ratio: 2)),
            ("pan_none", MTFFilter.taps(gain: 0.15, ratio: 4)), ("lpgauss_r4", MTFFilter.gaussian(ratio: 4)),
            ("lpgauss_r2", MTFFilter.gaussian(ratio: 2)),
        ] {
            #expect(golden.difference(filter.taps, "output.\(name)", absolute: 1e-12) == nil)
        }
    }

    @Test("images filtered with the MTF and with the intensity filter")
    func filtered() throws {
        let golden = try GoldenFile("resample")
        func check(_ image: Image, _ name: String) {
            #expect(golden.difference(image.values, "output.\(name)", absolute: 1e-9, relative: 1e-12) == nil)
        }
        let ms = golden["input.ms"].image
        check(MTFFilter.apply(to: ms, gains: Sensor.ikonos.mtfGains, ratio: 4), "mtf_r4")
        check(MTFFilter.apply(to: ms.band(0), gains: [Sensor.ikonos.panchromatic.mtfGain], ratio: 4), "mtfpan_r4")
        let image = golden["input.c"].image
        for ratio in [2, 4] {
            let smooth = SymmetricFilter.apply(
                [MTFFilter.gaussian(ratio: ratio)], to: SceneWindow(whole: image),
                rows: 0..<image.height, columns: 0..<image.width)
            check(smooth, "lpgauss_r\(ratio)")
            check(AtrousFilter(ratio: ratio).apply(to: image), "lpfilter_r\(ratio)")
        }
        check(
            AtrousFilter(ratio: 4).apply(to: SceneWindow(whole: image), step: 4, rows: 0..<8, columns: 0..<10),
            "lpfilterplusdec_r4")
    }

    @Test("images enlarged and reduced")
    func resized() throws {
        let golden = try GoldenFile("resample")
        func check(_ image: Image, _ name: String) {
            #expect(golden.difference(image.values, "output.\(name)", absolute: 1e-9, relative: 1e-12) == nil)
        }
        let image = golden["input.c"].image
        let corner = image.cropped(rows: 0..<12, columns: 0..<12)
        for factor in [2, 4] {
            check(Upsampler.apply(to: golden["input.a"].image, ratio: factor, border: .circular), "interp23_x\(factor)")
            check(Resize.reduce(image, by: factor, kernel: .bicubic), "bicubic_div\(factor)")
            check(Resize.reduce(image, by: factor, kernel: .bilinear), "bilinear_div\(factor)")
            check(Resize.enlarge(corner, by: factor, kernel: .bicubic), "bicubic_x\(factor)")
            check(Resize.enlarge(corner, by: factor, kernel: .bilinear), "bilinear_x\(factor)")
            check(Decimation.apply(to: image, step: factor), "nearest_div\(factor)")
        }
        check(
            Resize.reduce(image.cropped(rows: 0..<13, columns: 0..<10), by: 4, kernel: .bicubic), "bicubic_div4_odd")
    }

    @Test("percentiles and Wald's protocol")
    func percentilesAndWald() throws {
        let golden = try GoldenFile("resample")
        let percentiles = Percentile.of(golden["input.c"].values, at: [1, 5, 25, 50, 99])
        #expect(golden.difference(percentiles, "output.prctile_1_5_25_50_99", absolute: 1e-9) == nil)
        let reduced = try WaldProtocol.reduce(
            ms: golden["input.wald_in_ms"].image, pan: golden["input.wald_in_pan"].image, sensor: .ikonos, ratio: 4)
        #expect(golden.difference(reduced.ms.values, "output.wald_ms", absolute: 1e-9, relative: 1e-12) == nil)
        #expect(golden.difference(reduced.pan.values, "output.wald_pan", absolute: 1e-9, relative: 1e-12) == nil)
    }
}
