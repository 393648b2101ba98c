#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Writes a file that appears under its name complete or not at all.
///
/// The bytes go to a hidden neighbour in the same directory, are flushed to the disk, and take the name in one step;
/// when anything fails the neighbour is removed and an existing file stays as it was.
///
/// - Parameter body: calls its argument with the parts of the file in order.
/// - Throws: ``CheckpointError`` with code `unwritable`, or what `body` throws.
func writeAtomically(
    to path: String, _ body: (_ write: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
) throws {
    let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    let directory = slash == path.startIndex ? "." : String(path[..<slash])
    guard slash < path.endIndex, !isDirectory(path) else {
        throw CheckpointError(.unwritable, path, "It is a directory.", remedy: "Give the name of a file.")
    }
    let temporary = "\(path[..<slash]).fusionkit-\(UInt64.random(in: .min ... .max)).part"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw writingError(path, errno) }
    var isOpen = true
    var isDone = false
    defer {
        if isOpen { close(descriptor) }
        if !isDone { unlink(temporary) }
    }
    try body { try writeAll($0, to: descriptor, path: path) }
    guard fsync(descriptor) == 0 else { throw writingError(path, errno) }
    isOpen = false
    guard close(descriptor) == 0 else { throw writingError(path, errno) }
    guard rename(temporary, path) == 0 else { throw writingError(path, errno) }
    isDone = true
    // The name itself reaches the disk with its directory; a file system that can't do that has done all it can.
    let parent = open(directory, O_RDONLY | O_CLOEXEC)
    if parent >= 0 {
        _ = fsync(parent)
        close(parent)
    }
}

private func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String) throws {
    var written = 0
    while written < bytes.count, let start = bytes.baseAddress {
        // Some systems refuse more than 2 GiB at once.
        let count = write(descriptor, start + written, min(bytes.count - written, 1 << 30))
        if count < 0 {
            if errno == EINTR { continue }
            throw writingError(path, errno)
        }
        written += count
    }
}

private func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

private func writingError(_ path: String, _ number: Int32) -> CheckpointError {
    CheckpointError(
        .unwritable, path, "It can't be written (\(String(cString: strerror(number)))).",
        remedy: number == ENOSPC
            ? "Make room on the disk or choose another one."
            : "Check that the directory exists and may be written to.")
}
