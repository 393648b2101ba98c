import Torch

extension FusionMambaRS: FusionNetwork, SharpeningNetwork {
    /// Bands of the sharp input.
    public var panBands: Int { configuration.panBands }
    /// Bands of the coarse input and of the output.
    public var msBands: Int { configuration.msBands }
    /// Sharp pixels along one coarse pixel.
    public var ratio: Int { configuration.ratio }

    /// Two stages halve the size, and a coarse pixel must be whole.
    public var sizeMultiple: Int {
        var (a, b) = (4, configuration.ratio)
        while b != 0 { (a, b) = (b, a % b) }
        return 4 / a * configuration.ratio
    }

    /// A quarter more than the growth of resident memory that the benchmarks find with the released configuration, 4.2 to
    /// 4.8 KB at 64 × 64 to 256 × 256; nearly all of it is maps of the first width.
    public var bytesPerPixel: Int { 184 * configuration.width + 16 * configuration.msBands }

    /// Fuses one batch; see ``callAsFunction(ms:pan:)``.
    public func sharpen(ms: Tensor, pan: Tensor) throws -> Tensor { try self(ms: ms, pan: pan) }
}

extension NetworkSystem {
    /// FusionMamba of Peng et al.
    static let fusionMambaRS = NetworkSystem(
        name: "fusionmamba-rs",
        title: "FusionMamba (Peng)",
        summary: "two U-shaped branches of four-direction Mamba blocks that exchange at every stage",
        source: "Peng, Zhu, Deng, Deng, Lei: FusionMamba, IEEE TGRS 62, 2024",
        tasks: [.pansharpen, .hypersharpen],
        presets: [
            NetworkPreset("wv3", "WorldView-3, 8 bands, as released", FusionMambaRSConfiguration()),
            NetworkPreset("wv2", "WorldView-2, 8 bands", FusionMambaRSConfiguration()),
            NetworkPreset("gf2", "GaoFen-2, 4 bands", FusionMambaRSConfiguration(msBands: 4)),
            NetworkPreset("qb", "QuickBird, 4 bands", FusionMambaRSConfiguration(msBands: 4)),
            NetworkPreset(
                "pavia", "Pavia Center, 102 bands and PAN", FusionMambaRSConfiguration(width: 24, msBands: 102)),
            NetworkPreset(
                "botswana", "Botswana, 145 bands and PAN", FusionMambaRSConfiguration(width: 24, msBands: 145)),
            NetworkPreset(
                "washington", "Washington DC Mall, 191 bands and PAN",
                FusionMambaRSConfiguration(width: 24, msBands: 191)),
            NetworkPreset(
                "cave-x4", "CAVE, 31 bands and RGB, ratio 4", FusionMambaRSConfiguration(panBands: 3, msBands: 31)),
            NetworkPreset(
                "cave-x8", "CAVE, 31 bands and RGB, ratio 8",
                FusionMambaRSConfiguration(panBands: 3, msBands: 31, ratio: 8)),
        ],
        make: { try FusionMambaRS($0) },
        inferred: { shapes, ratio in
            guard let pan = shapes["raise_pan_dim.0.weight"], let ms = shapes["raise_ms_dim.0.weight"], pan.count == 4,
                ms.count == 4, pan[0] > 0, ms[1] > 0, shapes["stage4.out_proj.weight"] != nil
            else { return nil }
            var configuration = FusionMambaRSConfiguration(width: pan[0], panBands: pan[1], msBands: ms[1])
            if let upsample = shapes["upsample.upsamle.0.weight"]?.first {
                configuration.upsampling = .pixelShuffle
                configuration.ratio = Int((Double(upsample) / Double(ms[1])).squareRoot().rounded())
            } else {
                configuration.upsampling = .fixed
                configuration.ratio = ratio ?? configuration.ratio
            }
            return configuration
        })
}
