import Foundation
import FusionKit

/// The pictures of several folders that have the same names, whatever their extensions.
struct PictureGroups {
    struct Group {
        let name: String
        /// One file of each folder, in the order of the folders.
        let files: [String]
    }

    /// In the order of their names.
    let groups: [Group]
    /// Pictures without partners, in sentences.
    let notices: [String]

    /// - Throws: ``Failure`` for folders that can't be read or have no name in common.
    init(_ folders: [String]) throws {
        let pictures = try folders.map(Self.pictures)
        let common = pictures.dropFirst().reduce(Set((pictures.first ?? [:]).keys)) { $0.intersection($1.keys) }
        groups = common.sorted { $0.localizedStandardCompare($1) == .orderedAscending }.map { name in
            Group(name: name, files: pictures.compactMap { $0[name] })
        }
        guard !groups.isEmpty else {
            throw Failure(
                .data,
                "\(folders.joined(separator: " and ")) have no pictures of the same name ("
                    + pictures.map { "\($0.count)" }.joined(separator: " and ")
                    + " pictures). Name both of a pair alike, such as 05.png.")
        }
        notices = zip(folders, pictures).enumerated().compactMap { index, own in
            let (folder, mine) = own
            let lonely = mine.keys.filter { !common.contains($0) }.sorted()
            guard !lonely.isEmpty else { return nil }
            let some = lonely.prefix(5).joined(separator: ", ") + (lonely.count > 5 ? ", …" : "")
            let others = folders.enumerated().filter { $0.offset != index }.map(\.element).joined(separator: " and ")
            return "\(lonely.count) of \(mine.count) pictures in \(folder) have no partner in \(others): \(some)"
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
        for name in names.sorted() where !name.hasPrefix(".") && extensions.contains(lowercasedExtension(name)) {
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
        guard mkdir(path, 0o777) == 0 else {
            throw Failure(
                .creation,
                "\(path): the folder can't be made (\(String(cString: strerror(errno)))). Give another place.")
        }
    }

    func file(_ name: String) -> String { (path as NSString).appendingPathComponent(name) }
}
