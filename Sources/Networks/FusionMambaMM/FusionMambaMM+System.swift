import Torch

extension FusionMambaMM: FusionNetwork, PairFusionNetwork {
    /// A quarter more than the growth of resident memory that the benchmarks find with the released configuration, 1.9 KB at
    /// 256 × 256. Up to 90 MB of it are convolutions' kernels, whatever the size.
    public var bytesPerPixel: Int { 26 * configuration.widths[0] }

    /// Fuses one batch; see ``callAsFunction(_:_:)``.
    public func fuse(_ first: Tensor, _ second: Tensor) throws -> Tensor { try self(first, second) }
}

extension NetworkSystem {
    /// FusionMamba of Xie et al.
    static let fusionMambaMM = NetworkSystem(
        name: "fusionmamba-mm",
        title: "FusionMamba (Xie)",
        summary: "a U-net of skip-sampled state-space blocks whose skip connections fuse two modalities",
        source: "Xie, Cui, Tan, Zheng, Yu: FusionMamba, Visual Intelligence 2, 2024",
        tasks: [.fuse],
        presets: FusionMambaMMTask.allCases.map {
            NetworkPreset($0.rawValue, $0.summary, $0.configuration)
        },
        make: { try FusionMambaMM($0) },
        renamed: FusionMambaMM.releasedName(of:),
        inferred: { shapes, _ in FusionMambaMMConfiguration(shapes: shapes) })
}

extension FusionMambaMM {
    /// The name in the current program of a parameter in a checkpoint of the authors' program from August to October 2024;
    /// nil for those of layers that it had and never used.
    static func releasedName(of name: String) -> String? {
        guard name.hasPrefix("Cross_block.") else { return name }
        var parts = name.split(separator: ".").map(String.init)
        guard parts.count > 2 else { return name }
        switch parts[2] {
        case "norm2", "mlp": return nil
        case "DFEM": parts[2] = "Cross_layer"
        case "self_attention_cross_eca": parts[2] = "self_attention_cross_spatial"
        default: break
        }
        return parts.joined(separator: ".")
    }
}

extension FusionMambaMMConfiguration {
    /// The configuration of a network with parameters of these shapes; nil where they are of another system.
    init?(shapes: [String: [Int]]) {
        guard let width = shapes["patch_embed1.proj.weight"]?.first,
            let decay = shapes["Cross_block.0.self_attention_cross.A_logs"], decay.count == 2
        else { return nil }
        let depths = Self.depths("layers", shapes)
        guard (1...8).contains(depths.count) else { return nil }
        self.init(depths: depths, decoderDepths: Self.depths("layers_up", shapes), width: width)
        states = decay[1]
        // Names of the program from before 15 October 2024, which added the inputs once.
        if shapes.keys.contains(where: { $0.contains(".DFEM.") }) { residualGain = 1 }
    }

    /// Blocks of each of the encoder's or the decoder's stages.
    private static func depths(_ stages: String, _ shapes: [String: [Int]]) -> [Int] {
        var counts: [Int: Int] = [:]
        for name in shapes.keys {
            let parts = name.split(separator: ".")
            guard parts.count > 4, parts[0] == stages, parts[2] == "blocks", let stage = Int(parts[1]),
                let block = Int(parts[3])
            else { continue }
            counts[stage] = max(counts[stage] ?? 0, block + 1)
        }
        return (0..<counts.count).map { counts[$0] ?? 0 }
    }
}
