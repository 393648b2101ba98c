import Foundation

/// What is in a folder, in the order of names.
enum FileListing {
    /// Names in a folder, without hidden ones.
    ///
    /// - Throws: ``DatasetError/Code/noFolder``.
    static func names(in folder: String) throws(DatasetError) -> [String] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw DatasetError(
                .noFolder, folder, "there is no such folder, or it may not be read.", remedy: "Check the path.")
        }
        return names.filter { !$0.hasPrefix(".") }.sorted()
    }

    /// Paths of the files in a folder that end in one of these.
    static func files(of folder: String, extensions: Set<String>) throws(DatasetError) -> [String] {
        try names(in: folder).filter { extensions.contains(($0 as NSString).pathExtension.lowercased()) }
            .map { "\(folder)/\($0)" }
    }

    /// Whether this is a folder.
    static func isFolder(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    }
}
