import Foundation
import FusionKit

/// The checks of an output that can be made before any work.
enum OutputPath {
    /// Throws when a file can't get this name: it is an input, a directory, exists already, or its directory does not.
    static func check(_ file: String, overwrites: Bool, inputs: [String]) throws {
        var isDirectory: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: file, isDirectory: &isDirectory)
        if exists, isDirectory.boolValue {
            throw Failure(.creation, "\(file): it is a directory. Give the name of a file.")
        }
        if let input = inputs.first(where: { sameFile($0, file) }) {
            throw Failure(.creation, "\(file): the output is the input \(input). Give another name.")
        }
        if exists, !overwrites {
            throw Failure(.creation, "\(file): it exists already. Give another name, or --overwrite to replace it.")
        }
        let folder = folder(of: file)
        if !folder.isEmpty, !FileManager.default.fileExists(atPath: folder) {
            throw Failure(
                .creation, "\(file): the directory \(folder) does not exist. Make it, or give another name.")
        }
        let place = folder.isEmpty ? "." : folder
        guard access(place, W_OK) == 0 else {
            throw Failure(
                .creation,
                "\(file): the directory \(place) can't be written (\(String(cString: strerror(errno)))). "
                    + "Give another place.")
        }
    }
}
