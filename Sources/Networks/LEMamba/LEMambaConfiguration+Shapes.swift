extension LEMambaConfiguration {
    /// The configuration of the network with parameters of these shapes; nil where they are of another one.
    ///
    /// Shapes tell neither the windows' sides, which are then those of the authors, nor the ratio.
    package init?(shapes: [String: [Int]], ratio: Int?) {
        func size(_ name: String, _ axis: Int) -> Int? { shapes[name].flatMap { $0.count > axis ? $0[axis] : nil } }
        func count(_ name: (Int) -> String) -> Int { (0..<64).prefix { shapes[name($0)] != nil }.count }
        guard let width = size("intro.weight", 0), let bands = size("intro.weight", 1),
            let guideBands = size("lemm_encoders.0.mods.0.intro_conv.0.weight", 1)
        else { return nil }
        self.init(msBands: bands, guideBands: guideBands, ratio: ratio ?? 4)
        self.width = width

        let levels = count { "lemm_downs.\($0).1.weight" }
        let encoders = (0..<levels).map { "lemm_encoders.\($0).mods." }
        let decoders = (0..<levels).map { "lemm_decoders.\($0).mods." }
        func pairs(_ blocks: [String], _ name: String, _ axis: Int) -> [[Int?]] {
            blocks.map { [size("\($0)mamba_inner_shared.op.\(name)", axis), size("\($0)mamba.op.\(name)", axis)] }
        }
        let entryName = "intro_conv.0.weight"
        encoderBlocks = encoders.map { level in count { "\(level)\($0).\(entryName)" } }
        decoderBlocks = decoders.reversed().map { level in count { "\(level)\($0 + 1).\(entryName)" } }
        middleBlocks = count { "middle_blks.mods.\($0).\(entryName)" }
        let (down, up) = (encoders.map { "\($0)0." }, decoders.map { "\($0)1." })
        encoderStates = pairs(down, "A_logs", 1)
        decoderStates = pairs(up, "A_logs", 1)
        encoderKernels = pairs(down, "conv2d.weight", 2)
        decoderKernels = pairs(up, "conv2d.weight", 2)
        channelFactors = []
        scanRatios = []
        windows = []
        for index in 0..<levels {
            guard let before = size("lemm_downs.\(index).1.weight", 1), before > 0,
                let after = size("lemm_downs.\(index).1.weight", 0),
                let inner = size("\(down[index])mamba.op.out_norm.weight", 0)
            else { return nil }
            channelFactors.append(after / before)
            scanRatios.append(Double(inner) / Double(before))
            let hasWindows = encoderStates[index][0] != nil || decoderStates[levels - 1 - index][0] != nil
            windows.append(hasWindows ? 8 : nil)
        }
        guard (try? validate()) != nil else { return nil }
    }
}
