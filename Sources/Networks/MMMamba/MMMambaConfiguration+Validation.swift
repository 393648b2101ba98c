import Torch

extension MMMambaConfiguration {
    /// Checks that every number is one that a network can be built with.
    public func validate() throws(ConfigurationError) {
        func check(
            _ key: CodingKeys, _ isAllowed: Bool, _ value: @autoclosure () -> Any, _ allowed: String
        ) throws(ConfigurationError) {
            guard isAllowed else {
                throw .outOfRange(key: key.rawValue, value: "\(value())", allowed: allowed)
            }
        }
        func check(_ key: CodingKeys, _ value: Int, _ range: ClosedRange<Int>) throws(ConfigurationError) {
            try check(key, range.contains(value), value, "\(range.lowerBound) to \(range.upperBound)")
        }
        let most = 1 << 16
        try check(.bands, bands, 1...1024)
        try check(.width, (4...1024).contains(width) && width % 2 == 0, width, "even, 4 to 1024")
        try check(.blocks, blocks, 1...1024)
        try check(.scale, scale, 1...32)
        try check(.states, states, 1...256)
        try check(
            .convolutionWidth, (1...255).contains(convolutionWidth) && convolutionWidth % 2 == 1, convolutionWidth,
            "odd, 1 to 255")
        func check(_ key: CodingKeys, expansion: Double) throws(ConfigurationError) {
            let channels = expansion * Double(width)
            try check(
                key, channels >= 1 && channels <= Double(most), expansion,
                "such that \(key.rawValue) · width is 1 to \(most)")
        }
        try check(.expansion, expansion: expansion)
        try check(.feedForwardExpansion, expansion: feedForwardExpansion)
        try check(.stepRank, (1...most).contains(block.rank), block.rank, "1 to \(most), or \"auto\"")
        for (key, window) in [(CodingKeys.window, window), (.span, span)] {
            let side = window.pixels ?? 1
            try check(key, (1...most).contains(side), side, "1 to \(most), or \"global\"")
        }
        try check(
            .directions, !directions.isEmpty && Set(directions).count == directions.count,
            directions.map(\.rawValue), "one or more directions, each once")
        try check(
            .heads, mixer == .mamba || heads > 0 && width % heads == 0, heads, "a divisor of the width, \(width)")
    }
}
