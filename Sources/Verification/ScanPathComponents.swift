import StateSpace
import Torch

extension GoldenComponent {
    /// MMMamba's interleaved scan (specification, section 5).
    static let miScan: [String: GoldenComponent] = [
        "scan_index": GoldenComponent { golden in
            let scan = try MIScanCase(golden)
            return Run { _ in
                var outputs: [String: Tensor] = [:]
                for direction in scan.directions {
                    let path = ScanPath.interleaved(windows: scan.window, direction)
                    let (pixels, positions) = try path.permutation(height: scan.height, width: scan.width)
                    let name = direction.miScanName
                    let exact = positions.reshaped(2, -1)
                    outputs["sequence.\(name)"] = pixels
                    outputs["inverse_exact.\(name)"] = exact
                    outputs["inverse_released.\(name)"] =
                        direction.isByRows
                        ? exact : exact.selected(axis: 1, indices: try scan.releasedMerge().pixels[0])
                }
                return outputs
            }
        },
        "scan_apply": GoldenComponent { golden in
            let scan = try MIScanCase(golden)
            let isReleased = golden.configuration.optional("scanInverse", as: String.self) == "released"
            return Run { inputs in
                let images = [try inputs.named("ms"), try inputs.named("pan")]
                let tokens = Tensor.concatenated(images.map { $0.flattened(from: 2, to: 3) }, axis: 2)
                let y = try inputs.named("y")
                let paths = try ScanPaths(
                    scan.directions.map { .interleaved(windows: scan.window, $0) }, height: scan.height,
                    width: scan.width, device: y.device)
                var sum = try paths.merged(y)
                if isReleased {
                    sum = Tensor.zeros(like: sum)
                    for (index, direction) in scan.directions.enumerated() {
                        let path = try ScanPaths(
                            [.interleaved(windows: scan.window, direction)], height: scan.height, width: scan.width,
                            device: y.device)
                        let merged = try path.merged(y.narrowed(axis: 1, start: index, length: 1))
                        sum = sum + (direction.isByRows ? merged : try scan.released(merged))
                    }
                }
                let parts = sum.chunked(2, axis: 2).map {
                    $0.unflattened(axis: 2, sizes: [scan.height, scan.width])
                }
                return ["sequence": try paths.sequences(of: tokens), "ms": parts[0], "pan": parts[1]]
            }
        },
    ]

    /// LE-Mamba's orders of pixels (specification, sections 4 and 5).
    static let leMambaPaths: [String: GoldenComponent] = [
        "cross_scan": GoldenComponent { golden in
            let mode = golden.configuration.optional("mode") ?? 0
            guard let paths = CrossScan(rawValue: mode)?.paths else {
                throw GoldenError(message: "its scan mode is \(mode).")
            }
            let tables = try golden.tensors("output").keys.filter { $0.hasPrefix("index_") }
            return Run { inputs in
                let x = try inputs.named("x")
                let scan = try ScanPaths(paths, height: x.size(2), width: x.size(3), device: x.device)
                var outputs = [
                    "scan": try scan.sequences(of: x.flattened(from: 2, to: 3)),
                    "merge": try scan.merged(inputs.named("ys").flattened(from: 3, to: 4)),
                ]
                for name in tables {
                    let size = try mapSize(name.dropFirst("index_".count))
                    outputs[name] = try ScanPaths(paths, height: size.height, width: size.width).pixels
                }
                return outputs
            }
        },
        "window_partition": GoldenComponent { golden in
            let window: Int = try golden.configuration.value("window")
            return Run { inputs in
                let x = try inputs.named("x")
                let partition = try WindowPartition(window: window, height: x.size(1), width: x.size(2))
                let windows = try partition.windows(of: x)
                return ["windows": windows, "reversed": try partition.map(of: windows)]
            }
        },
    ]

    /// FusionMamba of Xie et al.: the skip-sampled scan, with tensors for each size of map (specification, section 4.6).
    static let skipSampledPaths = GoldenComponent { golden in
        Run(
            furtherOutputs: ["index", "scan.output", "scan.grad", "merge.output", "merge.grad"]
        ) { _ in
            var outputs: [String: Tensor] = [:]
            for name in try golden.tensors("index").keys {
                let size = try mapSize(Substring(name))
                outputs["index.\(name)"] = try SkipSampledPaths(height: size.height, width: size.width).pixels
            }
            for (name, input) in try golden.tensors("scan.input") {
                let size = try mapSize(Substring(name))
                let paths = try SkipSampledPaths(height: size.height, width: size.width)
                let cotangent = try golden.tensors("scan.cotangent")[name]
                (outputs["scan.output.\(name)"], outputs["scan.grad.\(name)"]) = try withGradient(input, cotangent) {
                    try paths.tokens(of: $0.permuted(0, 2, 3, 1)).transposed(2, 3)
                }
            }
            for (name, input) in try golden.tensors("merge.input") {
                let size = try mapSize(Substring(name))
                let paths = try SkipSampledPaths(height: size.height, width: size.width)
                let cotangent = try golden.tensors("merge.cotangent")[name]
                (outputs["merge.output.\(name)"], outputs["merge.grad.\(name)"]) = try withGradient(input, cotangent) {
                    try paths.map(of: $0.transposed(2, 3)).flattened(from: 1, to: 2).transposed(1, 2)
                }
            }
            return outputs
        }
    }

    /// What a function makes of an input, and the gradient of Σ output · cotangent where there is a cotangent.
    private static func withGradient(
        _ input: Tensor, _ cotangent: Tensor?, _ function: (Tensor) throws -> Tensor
    ) throws -> (output: Tensor, gradient: Tensor?) {
        try withGradients {
            input.setRequiresGradient()
            let output = try function(input)
            guard let cotangent else { return (output.detached(), nil) }
            (output * cotangent).sum().backward()
            return (output.detached(), input.gradient)
        }
    }

    /// "4x6": 4 rows, 6 columns.
    private static func mapSize(_ text: Substring) throws -> (height: Int, width: Int) {
        let sides = text.split(separator: "x").map { Int($0) }
        guard sides.count == 2, let height = sides[0], let width = sides[1] else {
            throw GoldenError(message: "'\(text)' is no size such as 4x6.")
        }
        return (height, width)
    }
}

/// The settings of a case of MMMamba's scan.
private struct MIScanCase {
    let height: Int
    let width: Int
    let window: Int?
    let directions: [ScanPath.Direction]

    init(_ golden: GoldenCase) throws {
        let settings = golden.configuration
        height = try settings.value("height")
        width = try settings.value("width")
        window = settings.optional("window", as: String.self) == "global" ? nil : try settings.value("window")
        directions = try settings.value("directions", as: [String].self).map { name in
            guard let direction = ScanPath.Direction(miScan: name) else {
                throw GoldenError(message: "it has a scan direction '\(name)'.")
            }
            return direction
        }
    }

    func releasedMerge(_ device: Device = .cpu) throws -> ScanPaths {
        try .releasedColumnMerge(window: window, height: height, width: width, device: device)
    }

    /// What the released program makes of the merged results of a direction by columns, (B, D, 2 · height · width).
    func released(_ merged: Tensor) throws -> Tensor {
        let shape = merged.shape
        let images = merged.reshaped(shape[0], shape[1] * 2, shape[2] / 2)
        return try releasedMerge(merged.device).sequences(of: images).reshaped(shape)
    }
}
