import Networks
import StateSpace
import Torch

extension GoldenComponent {
    /// MMMamba: blocks.
    static let mmMamba: [String: GoldenComponent] = [
        "selective_scan": selectiveScanComponent,
        "ss2d": GoldenComponent { golden in
            let mixer = try InterleavedScanMixer(mixerConfiguration(golden.configuration))
            return Run(mixer) { inputs in
                let result = try mixer(ms: inputs.named("ms"), pan: inputs["pan"])
                return ["ms": result.ms, "pan": result.pan].compactMapValues { $0 }
            }
        },
    ]

    /// The mixer that a file describes; what it does not name is as the authors have it.
    private static func mixerConfiguration(_ settings: GoldenConfiguration) throws -> InterleavedScanConfiguration {
        var configuration = InterleavedScanConfiguration(width: try settings.value("width"))
        configuration.block.states = settings.optional("dState") ?? configuration.block.states
        configuration.block.convolutionWidth = settings.optional("dConv") ?? configuration.block.convolutionWidth
        configuration.block.expansion = settings.optional("expand") ?? configuration.block.expansion
        configuration.block.stepRank = stepRank(settings, key: "dtRank")
        configuration.window =
            settings.optional("window", as: String.self) == "global"
            ? nil : settings.optional("window") ?? configuration.window
        func choice<Choice: RawRepresentable<String>>(_ key: String, _ standard: Choice) throws -> Choice {
            guard let name: String = settings.optional(key) else { return standard }
            guard let choice = Choice(rawValue: name) else { throw GoldenError(message: "its '\(key)' is '\(name)'.") }
            return choice
        }
        configuration.fusion = try choice("fusion", configuration.fusion)
        configuration.inverse = try choice("scanInverse", configuration.inverse)
        if let names: [String] = settings.optional("directions") {
            configuration.directions = try names.map { name in
                guard let direction = ScanPath.Direction(miScan: name) else {
                    throw GoldenError(message: "it has a direction '\(name)'.")
                }
                return direction
            }
        }
        return configuration
    }
}
