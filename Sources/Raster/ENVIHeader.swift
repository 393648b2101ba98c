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

    /// Leaves the name alone of an image in its header, where GDAL described it by the folder, too, in which it was written.
    static func forgetFolder(of file: String) {
        let path = Data(file.utf8)
        for header in [(file as NSString).deletingPathExtension + ".hdr", file + ".hdr"] {
            guard var text = FileManager.default.contents(atPath: header), let range = text.range(of: path) else {
                continue
            }
            text.replaceSubrange(range, with: Data((file as NSString).lastPathComponent.utf8))
            // Where that fails the header is complete as it was.
            try? text.write(to: URL(fileURLWithPath: header), options: .atomic)
        }
    }
}
