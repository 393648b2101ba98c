import Foundation

extension Double {
    /// The number by a format of C's, such as "%.9g"; what is not a number is "NaN", as in the documents for programs, and
    /// nothing has no sign.
    package func text(_ format: String) -> String {
        if isNaN { return "NaN" }
        let text = String(format: format, self)
        return text.hasPrefix("-") && isFinite && !text.contains(where: "123456789".contains)
            ? String(text.dropFirst()) : text
    }

    /// The number for a table that people read: four digits after the point, and a power of ten where these would be lost
    /// behind those before it.
    package var tableText: String { text(abs(self) < ResultText.large ? "%.4f" : "%.4e") }
}

/// How numbers of a comparison are printed for people.
public enum ResultText {
    /// Numbers from here on are written with a power of ten.
    static let large = 1e7

    /// How the values of one column print: with as many digits after the point as the largest of them leaves room for.
    static func format(of values: [Double]) -> (Double) -> String {
        let largest = values.lazy.filter(\.isFinite).map(abs).max() ?? 0
        let digits = largest < 10 ? 4 : largest < 100 ? 3 : largest < 1000 ? 2 : 1
        return { value in
            if value.isNaN { return "NaN" }
            if value.isInfinite { return value > 0 ? "∞" : "−∞" }
            return value.text(abs(value) < large ? "%.\(digits)f" : "%.3e").replacing("-", with: "−")
        }
    }

    /// Such as "0.52", "12.3" or "1430".
    static func seconds(_ value: Double) -> String {
        value < 10
            ? String(format: "%.2f", value)
            : value < 1000 ? String(format: "%.1f", value) : String(format: "%.0f", value)
    }

    /// In megabytes of 10⁶ bytes.
    static func megabytes(_ bytes: Int) -> String {
        let value = Double(bytes) / 1e6
        return String(format: value < 10 ? "%.1f" : "%.0f", value)
    }
}
