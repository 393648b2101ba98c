import Networks
import StateSpace
import Torch

extension GoldenComponent {
    /// LE-Mamba: blocks.
    static let leMamba: [String: GoldenComponent] = [
        "selective_scan": selectiveScanComponent,
        "ss2d": GoldenComponent { golden in
            let settings = golden.configuration
            let configuration = MambaConfiguration(
                width: try settings.value("d_model"), states: try settings.value("d_state"),
                convolutionWidth: try settings.value("d_conv"), expansion: try settings.value("ssm_ratio"),
                stepRank: stepRank(settings))
            let block = try SS2D(leMamba: configuration, sharing: sharing(settings))
            return Run(block) { inputs in
                let map = try inputs.named("x")
                let (previous, skip) = (inputs["prev_state"], inputs["skip_state"])
                let result = try block(map, previous: previous, skip: skip)
                var outputs = try intermediates(
                    of: block.scan, block.operands(map, previous: previous, skip: skip), height: map.size(1),
                    width: map.size(2))
                outputs[""] = result.map
                outputs["last_state"] = result.lastState
                return outputs
            }
        },
        "vss_block": GoldenComponent { golden in
            let settings = golden.configuration
            let configuration = MambaConfiguration(
                width: try settings.value("hidden_dim"), states: try settings.value("ssm_d_state"),
                convolutionWidth: try settings.value("ssm_conv"), expansion: try settings.value("ssm_ratio"),
                stepRank: stepRank(settings))
            let block = try VSSBlock(
                configuration, perceptronRatio: try settings.value("mlp_ratio"), sharing: sharing(settings))
            return Run(block) { inputs in
                let result = try block(
                    inputs.named("x"), previous: inputs["prev_state"], skip: inputs["skip_state"])
                return ["": result.map, "last_state": result.lastState]
            }
        },
    ]

    private static func sharing(_ settings: GoldenConfiguration) -> SS2D.Sharing? {
        let projectsSkip = settings.optional("skip_state_chan", as: Int.self) != nil
        return settings.optional("prev_state_chan").map {
            SS2D.Sharing(previousWidth: $0, projectsSkip: projectsSkip)
        }
    }

    /// What the four scans read and give, in the order of each path, as the authors' program has it.
    private static func intermediates(
        of scan: MultiPathScan, _ operands: MultiPathScan.Operands, height: Int, width: Int
    ) throws -> [String: Tensor] {
        let paths = try ScanPaths(CrossScan.fourDirections.paths, height: height, width: width)
        func ordered(_ tensor: (Int) -> Tensor) -> Tensor {  // (B, …, L) of each path, joined along axis 1
            Tensor.concatenated(
                (0..<paths.count).map { path in
                    let part = tensor(path)
                    return part.selected(axis: part.rank - 1, indices: paths.pixels[.at(path)].to(part.device))
                }, axis: 1)
        }
        let y = try (0..<paths.count).map { try scan.scan(operands, path: $0, of: paths).y.transposed(1, 2) }
        return [
            "intermediate.scan_u": ordered { operands.values[operands.values.count == 1 ? 0 : $0] },
            "intermediate.scan_delta": ordered { operands.delta.chunked(paths.count, axis: 1)[$0] },
            "intermediate.scan_B": ordered { operands.B.narrowed(axis: 1, start: $0, length: 1) },
            "intermediate.scan_C": ordered { operands.C.narrowed(axis: 1, start: $0, length: 1) },
            "intermediate.scan_y": ordered { y[$0] },
        ]
    }

    /// The rank of step sizes where a file names a number; by the width otherwise.
    static func stepRank(_ settings: GoldenConfiguration, key: String = "dt_rank") -> MambaConfiguration.StepRank {
        settings.optional(key, as: Int.self).map { .fixed($0) } ?? .automatic
    }
}
