import Metrics
import Sensors
import Torch

extension GoldenComponent {
    /// HyRA's index of spectra, FSDS.
    static let hyRA: [String: GoldenComponent] = [
        "fsds_pairs": GoldenComponent { _ in
            Run { inputs in
                let count = inputs.keys.count { $0.hasPrefix("gt_") }
                func values(_ order: FSDS.Order) throws -> Tensor {
                    Tensor(
                        try (0..<count).map { index in
                            let truth = image(try inputs.named("gt_\(index)"))
                            return try value(image(inputs.named("pred_\(index)")), of: truth, order)
                        })
                }
                return ["fsds": try values(.reference), "fsds_swapped": try values(.table)]
            }
        },
        "fsds_stages": GoldenComponent { _ in
            Run(furtherOutputs: ["stage"]) { inputs in
                let (found, truth) = (image(try inputs.named("pred")), image(try inputs.named("gt")))
                var outputs = ["fsds": Tensor([try value(found, of: truth, .reference)])]
                for (name, image) in ["pred": found, "gt": truth] {
                    let standardized = try FSDS.standardized(image)
                    outputs["stage.\(name)_normalised"] = Tensor(
                        standardized.values, shape: [image.bands, image.height, image.width])
                    let bands = (0..<image.bands).map { FSDS.accumulatedParts(standardized.band($0)) }
                    for part in 0..<2 {
                        let numbers = bands.flatMap { parts in
                            zip(parts[part].real, parts[part].imaginary).flatMap { [$0, $1] }
                        }
                        outputs["stage.\(name)_part\(part + 1)"] = Tensor(
                            numbers, shape: [image.bands, (image.height + 1) / 2, image.width / 2 + 1, 2])
                    }
                }
                return outputs
            }
        },
        "fsds_matlab_interface": GoldenComponent { _ in
            Run { inputs in
                let found = image(try inputs.named("pred_hwc").permuted(2, 0, 1))
                let truth = image(try inputs.named("gt_hwc").permuted(2, 0, 1))
                return ["fsds": Tensor([try FSDS.matlabValue(found, reference: truth)])]
            }
        },
    ]

    private static func value(_ found: Image, of truth: Image, _ order: FSDS.Order) throws -> Double {
        try FSDS(order).value(ImagePair(reference: truth, fused: found, ratio: 1, peak: 1))
    }

    private static func image(_ tensor: Tensor) -> Image {
        Image(
            bands: tensor.size(0), height: tensor.size(1), width: tensor.size(2), values: tensor.array(of: Double.self))
    }
}
