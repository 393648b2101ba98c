import ArgumentParser

/// Checks of numbers that are given as options. These take what follows as their value, so that a number below 0 is told
/// to be one and not taken for an option.
enum NumberOption {
    static func check(peak: Double?, named name: String) throws {
        guard let peak, !(peak > 0 && peak.isFinite) else { return }
        throw ValidationError("\(name) is \(peak.plain); give a number above 0.")
    }
}
