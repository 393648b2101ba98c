extension Module {
    /// Keeps parameters as they are: they want no gradients any more, and those that they have are dropped.
    ///
    /// - Parameter pattern: full name of a parameter, or of a module for everything in it; `*` stands for any characters,
    ///   dots included. "encoder", "encoder.*.bias", "*".
    /// - Returns: the names of the parameters that fit.
    /// - Throws: ``ConfigurationError/unknownKey(key:nearest:)`` when none fits.
    @discardableResult
    public final func freeze(matching pattern: String = "*") throws(ConfigurationError) -> [String] {
        try setFrozen(true, pattern)
    }

    /// Lets parameters be trained again; takes what ``freeze(matching:)`` takes.
    @discardableResult
    public final func unfreeze(matching pattern: String = "*") throws(ConfigurationError) -> [String] {
        try setFrozen(false, pattern)
    }

    private func setFrozen(_ isFrozen: Bool, _ pattern: String) throws(ConfigurationError) -> [String] {
        let all = namedParameters()
        let chosen = all.filter { matches($0.name, pattern) || matches($0.name, pattern + ".*") }
        if chosen.isEmpty {
            let names = all.map(\.name) + namedModules().map(\.name).filter { !$0.isEmpty }
            throw .unknownKey(key: pattern, nearest: nearest(to: pattern, among: names))
        }
        for (_, tensor) in chosen {
            tensor.setRequiresGradient(!isFrozen)
            if isFrozen { tensor.gradient = nil }
        }
        return chosen.map(\.name)
    }
}

/// Whether a name fits a pattern in which `*` stands for any characters.
private func matches(_ name: String, _ pattern: String) -> Bool {
    let name = Array(name.utf8)
    let pattern = Array(pattern.utf8)
    let star = UInt8(ascii: "*")
    var (position, place) = (0, 0)
    // Where the last star is, and how many characters it has taken.
    var last: (star: Int, end: Int)?
    while position < name.count {
        if place < pattern.count, pattern[place] == star {
            last = (place, position)
            place += 1
        } else if place < pattern.count, pattern[place] == name[position] {
            position += 1
            place += 1
        } else if let (starPlace, end) = last {
            last = (starPlace, end + 1)
            position = end + 1
            place = starPlace + 1
        } else {
            return false
        }
    }
    return pattern[place...].allSatisfy { $0 == star }
}
