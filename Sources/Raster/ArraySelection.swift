import Foundation

/// Which part of a file of arrays is meant: `cube.h5:/group/name[3]@hwc`.
///
/// After the file's name and a colon: the array, in brackets the place (from 0) of an image in a stack of them, and after
/// an @ the order of the axes, `c` bands, `h` rows, `w` columns. Each may be left out.
package struct ArraySelection: Hashable, Sendable {
    /// The array; nil where the file tells.
    package var name: String?
    /// The place of the image in a stack, from 0.
    package var index: Int?
    /// The axes of one image in their order, such as "hwc" or "wh".
    package var order: String?

    /// Reads what stands behind the colon; nil when it is no selection.
    package init?(_ text: String) {
        var rest = text[...]
        if let at = rest.lastIndex(of: "@") {
            let letters = rest[rest.index(after: at)...].lowercased()
            guard ["hw", "chw"].contains(String(letters.sorted())) else { return nil }
            order = letters
            rest = rest[..<at]
        }
        if rest.last == "]", let bracket = rest.lastIndex(of: "[") {
            guard let number = Int(rest[rest.index(after: bracket)...].dropLast()), number >= 0 else { return nil }
            index = number
            rest = rest[..<bracket]
        }
        if !rest.isEmpty { name = String(rest) }
    }

    /// The file and the selection of a name; nil where the name is that of a file, or no part of it is.
    static func split(_ name: String) -> (file: String, selection: String)? {
        if FileSystem.isRegular(name) { return nil }
        for colon in name.indices where name[colon] == ":" {
            let file = String(name[..<colon])
            if FileSystem.isRegular(file) { return (file, String(name[name.index(after: colon)...])) }
        }
        return nil
    }
}
