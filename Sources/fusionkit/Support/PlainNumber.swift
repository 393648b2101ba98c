import Foundation

extension Double {
    /// The number as people write it: no more digits than it has, none after the point for a whole one.
    var plain: String { String(format: "%.10g", self) }
}
