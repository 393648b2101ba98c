import Classical
import Foundation
import Metrics
import Raster
import Sensors
import Torch

extension GoldenComponent {
    /// Filters, resampling, metrics and classical methods of the sharpening toolbox.
    static let sharpening: [String: GoldenComponent] = [
        "filters": GoldenComponent { golden in
            Run { _ in
                Dictionary(
                    uniqueKeysWithValues: try golden.tensors("output").keys.map { ($0, try filter($0)) })
            }
        },
        "resample": GoldenComponent { golden in
            let sensor = try sensor(golden, bands: 4, ratio: 4)
            // Factors are kept beside their products.
            let factors = [2, 4, 8, 16].flatMap { ["hyper\($0)_a", "hyper\($0)_b"] }
            return Run(leavesOut: Set(factors)) { inputs in
                let given = try golden.tensors("output")
                var outputs = try resampled(inputs, sensor)
                for count in [2, 4, 8, 16] {
                    let product = Hypercomplex(count: count).product(
                        try given.named("hyper\(count)_a").array(of: Double.self),
                        try given.named("hyper\(count)_b").array(of: Double.self))
                    outputs["hyper\(count)_ab"] = Tensor(product)
                }
                return outputs
            }
        },
        "metrics_reference": GoldenComponent { golden in
            let peak: Double = try golden.configuration.value("peak")
            let ratio: Double = try golden.configuration.value("ratio")
            return Run(leavesOut: ["values.peak", "values.ratio"]) { inputs in
                let pair = try ImagePair(
                    reference: image(inputs.named("reference")), fused: image(inputs.named("fused")), ratio: ratio,
                    peak: peak)
                var outputs: [String: Tensor] = [:]
                for metric in Metrics.withReference + Metrics.variants {
                    // What has no value is an error here and NaN in the toolbox.
                    let value = (try? metric.value(pair)) ?? .nan
                    outputs["values.\(metric.name)"] = Tensor([value], shape: [])
                }
                outputs["q2n_map"] = tensor(try Q2n().map(pair)).squeezed(0)
                // The toolbox's map has 90° where a pixel is zero, ours NaN.
                outputs["sam_map"] = tensor(SAM().map(pair)).squeezed(0).replacingNonFinite(nan: 90)
                return outputs
            }
        },
        "metrics_full_resolution": fullResolution,
        "classical": GoldenComponent { golden in
            let wanted = try golden.tensors("output").keys
            let methods = wanted.compactMap { method(named: $0, .published) }
            let ratio: Int = try golden.configuration.value("ratio")
            return Run(leavesOut: Set(wanted).subtracting(methods.map(\.name))) { inputs in
                let ms = image(try inputs.named("ms"))
                let sensor = try sensor(golden, bands: ms.bands, ratio: ratio)
                let pan = image(try inputs.named("pan"))
                return Dictionary(
                    uniqueKeysWithValues: try methods.map { method in
                        (
                            method.name,
                            tensor(
                                try method.sharpen(ms: ms, pan: pan, sensor: sensor, ratio: ratio, border: .circular))
                        )
                    })
            }
        },
        "classical_crop": GoldenComponent { golden, places in
            let wanted = try golden.tensors("output").keys
            let bandIndex = try golden.tensors("output")["band_index"]
            let methods = wanted.compactMap { method(named: $0, bandIndex == nil ? .published : .clipped) }
            let paths: [String] = try golden.configuration.value("inputs")
            let (msPath, panPath) = (try places.data(paths[0], for: golden), try places.data(paths[1], for: golden))
            let origin: [Int] = try golden.configuration.value("crop_origin")
            let size: [Int] = try golden.configuration.value("crop_size")
            let ratio: Int = try golden.configuration.value("ratio")
            return Run(leavesOut: Set(wanted).subtracting(methods.map(\.name))) { _ in
                let (ms, pan) = (try image(at: msPath), try image(at: panPath))
                let sensor = try sensor(golden, bands: ms.bands, ratio: ratio)
                return Dictionary(
                    uniqueKeysWithValues: try methods.map { method in
                        let fused =
                            bandIndex == nil
                            ? try method.sharpen(ms: ms, pan: pan, sensor: sensor, ratio: ratio, border: .circular)
                            : try hyperspectral(method, ms: ms, pan: pan, sensor: sensor, ratio: ratio)
                        let crop = tensor(
                            fused.cropped(
                                rows: origin[0]..<origin[0] + size[0], columns: origin[1]..<origin[1] + size[1]))
                        return (method.name, bandIndex.map { crop.selected(axis: 0, indices: $0.to(.int64)) } ?? crop)
                    })
            }
        },
    ]

