import Foundation

/// Whether two paths lead to the same file, through links or not.
///
/// - Returns: false when one of them does not exist.
public func sameFile(_ first: String, _ second: String) -> Bool {
    var (one, other) = (stat(), stat())
    guard stat(first, &one) == 0, stat(second, &other) == 0 else { return false }
    return one.st_dev == other.st_dev && one.st_ino == other.st_ino
}

/// The path of the folder that a path lies in; empty for a name alone.
///
/// Foundation's `deletingLastPathComponent` ends the process on Linux where the path is a single letter.
package func folder(of path: String) -> String {
    var rest = path[...]
    while rest.count > 1, rest.hasSuffix("/") { rest.removeLast() }
    guard let slash = rest.lastIndex(of: "/") else { return "" }
    rest = rest[..<slash]
    while rest.hasSuffix("/") { rest.removeLast() }
    return rest.isEmpty ? "/" : String(rest)
}

/// What the writer needs of the file system.
enum FileSystem {
    /// Whether there is something of this name, be it a link that leads nowhere.
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Whether this is a directory, or a link to one.
    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether this is a file with bytes in it, or a link to one: no directory, pipe or device.
    static func isRegular(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// The absolute path without links; nil when it does not exist.
    static func resolved(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Bytes that this user may still write beside a path; nil when the system does not say.
    static func freeBytes(in directory: String) -> Int? {
        var status = statvfs()
        guard statvfs(directory, &status) == 0 else { return nil }
        return saturatingProduct(Int(clamping: status.f_bavail), Int(clamping: status.f_frsize))
    }

    /// Makes the system write a file, or a directory's entries, to the disk.
    static func synchronize(_ path: String) throws(SystemFailure) {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw SystemFailure(call: "open", errorNumber: errno) }
        defer { close(descriptor) }
        // File systems that cannot do it say EINVAL.
        if fsync(descriptor) != 0, errno != EINVAL { throw SystemFailure(call: "fsync", errorNumber: errno) }
    }

    /// Gives a file another name, replacing what has it.
    static func rename(_ old: String, to new: String) throws(SystemFailure) {
        if Foundation.rename(old, new) != 0 { throw SystemFailure(call: "rename", errorNumber: errno) }
    }
}
