import Networks
import StateSpace
import Testing
import Torch

@Suite("Mixer of MMMamba")
struct InterleavedScanMixerTests {
    /// A variant and a map that it shall be tried on.
    struct Variant: CustomStringConvertible, Sendable {
        var window: Int? = 2
        var directions = MMMambaConfiguration.Direction.allCases
        var fusion = MMMambaConfiguration.Fusion.inContext
        var inverse = MMMambaConfiguration.ScanInverse.exact
        var hasPan = true
        var size = (4, 6)

        var description: String {
            "window \(window ?? 0), \(directions), \(fusion), \(inverse), \(size)\(hasPan ? "" : ", no pan")"
        }
        var configuration: MMMambaConfiguration {
            var configuration = MMMambaConfiguration(bands: 4, width: 6)
            configuration.states = 3
            configuration.window = window.map { .side($0) } ?? .global
            configuration.directions = directions
            configuration.fusion = fusion
            configuration.scanInverse = inverse
            return configuration
        }
    }

    static let variants: [Variant] =
        [true, false].flatMap { hasPan in
            MMMambaConfiguration.Fusion.allCases.flatMap { fusion in
                [
                    Variant(fusion: fusion, hasPan: hasPan), Variant(window: nil, fusion: fusion, hasPan: hasPan),
                    Variant(window: 1, directions: [.rows], fusion: fusion, hasPan: hasPan, size: (1, 3)),
                    Variant(directions: [.columnsReversed, .rows], fusion: fusion, hasPan: hasPan),
                    Variant(fusion: fusion, inverse: .released, hasPan: hasPan),
                    Variant(
                        directions: [.columns], fusion: fusion, inverse: .released, hasPan: hasPan, size: (6, 2)),
                    Variant(window: nil, fusion: fusion, inverse: .released, hasPan: hasPan),
                    Variant(fusion: fusion, inverse: .released, hasPan: hasPan, size: (4, 4)),
                ]
            }
        }

    private func mixer(_ configuration: MMMambaConfiguration) throws -> InterleavedScanMixer {
        let mixer = try InterleavedScanMixer(configuration)
        let generator = RandomGenerator(seed: 3)
        mixer.initialize(using: generator)
        withoutGradients {
            for (name, tensor) in mixer.namedParameters() {
                let noise = Tensor.normal(tensor.shape, standardDeviation: 0.3, generator: generator)
                tensor.addInPlace(name == "dt_projs_bias" ? noise + 3 : noise)
            }
        }
        mixer.to(.float64)
        mixer.eval()
        return mixer
    }

    @Test("has the authors' parameters")
    func names() throws {
        var configuration = MMMambaConfiguration()
        func shapes() throws -> [String: [Int]] {
            Dictionary(
                uniqueKeysWithValues: try InterleavedScanMixer(configuration).state().map { ($0.name, $0.tensor.shape) }
            )
        }
        #expect(
            try shapes() == [
                "x_proj_weight": [4, 18, 85], "dt_projs_weight": [4, 85, 2], "dt_projs_bias": [4, 85],
                "A_logs": [340, 8], "Ds": [340], "in_proj_vis.weight": [170, 32], "in_proj_inf.weight": [170, 32],
                "conv2d_vis.weight": [85, 1, 3, 3], "conv2d_vis.bias": [85], "conv2d_inf.weight": [85, 1, 3, 3],
                "conv2d_inf.bias": [85], "out_norm_vis.weight": [85], "out_norm_vis.bias": [85],
                "out_norm_inf.weight": [85], "out_norm_inf.bias": [85], "out_proj_vis.weight": [32, 85],
                "out_proj_inf.weight": [32, 85],
            ])
        configuration.fusion = .channelConcat
        configuration.directions = [.columns, .rows]
        let wide = try shapes()
        #expect(wide["x_proj_weight"] == [2, 18, 170] && wide["A_logs"] == [340, 8])
        #expect(wide["dt_projs_weight"] == [2, 170, 2] && wide["out_proj_vis.weight"] == [32, 85])
    }

    @Test("is the scan of the specification, token by token where it says", arguments: variants)
    func specification(variant: Variant) throws {
        try withTorchErrors {
            let mixer = try mixer(variant.configuration)
            let generator = RandomGenerator(seed: 9)
            func features() -> Tensor {
                Tensor.normal([2, 6, variant.size.0, variant.size.1], generator: generator).to(.float64)
            }
            let (ms, pan) = (features(), variant.hasPan ? features() : nil)
            try withoutGradients {
                let found = try mixer(ms: ms, pan: pan)
                let expected = try InterleavedScanReference(variant, mixer).run(ms: ms, pan: pan)
                #expect(difference(found.ms, expected.ms) < 1e-12)
                #expect((found.pan == nil) == (pan == nil))
                if let pan = found.pan { #expect(difference(pan, try #require(expected.pan)) < 1e-12) }
            }
        }
    }

    @Test("of the released kind differs from the exact one on maps that are not square only")
    func released() throws {
        try withTorchErrors {
            var configuration = Variant().configuration
            let exact = try mixer(configuration)
            configuration.scanInverse = .released
            let released = try mixer(configuration)
            for (size, differs) in [((4, 6), true), ((4, 4), false)] {
                let ms = Tensor.normal([1, 6, size.0, size.1], generator: RandomGenerator(seed: 4)).to(.float64)
                let results = try withoutGradients {
                    try [exact, released].map { try $0(ms: ms, pan: ms).ms }
                }
                #expect((difference(results[0], results[1]) > 1e-3) == differs)
            }
        }
    }

    @Test("gives no gradient to the projection that it does not use")
    func unused() throws {
        try withTorchErrors {
            let mixer = try mixer(Variant().configuration)
            let ms = Tensor.normal([1, 6, 4, 4], generator: RandomGenerator(seed: 4)).to(.float64)
            let result = try mixer(ms: ms, pan: ms)
            (result.ms.sum() + (result.pan?.sum() ?? result.ms.sum())).backward()
            let without = mixer.namedParameters().filter { $0.tensor.gradient == nil }.map(\.name)
            #expect(without == ["in_proj_inf.weight"])
        }
    }

    @Test("refuses what it can't take, and says why")
    func wrongInput() throws {
        try withTorchErrors {
            let mixer = try mixer(Variant().configuration)
            func message(_ ms: [Int], _ pan: [Int]) -> String? {
                #expect(throws: BlockInputError.self) {
                    try mixer(ms: .zeros(ms, dtype: .float64), pan: .zeros(pan, dtype: .float64))
                }?.description
            }
            #expect(message([1, 4, 4, 4], [1, 4, 4, 4])?.contains("it must be (B, 6, H, W)") == true)
            #expect(message([1, 6, 4, 4], [1, 6, 4, 6])?.contains("must be [1, 6, 4, 4]") == true)
            #expect(
                message([1, 6, 4, 5], [1, 6, 4, 5])
                    == "windows of 2 don't divide a map of 4 × 5 pixels; fill it up to multiples of 2.")
        }
        var configuration = Variant(window: 0).configuration
        #expect(throws: ConfigurationError.self) { try InterleavedScanMixer(configuration) }
        configuration = Variant(directions: [.rows, .rows]).configuration
        #expect(throws: ConfigurationError.self) { try InterleavedScanMixer(configuration) }
        configuration = Variant().configuration
        configuration.convolutionWidth = 4
        #expect(throws: ConfigurationError.self) { try InterleavedScanMixer(configuration) }
    }
}