    /// The method that a golden file means: quotients as published, or as the hyperspectral toolbox limits them.
    private static func method(named name: String, _ modulation: Modulation) -> (any ClassicalMethod)? {
        switch name {
        case "Brovey": Brovey(modulation: modulation)
        case "BT-H": BTH(modulation: .published, usesPercentiles: modulation == .published)
        case "SFIM": SFIM(modulation: modulation)
        case "AWLP": AWLP(modulation: .published)
        case "MF": MF(modulation: modulation)
        case "PRACS": PRACS(limit: modulation == .published ? .infinity : 10)
        case "TV": TV(isToolboxCompatible: true)
        case "SR-D": SRD(repeatsFirstPatch: modulation == .clipped)
        case "FE-HPM": FEHPM(modulation: modulation)
        case "MTF-GLP-HPM": MTFGLPHPM(modulation: modulation)
        case "MTF-GLP-HPM-H": MTFGLPHPMH(modulation: modulation)
        case "MTF-GLP-HPM-R": MTFGLPHPMR(modulation: modulation)
        default: ClassicalMethods.named(name)
        }
    }

    /// A method as the hyperspectral toolbox runs it: on the interpolated image rounded to 16 bits.
    private static func hyperspectral(
        _ method: any ClassicalMethod, ms: Image, pan: Image, sensor: Sensor, ratio: Int
    ) throws -> Image {
        var scene = try SharpeningScene(
            panHeight: pan.height, panWidth: pan.width, msHeight: ms.height, msWidth: ms.width, bands: ms.bands,
            sensor: sensor, ratio: ratio, border: .circular)
        scene.hyperspectral = HyperspectralForm()
        return try method.sharpen(scene: scene, ms: SceneWindow(whole: ms), pan: SceneWindow(whole: pan))
    }

    static func sensor(_ golden: GoldenCase, bands: Int, ratio: Int) throws -> Sensor {
        let name: String = try golden.configuration.value("sensor")
        if name == "none" { return .unknown(bands: bands, ratio: ratio, bits: 16) }
        guard let sensor = Sensor.named(name) else { throw GoldenError(message: "its sensor \(name) is not known.") }
        return sensor
    }

    /// The taps that an output of the file `filters` holds.
    private static func filter(_ name: String) throws -> Tensor {
        let ratio = name.hasSuffix("_r2") ? 2 : 4
        if name.hasPrefix("lpgauss") { return taps([MTFFilter.gaussian(ratio: ratio)]).squeezed(0) }
        let parts = name.split(separator: "_").map(String.init)
        if parts[1] == "default" || parts[1] == "none" {
            let gain = parts[0] == "pan" ? 0.15 : 0.30
            return taps([MTFFilter.taps(gain: gain, ratio: ratio)]).squeezed(0)
        }
        guard let sensor = Sensor.named(parts[1]) else { throw GoldenError(message: "no sensor \(parts[1])") }
        if parts[0] == "pan" {
            return taps([MTFFilter.taps(gain: sensor.panchromatic.mtfGain, ratio: ratio)]).squeezed(0)
        }
        return taps(sensor.mtfGains.map { MTFFilter.taps(gain: $0, ratio: ratio) })
    }

