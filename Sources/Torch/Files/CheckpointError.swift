/// A checkpoint file that can't be read or written: which file, what is wrong with it, and what to do.
public struct CheckpointError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of trouble, to switch on.
    public enum Code: Sendable, Hashable {
        /// No such file.
        case notFound
        /// A directory, a pipe or a device.
        case notAFile
        /// The operating system refuses to read it.
        case unreadable
        /// It ends before its contents do.
        case truncated
        /// It breaks the rules of its own format.
        case malformed
        /// It is sound, but of a format or an element type that is not read or written here.
        case unsupported
        /// Its pickle asks for something other than tensors and plain values.
        case refused
        /// It holds no state dictionary, or several.
        case noStateDictionary
        /// It has no tensor of that name.
        case noSuchTensor
        /// It can't be written.
        case unwritable
    }

    /// The kind of trouble.
    public let code: Code
    /// The path as it was given.
    public let file: String
    /// What is wrong, with the numbers and names found; a sentence.
    public let problem: String
    /// What to do about it; a sentence.
    public let remedy: String

    init(_ code: Code, _ file: String, _ problem: String, remedy: String = damaged) {
        self.code = code
        self.file = file
        self.problem = problem
        self.remedy = remedy
    }

    /// File, problem and remedy.
    public var description: String { "\(file): \(problem) \(remedy)" }

    static let damaged = "Copy or download the file again; if that does not help, ask its authors for a sound one."
}

/// A name out of an untrusted file as messages show it: in quotes, control characters escaped, of bounded length.
func quoted(_ name: String) -> String {
    let shown = String(name.unicodeScalars.prefix(120)).debugDescription
    return name.unicodeScalars.count > 120 ? shown + "…" : shown
}

/// Bytes that a row-major tensor takes, or nil where a size is negative or a product does not fit. Axes of size 0
/// count as 1 here, so that strides of empty tensors fit too.
func checkedByteCount(shape: [Int], elementBits: Int) -> Int? {
    var bits = elementBits
    for size in shape {
        guard size >= 0 else { return nil }
        let (product, overflow) = bits.multipliedReportingOverflow(by: max(size, 1))
        guard !overflow else { return nil }
        bits = product
    }
    return shape.contains(0) ? 0 : (bits + 7) / 8
}
