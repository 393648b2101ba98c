import Foundation

/// The text file beside the pixels of an ENVI image.
enum ENVIHeader {
    /// The file of pixels that a header belongs to; nil when the file is no header, or has no pixels beside it.
    ///
    /// GDAL wants the pixels to be named, users name either.
    static func pixels(of file: String) -> String? {
        guard (file as NSString).pathExtension.lowercased() == "hdr",
            let handle = FileHandle(forReadingAtPath: file)
        else { return nil }
        defer { try? handle.close() }
        guard (try? handle.read(upToCount: 4)) == Data("ENVI".utf8) else { return nil }
        let base = (file as NSString).deletingPathExtension
        let endings = ["", ".dat", ".img", ".bsq", ".bil", ".bip", ".raw", ".bin", ".envi"]
        return (endings + endings.map { $0.uppercased() }).map { base + $0 }.first(where: FileSystem.isRegular)
    }
}
