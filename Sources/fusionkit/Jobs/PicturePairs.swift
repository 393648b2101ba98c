import Foundation
import FusionKit

/// The pictures of two folders that have the same names, whatever their extensions.
struct PicturePairs {
    struct Pair {
        let name: String
        let first: String
        let second: String
    }

    /// In the order of their names.
    let pairs: [Pair]
    /// Pictures without a partner, in sentences.
    let notices: [String]

    /// - Throws: ``Failure`` for folders that can't be read or have no name in common.
    init(_ first: String, _ second: String) throws {
        let (left, right) = (try Self.pictures(in: first), try Self.pictures(in: second))
        pairs = left.keys.filter { right[$0] != nil }.sorted { $0.localizedStandardCompare($1) == .orderedAscending }
            .compactMap { name in
                guard let first = left[name], let second = right[name] else { return nil }
                return Pair(name: name, first: first, second: second)
            }
        for (folder, pictures) in [(first, left), (second, right)] where pictures.isEmpty {
            throw Failure(.data, "\(folder): there are no pictures in it (\(Self.extensions.sorted().joined(separator: ", "))).")
        }
        guard !pairs.isEmpty else {
            throw Failure(
                .data,
                "\(first) and \(second) have no pictures of the same name (\(left.count) and \(right.count) "
                    + "pictures). Name both of a pair alike, such as 05.png.")
        }
        notices = [(first, left, second, right), (second, right, first, left)].compactMap { own, mine, other, theirs in
            let lonely = mine.keys.filter { theirs[$0] == nil }.sorted()
            guard !lonely.isEmpty else { return nil }
            let some = lonely.prefix(5).joined(separator: ", ") + (lonely.count > 5 ? ", …" : "")
            return "\(lonely.count) of \(mine.count) pictures in \(own) have no partner in \(other): \(some)"
        }
    }

    /// The files of a folder by their names without extension.
    private static func pictures(in folder: String) throws -> [String: String] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw Failure(.missingInput, "\(folder): the folder can't be read.")
        }
        var result: [String: String] = [:]
        for name in names.sorted() where !name.hasPrefix(".") && isPicture(name) {
            let stem = (name as NSString).deletingPathExtension
            let file = (folder as NSString).appendingPathComponent(name)
            if let other = result[stem] {
                throw Failure(
                    .data, "\(other) and \(file) have one name; it is not clear which is meant. Move one away.")
            }
            result[stem] = file
        }
        return result
    }

    /// Whether a name is that of a picture.
    static func isPicture(_ name: String) -> Bool { extensions.contains(lowercasedExtension(name)) }

    private static func lowercasedExtension(_ name: String) -> String { (name as NSString).pathExtension.lowercased() }

    /// What pictures are called; other files, such as a README, are left alone.
    private static let extensions: Set<String> = [
        "png", "tif", "tiff", "jpg", "jpeg", "jp2", "bmp", "webp", "pgm", "ppm", "gif", "img", "dat", "vrt",
    ]
}

/// A folder to write into; made when missing.
struct OutputFolder {
    private let path: String

    /// - Throws: ``Failure`` for a path that is a file, or a folder that can't be made.
    init(_ path: String) throws {
        self.path = path
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) {
            guard isDirectory.boolValue else {
                throw Failure(.creation, "\(path): it is a file; pictures of two folders go into a folder.")
            }
            return
        }
        if PicturePairs.isPicture(path) {
            throw Failure(
                .creation, "\(path): pictures of two folders go into a folder, and this is a picture's name. Give another.")
        }
        let parent = folder(of: (path as NSString).standardizingPath)
        if !parent.isEmpty, !FileManager.default.fileExists(atPath: parent) {
            throw Failure(.creation, "\(path): the directory \(parent) does not exist. Make it, or give another place.")
        }
        guard mkdir(path, 0o777) == 0 else {
            throw Failure(
                .creation,
                "\(path): the folder can't be made (\(String(cString: strerror(errno)))). Give another place.")
        }
    }

    func file(_ name: String) -> String { (path as NSString).appendingPathComponent(name) }
}
