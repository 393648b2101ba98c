import Foundation

/// The hidden directory beside an output in which its files grow until they get their names.
///
/// A directory, so that the files in it can have their final names from the start: a format of several files names one
/// in another, and GDAL puts `.aux.xml`, `.msk` and `.ovr` beside an image. It lies where the output will, thus on the
/// same file system, so that renaming is one step.
///
final class TemporaryOutput: Sendable {
    private let file: String
    private let destination: String
    private let parent: String
    private let directory: String
    private let overwrites: Bool

    /// The name under which the driver writes.
    var target: String { directory + "/" + name }
    /// The name of an intermediate GeoTIFF.
    var scratch: String { directory + "/scratch/.scratch.tif" }
    /// The name of a small file that tries a format; it keeps the extension, which some drivers want.
    var rehearsal: String { directory + "/scratch/" + name }
    private var name: String { (destination as NSString).lastPathComponent }

    /// Checks the place and makes the directory.
    init(file: String, overwrites: Bool, inputs: [String]) throws(RasterError) {
        if let input = inputs.first(where: { sameFile($0, file) }) {
            throw RasterError(
                .outputIsInput, file: file, "the output is the input \(input).", remedy: "Give another name.")
        }
        if file.hasPrefix("/vsi") {
            throw RasterError(
                .notWritable, file: file, "GDAL's virtual files cannot be replaced in one step.",
                remedy: "Write a local file and copy it.")
        }
        // A link stays a link: what it leads to is replaced.
        let destination = FileSystem.resolved(file) ?? file
        let folder = folder(of: destination)
        guard let parent = FileSystem.resolved(folder.isEmpty ? "." : folder) else {
            throw RasterError(
                .directoryMissing, file: file, "the directory \(folder) does not exist.",
                remedy: "Make it, or give another name.")
        }
        self.file = file
        self.parent = parent
        self.destination = parent + "/" + (destination as NSString).lastPathComponent
        self.overwrites = overwrites
        try TemporaryOutput.check(destination, file: file, overwrites: overwrites)
        var template = Array((parent + "/.fusionkit-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw TemporaryOutput.error(SystemFailure(call: "mkdtemp", errorNumber: errno), file: file, in: parent)
        }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        TemporaryOutput.register(directory)
        if mkdir(directory + "/scratch", 0o700) != 0 {
            let failure = SystemFailure(call: "mkdir", errorNumber: errno)
            remove()
            throw TemporaryOutput.error(failure, file: file, in: parent)
        }
    }

    deinit { remove() }

    private static func check(_ destination: String, file: String, overwrites: Bool) throws(RasterError) {
        if !overwrites {
            if FileSystem.exists(destination), !FileSystem.isDirectory(destination) { throw exists(file) }
            // An old file that would be taken for a part of the new image.
            if let stale = companions.map({ destination + $0 }).first(where: FileSystem.exists) { throw exists(stale) }
        }
        var status = stat()
        guard stat(destination, &status) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            throw RasterError(.isDirectory, file: file, "it is a directory.", remedy: "Give the name of a file.")
        }
        if status.st_mode & S_IFMT != S_IFREG {
            throw RasterError(.notWritable, file: file, "it is no regular file.", remedy: "Give the name of a file.")
        }
    }

    /// What GDAL puts beside an image, after its whole name.
    private static let companions = [".aux.xml", ".msk", ".ovr", ".msk.ovr"]

    private static func exists(_ file: String) -> RasterError {
        RasterError(
            .outputExists, file: file, "it exists already.", remedy: "Give another name, or --overwrite to replace it.")
    }

    /// The error for a failed system call in a directory.
    static func error(_ failure: SystemFailure, file: String, in directory: String) -> RasterError {
        switch failure.errorNumber {
        case ENOSPC, EDQUOT: noSpace(file, in: directory, cause: failure)
        case EACCES, EPERM, EROFS:
            RasterError(
                .notWritable, file: file, "the directory \(directory) may not be written.",
                remedy: "Give a directory that you may write.", cause: failure)
        case ENOENT, ENOTDIR:
            RasterError(
                .directoryMissing, file: file, "\(directory) is no directory.",
                remedy: "Make it, or give another name.", cause: failure)
        default:
            RasterError(
                .writeFailed, file: file, "it cannot be written in \(directory).", remedy: "Look at the cause.",
                cause: failure)
        }
    }

    static func noSpace(_ file: String, in directory: String, cause: (any Error)?) -> RasterError {
        let free = (FileSystem.freeBytes(in: directory) ?? 0) / 1024
        return RasterError(
            .noSpace, file: file, "there is no space left in \(directory) (\(free) KiB free).",
            remedy: "Make room, or write elsewhere.", cause: cause)
    }

    /// The error for GDAL's failure to write `bytes` more: a full disk if there is no room for them.
    func error(_ problem: String, bytes: Int, cause: (any Error)?) -> RasterError {
        if let free = FileSystem.freeBytes(in: parent), free < max(bytes, 1 << 16) {
            return TemporaryOutput.noSpace(file, in: parent, cause: cause)
        }
        return RasterError(.writeFailed, file: file, problem, remedy: "Look at the cause.", cause: cause)
    }

    /// Throws when there are certainly fewer bytes left than will be written.
    func checkSpace(for bytes: Int) throws(RasterError) {
        guard let free = FileSystem.freeBytes(in: parent), free < bytes else { return }
        throw RasterError(
            .noSpace, file: file,
            "it needs \(bytes / 1024) KiB, but there are \(free / 1024) KiB left in \(parent).",
            remedy: "Make room, or write elsewhere.")
    }

    /// Gives the files their names: those beside the image first, the image last.
    ///
    /// An existing image is replaced in one step; what lay beside it and has no successor is removed after that.
    func publish() throws(RasterError) {
        do {
            let names = try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0 != "scratch" }
            let known = Set(TemporaryOutput.companions.map { name + $0 })
            if !overwrites, let taken = known.union(names).sorted().first(where: { FileSystem.exists(path($0)) }) {
                throw TemporaryOutput.exists(taken == name ? file : path(taken))
            }
            for each in names { try FileSystem.synchronize(directory + "/" + each) }
            for each in names.sorted() where each != name {
                try FileSystem.rename(directory + "/" + each, to: path(each))
            }
            try FileSystem.rename(target, to: destination)
            for stale in known.subtracting(names) { unlink(path(stale)) }
            // The names are in place; a disk that cannot promise them now can only be slow to do so.
            try? FileSystem.synchronize(parent)
        } catch let error as RasterError {
            throw error
        } catch let failure as SystemFailure {
            throw TemporaryOutput.error(failure, file: file, in: parent)
        } catch {
            throw RasterError(
                .writeFailed, file: file, "its files cannot be given their names.", remedy: "Look at the cause.",
                cause: error)
        }
    }

    private func path(_ name: String) -> String { parent + "/" + name }

    /// Removes what has not been given a name.
    func remove() { TemporaryOutput.remove(directory) }
}

extension TemporaryOutput {
    private static let lock = NSLock()
    nonisolated(unsafe) private static var directories: Set<String> = []  // under `lock`

    private static func register(_ directory: String) {
        lock.withLock { _ = directories.insert(directory) }
    }

    private static func remove(_ directory: String) {
        let known = lock.withLock { directories.remove(directory) != nil }
        if known { try? FileManager.default.removeItem(atPath: directory) }
    }

    /// Removes the temporaries of all writers of the process.
    static func removeAll() {
        let all = lock.withLock { directories }
        all.forEach(remove)
    }
}
