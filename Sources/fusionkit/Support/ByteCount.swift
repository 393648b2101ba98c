import Foundation

/// A number of bytes as people write it.
enum ByteCount {
    private static let units: [String: Double] = [
        "": 1, "B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12,
        "KIB": 1024, "MIB": 1_048_576, "GIB": 1_073_741_824, "TIB": 1_099_511_627_776,
    ]

    /// The bytes of a text such as "4GB", "500 MB", "2GiB" or "1000000"; nil when it is none.
    static func parse(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text.dropFirst(digits.count).trimmingCharacters(in: .whitespaces).uppercased()
        guard let number = Double(digits), let factor = units[unit] else { return nil }
        return Int(exactly: (number * factor).rounded())
    }
}
