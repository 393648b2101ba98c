import Foundation

/// Compiled kernels on disk, each in a file that is complete or not there. A damaged file is like none.
package struct KernelCache: Sendable {
    /// The folder, made when something is kept.
    package let folder: String

    /// - Parameter folder: where nil, `fusionkit/cuda` in the user's folder for caches.
    package init(folder: String? = nil) {
        if let folder {
            self.folder = folder
            return
        }
        let environment = ProcessInfo.processInfo.environment
        let caches = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        self.folder = (caches ?? NSHomeDirectory() + "/.cache") + "/fusionkit/cuda"
    }

    /// The image of a key, or the one that `make` returns, which is kept for the next time where the disk allows it.
    ///
    /// - Parameter key: everything that the image depends on: source, options, device, version of the compiler.
    package func image(
        _ key: String, make: () throws(CUDAScanError) -> [UInt8]
    ) throws(CUDAScanError) -> [UInt8] {
        let file = URL(fileURLWithPath: folder).appendingPathComponent("\(Self.name(key)).kernels")
        if let data = try? Data(contentsOf: file), let image = Self.unpacked([UInt8](data), key) { return image }
        let image = try make()
        // Without the file the next start takes longer, that is all.
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try? Data(Self.packed(image, key)).write(to: file, options: .atomic)
        return image
    }

    private static let mark = Array("fusionkit kernels 1\n".utf8)

    /// The mark, the sum of all that follows, the key and a zero, the image.
    private static func packed(_ image: [UInt8], _ key: String) -> [UInt8] {
        let content = Array(key.utf8) + [0] + image
        return mark + Array(String(sum(content), radix: 16).utf8) + [0] + content
    }

    private static func unpacked(_ bytes: [UInt8], _ key: String) -> [UInt8]? {
        guard bytes.starts(with: mark) else { return nil }
        let parts = bytes.dropFirst(mark.count).split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, Array(parts[0]) == Array(String(sum(Array(parts[1])), radix: 16).utf8),
            parts[1].starts(with: Array(key.utf8) + [0])
        else { return nil }
        return Array(parts[1].dropFirst(key.utf8.count + 1))
    }

    private static func name(_ key: String) -> String { String(sum(Array(key.utf8)), radix: 16) }

    /// FNV-1a. It finds damage and tells keys apart; it is no seal.
    static func sum(_ bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
