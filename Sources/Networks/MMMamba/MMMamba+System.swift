import Torch

extension MMMamba: FusionNetwork, SharpeningNetwork, UpscalingNetwork {
    /// PAN.
    public var panBands: Int { 1 }
    /// Bands of the multispectral input and of the output.
    public var msBands: Int { configuration.bands }
    /// Panchromatic pixels along one multispectral pixel.
    public var ratio: Int { configuration.scale }

    /// Whole windows of the scan, and whole multispectral pixels.
    public var sizeMultiple: Int {
        var multiple = ratio
        while multiple % configuration.sizeUnit != 0 { multiple += ratio }
        return multiple
    }

    /// A quarter more than the growth of resident memory with the published configuration, 10 to 11 KB at 64 × 64 and
    /// 128 × 128. A quarter of that are the step sizes of all directions; all of it grows with the width.
    public var bytesPerPixel: Int { 432 * configuration.width + 16 * configuration.bands }

    /// Fuses one batch; see ``callAsFunction(ms:pan:)``.
    public func sharpen(ms: Tensor, pan: Tensor) throws -> Tensor { try self(ms: ms, pan: pan) }

    /// Enlarges one batch without a panchromatic image; see ``MMMambaConfiguration/panAbsence``.
    public func upscale(_ ms: Tensor) throws -> Tensor { try self(ms: ms) }
}

extension NetworkSystem {
    /// MMMamba of Wang et al.
    static let mmMamba = NetworkSystem(
        name: "mmmamba",
        title: "MMMamba",
        summary:
            "two streams that meet in one scan, where windows of both images take turns; works without PAN",
        source: "Wang, He, Wu, Huang, Zhang, Liu, Ding, Che: MMMamba, arXiv 2512.15261, 2025",
        tasks: [.pansharpen, .upscale],
        presets: [
            NetworkPreset("wv2", "WorldView-2, 4 bands, as published", MMMambaConfiguration()),
            NetworkPreset("gf2", "GaoFen-2, 4 bands, as published", MMMambaConfiguration()),
            NetworkPreset("wv3", "WorldView-3, 4 bands, as published", MMMambaConfiguration()),
            NetworkPreset("wv3-8", "WorldView-3, 8 bands", MMMambaConfiguration(bands: 8)),
            NetworkPreset("qb", "QuickBird, 4 bands", MMMambaConfiguration()),
        ] + ablations,
        make: { try MMMamba($0) },
        inferred: { shapes, ratio in MMMambaConfiguration(shapes: shapes, ratio: ratio) })

    /// What the paper compares its network with; each differs in one thing.
    private static let ablations: [NetworkPreset] = {
        func preset(
            _ name: String, _ summary: String, _ change: (inout MMMambaConfiguration) -> Void
        ) -> NetworkPreset {
            var configuration = MMMambaConfiguration()
            change(&configuration)
            return NetworkPreset(name, summary, configuration)
        }
        return [
            preset("attention", "ablation: attention in place of the scan; slow, time grows with the square of pixels")
            {
                $0.mixer = .attention
            },
            preset("channel-concat", "ablation: the images meet as channels of one scan") {
                $0.fusion = .channelConcat
            },
            preset("single-direction", "ablation: one direction of the scan in place of four") {
                $0.directions = [.rows]
            },
            preset("global-scan", "ablation: the scan visits one whole image after the other") {
                $0.window = .global
            },
        ]
    }()
}

extension MMMambaConfiguration {
    /// The configuration of the network with parameters of these shapes; nil where they are of another system, or where
    /// shapes alone don't say which two or three directions there are. They never say the window, nor how many heads an
    /// attention has; these have their defaults.
    init?(shapes: [String: [Int]], ratio: Int?) {
        func size(_ name: String, _ axis: Int) -> Int? {
            guard let shape = shapes[name], shape.indices.contains(axis), shape[axis] > 0 else { return nil }
            return shape[axis]
        }
        let first = "mm_mamba.0."
        guard let width = size("ms_encoder.0.weight", 0), let bands = size("ms_encoder.0.weight", 1),
            let hidden = size(first + "ffn.project_out.weight", 1), shapes["simple_fusion.weight"] != nil
        else { return nil }
        self.init(bands: bands, width: width)
        blocks = (0...).first { shapes["mm_mamba.\($0).norm_ms.body.weight"] == nil } ?? 0
        scale = ratio ?? scale
        // In the middle of what is cut to a number of channels.
        if hiddenWidth != hidden { feedForwardExpansion = (Double(hidden) + 0.5) / Double(width) }
        if shapes[first + "attn.qkv_ms.weight"] != nil {
            mixer = .attention
            return
        }
        guard let count = size(first + "attn.x_proj_weight", 0), let channels = size(first + "attn.A_logs", 0),
            let states = size(first + "attn.A_logs", 1), let rank = size(first + "attn.dt_projs_weight", 2),
            let inner = size(first + "attn.conv2d_vis.weight", 0), let side = size(first + "attn.conv2d_vis.weight", 2),
            [1, Direction.allCases.count].contains(count)
        else { return nil }
        directions = Array(Direction.allCases.prefix(count))
        (self.states, convolutionWidth) = (states, side)
        if block.innerWidth != inner { expansion = (Double(inner) + 0.5) / Double(width) }
        if block.rank != rank { stepRank = .fixed(rank) }
        fusion = channels == 2 * count * inner ? .channelConcat : .inContext
    }
}
