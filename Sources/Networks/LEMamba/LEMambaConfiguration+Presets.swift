extension LEMambaConfiguration {
    /// The authors' "small" network: two blocks a level, channels that double.
    public static func small(msBands: Int, guideBands: Int = 1, ratio: Int = 4) -> LEMambaConfiguration {
        var configuration = LEMambaConfiguration(msBands: msBands, guideBands: guideBands, ratio: ratio)
        configuration.encoderBlocks = [2, 2, 2]
        configuration.decoderBlocks = [2, 2, 2]
        configuration.channelFactors = [1, 2, 2]
        configuration.scanRatios = [3, 2, 2]
        configuration.encoderStates = [[32, 32], [32, 32], [nil, 32]]
        configuration.decoderStates = [[nil, 32], [32, 32], [32, 32]]
        configuration.decoderKernels = [[nil, 11], [7, 11], [nil, 11]]
        configuration.dropRate = 0.2
        return configuration
    }

    /// The authors' "base" network: more blocks than the "tiny" one.
    public static func base(
        msBands: Int, guideBands: Int = 1, ratio: Int = 4, width: Int = 32
    ) -> LEMambaConfiguration {
        var configuration = LEMambaConfiguration(msBands: msBands, guideBands: guideBands, ratio: ratio)
        configuration.width = width
        configuration.encoderBlocks = [4, 3, 2]
        configuration.decoderBlocks = [4, 3, 2]
        configuration.dropRate = 0.2
        return configuration
    }

    /// The network for images of CAVE or Harvard: 31 bands and RGB. The published one has 3.158 million parameters, which no
    /// configuration that the authors released has; "base" of width 48 comes nearest, with 3.050 million.
    static func hyperspectral(ratio: Int) -> LEMambaConfiguration {
        base(msBands: 31, guideBands: 3, ratio: ratio, width: 48)
    }

    static let presets = [
        NetworkPreset("wv3", "WorldView-3, 8 bands, as published", LEMambaConfiguration(msBands: 8)),
        NetworkPreset("gf2", "GaoFen-2, 4 bands, as published", LEMambaConfiguration(msBands: 4)),
        NetworkPreset("qb", "QuickBird, 4 bands, as published", LEMambaConfiguration(msBands: 4)),
        NetworkPreset("wv3-small", "WorldView-3, the authors' small network", small(msBands: 8)),
        NetworkPreset("wv3-base", "WorldView-3, the authors' base network", base(msBands: 8)),
        NetworkPreset("cave-x4", "CAVE, 31 bands and RGB, ratio 4, base of width 48", hyperspectral(ratio: 4)),
        NetworkPreset("cave-x8", "CAVE, 31 bands and RGB, ratio 8, base of width 48", hyperspectral(ratio: 8)),
        NetworkPreset("harvard-x4", "Harvard, 31 bands and RGB, ratio 4, base of width 48", hyperspectral(ratio: 4)),
        NetworkPreset("harvard-x8", "Harvard, 31 bands and RGB, ratio 8, base of width 48", hyperspectral(ratio: 8)),
        NetworkPreset(
            "cave-x4-tiny", "CAVE, ratio 4, the network of the pansharpening sets",
            LEMambaConfiguration(msBands: 31, guideBands: 3)),
        NetworkPreset("cave-x4-small", "CAVE, ratio 4, the authors' small network", small(msBands: 31, guideBands: 3)),
    ]
}
