import StateSpace

extension LEMamba {
    /// What the blocks of one level are built from.
    package struct Level: Hashable, Sendable {
        /// Cg, bands of the guide.
        package var guideBands: Int
        /// C, channels of the map.
        package var width: Int
        /// Number of blocks.
        package var blocks: Int
        /// Side of the windows of the local scan.
        package var window: Int?
        /// States of the local scan; nil for none.
        package var localStates: Int?
        /// Side of the convolution before the local scan; nil for none.
        package var localKernel: Int?
        /// States of the global scan.
        package var globalStates: Int
        /// Side of the convolution before the global scan.
        package var globalKernel: Int
        /// D / C of the global scan.
        package var scanRatio: Double

        package init(
            guideBands: Int, width: Int, blocks: Int = 1, window: Int?, states: [Int?], kernels: [Int?],
            scanRatio: Double
        ) {
            self.guideBands = guideBands
            self.width = width
            self.blocks = blocks
            self.window = window
            (localStates, globalStates) = (states[0], states[1] ?? 0)
            (localKernel, globalKernel) = (kernels[0], kernels[1] ?? 0)
            self.scanRatio = scanRatio
        }

        /// The scan of the whole map.
        var global: MambaConfiguration {
            MambaConfiguration(
                width: width, states: globalStates, convolutionWidth: globalKernel, expansion: scanRatio)
        }

        /// The scan in windows, always twice as wide inside as outside; nil where the level has none.
        var local: (scan: MambaConfiguration, window: Int)? {
            guard let localStates, let localKernel, let window else { return nil }
            return (
                MambaConfiguration(width: width, states: localStates, convolutionWidth: localKernel, expansion: 2),
                window
            )
        }
    }
}

extension LEMambaConfiguration {
    /// The levels in the order in which a map passes them: down, in the middle, and up.
    ///
    /// Quirk: block counts, ratios, windows and channel factors of the decoder are given top level first, states and kernels
    /// deepest first (golden file model_chan_upscale).
    var levels: (encoder: [LEMamba.Level], middle: LEMamba.Level, decoder: [LEMamba.Level]) {
        let count = encoderBlocks.count
        func level(
            _ index: Int, width: Int, blocks: Int, _ states: [[Int?]], _ kernels: [[Int?]], at place: Int
        ) -> LEMamba.Level {
            LEMamba.Level(
                guideBands: guideBands, width: width, blocks: blocks, window: windows[index], states: states[place],
                kernels: kernels[place], scanRatio: scanRatios[index])
        }
        let widths = channelFactors.reduce(into: [width]) { $0.append($0[$0.count - 1] * $1) }
        let encoder = (0..<count).map {
            level($0, width: widths[$0], blocks: encoderBlocks[$0], encoderStates, encoderKernels, at: $0)
        }
        let middle = level(
            count - 1, width: widths[count], blocks: middleBlocks, encoderStates, encoderKernels, at: count - 1)
        let decoder = (0..<count).map { step in
            let index = count - 1 - step
            return level(
                index, width: widths[index], blocks: decoderBlocks[index], decoderStates, decoderKernels, at: step)
        }
        return (encoder, middle, decoder)
    }

    /// What both sides of a map must be multiples of, so that all levels halve it and all windows divide it.
    var sizeUnit: Int {
        let (encoder, middle, decoder) = levels
        let depths = Array(encoder.indices) + [encoder.count] + decoder.indices.reversed()
        return zip(depths, encoder + [middle] + decoder).reduce(1 << encoder.count) { unit, level in
            leastCommonMultiple(unit, (level.1.local?.window ?? 1) << level.0)
        }
    }
}

/// The least common multiple of two numbers above zero.
func leastCommonMultiple(_ a: Int, _ b: Int) -> Int {
    var (divisor, rest) = (a, b)
    while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
    return a / divisor * b
}
