import Networks
import StateSpace
import Torch

extension GoldenComponent {
    /// FusionMamba of Xie et al.: blocks.
    static let fusionMambaMM: [String: GoldenComponent] = [
        "es2d_index": skipSampledPaths,
        "essm": GoldenComponent { golden in
            let block = try SS2D(fusionMambaMM: mixerConfiguration(golden.configuration))
            return Run(block) { ["": try block($0.named("x"))] }
        },
        "cmfm": GoldenComponent { golden in
            let block = try CrossModalityScan(mixerConfiguration(golden.configuration))
            return Run(block) { ["": try block($0.named("x1"), $0.named("x2"))] }
        },
    ]

    private static func mixerConfiguration(_ settings: GoldenConfiguration) throws -> MambaConfiguration {
        MambaConfiguration(
            width: try settings.value("d_model"), states: try settings.value("d_state"),
            convolutionWidth: settings.optional("d_conv") ?? 3, expansion: settings.optional("ssm_ratio") ?? 2,
            stepRank: stepRank(settings))
    }
}
