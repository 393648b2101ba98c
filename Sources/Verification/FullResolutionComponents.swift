import Metrics
import Sensors
import Torch

extension GoldenComponent {
    /// Indices of a sharpened image without reference, and the images that they compare.
    static let fullResolution = GoldenComponent { golden in
        let ratio: Int = try golden.configuration.value("ratio")
        let reprojectionSide: Int = try golden.configuration.value("repro_block")
        // The authors' program of these works in single precision.
        let single = Dictionary(uniqueKeysWithValues: ["rho", "values.D_rho"].map { ($0, 2e-6) })
        return Run(tolerances: single) { inputs in
            let ms = bands(of: try inputs.named("ms"))
            let scene = try SharpenedScene(
                fused: bands(of: inputs.named("fused")), ms: ms, pan: bands(of: inputs.named("pan")),
                sensor: sensor(golden, bands: ms.bands, ratio: ratio), ratio: ratio)
            var outputs: [String: Tensor] = [:]
            for metric in Metrics.withoutReference {
                // What has no value is an error here.
                let value = (try? metric.value(scene)) ?? .nan
                outputs["values.\(metric.name.replacing("-", with: "_"))"] = Tensor([value], shape: [])
            }
            let phases = try scene.coregistration()
            let reprojected = try scene.reprojected(phases: phases)
            let pair = try ImagePair(reference: ms, fused: reprojected, ratio: Double(ratio), peak: 1)
            let quality = try Q2n(side: reprojectionSide).value(pair)
            outputs["values.R_Q2n_block\(reprojectionSide)"] = Tensor([quality], shape: [])
            outputs["coreg_row"] = Tensor(phases.map { Double($0.row) })
            outputs["coreg_col"] = Tensor(phases.map { Double($0.column) })
            let taps = scene.reprojectionFilters[0]
            outputs["repro_taps_band0"] = Tensor(taps.taps, shape: [2 * taps.radius + 1, 2 * taps.radius + 1])
            let compared = try scene.compared()
            let region = PixelRegion(rows: 0..<compared.degraded.height, columns: 0..<compared.degraded.width)
            let rho = try scene.localCorrelation(region).map
            for (name, image) in [
                ("repro", reprojected), ("ms_interp", compared.interpolated), ("pan_filt", compared.lowPassPAN),
                ("fused_mtf", compared.degraded), ("rho", rho),
            ] {
                // Stored in single precision.
                outputs[name] = stored(image).to(.float32)
            }
            let spectral = try ImagePair(
                reference: compared.interpolated, fused: compared.degraded, ratio: Double(ratio), peak: 1)
            outputs["q2n_map"] = stored(try Q2n().map(spectral)).squeezed(0)
            return outputs
        }
    }

    private static func bands(of tensor: Tensor) -> Image {
        let shape = tensor.shape
        guard shape.count == 3 else { return Image(bands: 0, height: 0, width: 0) }
        return Image(bands: shape[0], height: shape[1], width: shape[2], values: tensor.array(of: Double.self))
    }

    private static func stored(_ image: Image) -> Tensor {
        Tensor(image.values, shape: [image.bands, image.height, image.width])
    }
}
