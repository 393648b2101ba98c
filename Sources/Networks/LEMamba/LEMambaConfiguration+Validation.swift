import Torch

extension LEMambaConfiguration {
    /// Checks that every number is one that a network can be built with, and refuses what the authors' program can't run.
    public func validate() throws(ConfigurationError) {
        try refuseWhatNeverRan()
        try check(.msBands, msBands, 1...1024)
        try check(.guideBands, guideBands, 1...1024)
        guard outputBands == msBands else {
            throw .outOfRange(
                key: CodingKeys.outputBands.rawValue, value: "\(outputBands)",
                allowed: "\(msBands), as \(CodingKeys.msBands.rawValue)")
        }
        try check(.width, width, 1...1024)
        try check(.middleBlocks, middleBlocks, 1...64)
        try check(.ratio, ratio, 1...64)
        guard (0...1).contains(dropRate) else { throw outOfRange(.dropRate, dropRate, "0 to 1") }
        try checkLists()
        try checkBlocks()
    }

    private func refuseWhatNeverRan() throws(ConfigurationError) {
        let plain = [
            (CodingKeys.plainEncoderBlocks, plainEncoderBlocks), (.plainDecoderBlocks, plainDecoderBlocks),
            (.plainChannelFactors, plainChannelFactors),
        ]
        for (key, list) in plain where !list.isEmpty {
            throw outOfRange(key, list, "empty: the authors' program builds these blocks and never runs them")
        }
        if hasPositionTable {
            throw outOfRange(.hasPositionTable, true, "false: the authors' table fits only one size of image")
        }
        if hasRotaryPositions {
            throw outOfRange(.hasRotaryPositions, true, "false: the authors' program can't build such a network")
        }
    }

    private func checkLists() throws(ConfigurationError) {
        guard (1...8).contains(encoderBlocks.count) else {
            throw outOfRange(.encoderBlocks, encoderBlocks, "a list of 1 to 8 levels")
        }
        let counts = [
            (CodingKeys.decoderBlocks, decoderBlocks.count), (.channelFactors, channelFactors.count),
            (.scanRatios, scanRatios.count), (.windows, windows.count), (.encoderStates, encoderStates.count),
            (.decoderStates, decoderStates.count), (.encoderKernels, encoderKernels.count),
            (.decoderKernels, decoderKernels.count),
        ]
        for (key, count) in counts where count != encoderBlocks.count {
            throw outOfRange(
                key, "a list of \(count)",
                "a list of \(encoderBlocks.count), as \(CodingKeys.encoderBlocks.rawValue)")
        }
        for count in encoderBlocks { try check(.encoderBlocks, count, 1...64) }
        for count in decoderBlocks { try check(.decoderBlocks, count, 1...64) }
        for factor in channelFactors { try check(.channelFactors, factor, 1...16) }
        for window in windows { try check(.windows, window ?? 1, 1...256) }
        for (key, list) in [(CodingKeys.encoderStates, encoderStates), (.decoderStates, decoderStates)] {
            for number in try numbers(key, list) { try check(key, number, 1...256) }
        }
        for (key, list) in [(CodingKeys.encoderKernels, encoderKernels), (.decoderKernels, decoderKernels)] {
            for number in try numbers(key, list) {
                try check(key, number, 1...63)
                if number % 2 == 0 { throw outOfRange(key, number, "odd") }
            }
        }
    }

    private func numbers(_ key: CodingKeys, _ pairs: [[Int?]]) throws(ConfigurationError) -> [Int] {
        for pair in pairs where pair.count != 2 || pair[1] == nil {
            throw outOfRange(key, pair, "pairs of local and global, of which the first may be null")
        }
        return pairs.flatMap { $0.compactMap(\.self) }
    }

    private func checkBlocks() throws(ConfigurationError) {
        // States go from block to block, and nothing changes how many there are.
        let states = encoderStates[0][1]
        for (key, list) in [(CodingKeys.encoderStates, encoderStates), (.decoderStates, decoderStates)] {
            for pair in list where pair[1] != states {
                throw outOfRange(
                    key, pair[1] ?? 0,
                    "\(states ?? 0) for every global scan, since the scans share their states")
            }
        }
        let levels = levels
        for level in levels.encoder + [levels.middle] + levels.decoder {
            if level.localStates != nil, level.localKernel != nil, level.window == nil {
                throw outOfRange(.windows, "null", "a number where the local scan has states and a kernel")
            }
            try level.global.validate()
            try level.local?.scan.validate()
        }
    }

    private func check(_ key: CodingKeys, _ value: Int, _ allowed: ClosedRange<Int>) throws(ConfigurationError) {
        guard allowed.contains(value) else {
            throw outOfRange(key, value, "\(allowed.lowerBound) to \(allowed.upperBound)")
        }
    }

    private func outOfRange(_ key: CodingKeys, _ value: Any, _ allowed: String) -> ConfigurationError {
        .outOfRange(key: key.rawValue, value: "\(value)", allowed: allowed)
    }
}