    private static func taps(_ filters: [SymmetricFilter]) -> Tensor {
        let values = filters.flatMap { filter in
            (-20...20).flatMap { row in (-20...20).map { filter.tap(row, $0) } }
        }
        return Tensor(values, shape: [filters.count, 41, 41])
    }

    /// Everything in the file `resample`.
    private static func resampled(_ inputs: [String: Tensor], _ sensor: Sensor) throws -> [String: Tensor] {
        let (a, ms) = (image(try inputs.named("a")), image(try inputs.named("ms")))
        let c = plane(try inputs.named("c"))
        let small = c.cropped(rows: 0..<12, columns: 0..<12)
        var outputs: [String: Image] = [
            "bicubic_div4_odd": Resize.reduce(c.cropped(rows: 0..<13, columns: 0..<10), by: 4, kernel: .bicubic),
            "lpfilterplusdec_r4": Decimation.apply(to: AtrousFilter(ratio: 4).apply(to: c), step: 4),
            "stdfilt7": BoxFilter(radius: 3).deviation(
                of: SceneWindow(whole: c), rows: 0..<c.height, columns: 0..<c.width),
            "mtf_r4": MTFFilter.apply(to: ms, gains: sensor.mtfGains, ratio: 4),
            "mtfpan_r4": MTFFilter.apply(to: ms.band(0), gains: [sensor.panchromatic.mtfGain], ratio: 4),
        ]
        for factor in [2, 4] {
            outputs["interp23_x\(factor)"] = Upsampler.apply(to: a, ratio: factor, border: .circular)
            outputs["bicubic_div\(factor)"] = Resize.reduce(c, by: factor, kernel: .bicubic)
            outputs["bilinear_div\(factor)"] = Resize.reduce(c, by: factor, kernel: .bilinear)
            outputs["nearest_div\(factor)"] = Decimation.apply(to: c, step: factor)
            outputs["bicubic_x\(factor)"] = Resize.enlarge(small, by: factor, kernel: .bicubic)
            outputs["bilinear_x\(factor)"] = Resize.enlarge(small, by: factor, kernel: .bilinear)
            outputs["lpfilter_r\(factor)"] = AtrousFilter(ratio: factor).apply(to: c)
            outputs["lpgauss_r\(factor)"] = SymmetricFilter.apply(
                [MTFFilter.gaussian(ratio: factor)], to: SceneWindow(whole: c), rows: 0..<c.height, columns: 0..<c.width
            )
        }
        let wald = try WaldProtocol.reduce(
            ms: image(inputs.named("wald_in_ms")), pan: plane(inputs.named("wald_in_pan")), sensor: sensor, ratio: 4)
        outputs["wald_ms"] = wald.ms
        outputs["wald_pan"] = wald.pan
        var tensors = outputs.mapValues { tensor($0) }
        // Files hold single bands without a band axis.
        for (name, image) in outputs where image.bands == 1 { tensors[name] = tensors[name]?.squeezed(0) }
        tensors["prctile_1_5_25_50_99"] = Tensor(Percentile.of(c.values, at: [1, 5, 25, 50, 99]))
        return tensors
    }

    private static func image(_ tensor: Tensor) -> Image {
        let shape = tensor.shape
        guard shape.count == 3 else { return Image(bands: 0, height: 0, width: 0) }
        return Image(bands: shape[0], height: shape[1], width: shape[2], values: tensor.array(of: Double.self))
    }

    private static func plane(_ tensor: Tensor) -> Image { image(tensor.unsqueezed(0)) }

    private static func tensor(_ image: Image) -> Tensor {
        Tensor(image.values, shape: [image.bands, image.height, image.width])
    }

    private static func image(at path: String) throws -> Image {
        let reader = try RasterReader(path)
        return Image(
            bands: reader.profile.dataBands.count, height: reader.profile.height, width: reader.profile.width,
            values: try reader.read(reader.profile.window, as: Double.self))
    }
}
