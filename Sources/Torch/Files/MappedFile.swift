#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file's contents in memory, read by the operating system page by page as they are touched.
///
/// The mapping is private: writing to it changes this process's copy and never the file. It assumes that nobody
/// shortens the file meanwhile; touching a page that no longer exists ends the process (SIGBUS).
///
/// Unchecked: the address and length never change; who writes through a tensor that views the memory must be its only
/// user, as with every tensor.
final class MappedFile: @unchecked Sendable {
    let path: String
    let bytes: UnsafeMutableRawBufferPointer

    /// - Throws: ``CheckpointError`` for a path that is not a readable file with something in it.
    init(_ path: String) throws {
        // Without O_NONBLOCK a named pipe would wait for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw MappedFile.openingError(path, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw MappedFile.openingError(path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            let kind = status.st_mode & S_IFMT == S_IFDIR ? "a directory" : "not a regular file"
            throw CheckpointError(.notAFile, path, "It is \(kind).", remedy: "Name a checkpoint file.")
        }
        guard status.st_size > 0 else { throw CheckpointError(.truncated, path, "It is empty (0 bytes).") }
        guard
            let memory = mmap(
                nil, Int(status.st_size), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, descriptor, 0),
            memory != MAP_FAILED
        else { throw MappedFile.openingError(path, errno) }
        self.path = path
        bytes = UnsafeMutableRawBufferPointer(start: memory, count: Int(status.st_size))
    }

    /// Bytes that lie in memory already, copied to where they may be changed.
    ///
    /// - Parameter name: stands for the path in errors.
    init(copying contents: [UInt8], name: String) throws {
        guard !contents.isEmpty else { throw CheckpointError(.truncated, name, "It is empty (0 bytes).") }
        guard
            let memory = mmap(nil, contents.count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            memory != MAP_FAILED
        else { throw MappedFile.openingError(name, errno) }
        path = name
        bytes = UnsafeMutableRawBufferPointer(start: memory, count: contents.count)
        bytes.copyBytes(from: contents)
    }

    deinit { munmap(bytes.baseAddress, bytes.count) }

    private static func openingError(_ path: String, _ number: Int32) -> CheckpointError {
        let reason = String(cString: strerror(number))
        if number == ENOENT || number == ENOTDIR {
            return CheckpointError(.notFound, path, "There is no such file (\(reason)).", remedy: "Check the path.")
        }
        return CheckpointError(
            .unreadable, path, "It can't be read (\(reason)).", remedy: "Check the permissions of the file.")
    }

    /// A tensor over a part of the file: a view where the elements are of our types and aligned for them, else a copy.
    ///
    /// - Parameter range: lies inside the file and has exactly the bytes of `shape` elements of `type`.
    func tensor(_ range: Range<Int>, shape: [Int], type: StoredType) throws -> Tensor {
        let elements = UnsafeMutableRawBufferPointer(rebasing: bytes[range])
        if type == .same(.bool), elements.contains(where: { $0 > 1 }) {
            throw CheckpointError(.malformed, path, "A tensor of truth values holds bytes other than 0 and 1.")
        }
        return try withTorchErrors {
            if let start = elements.baseAddress, type == .same(type.dtype),
                Int(bitPattern: start) % type.byteCount == 0
            {
                return Tensor(viewing: start, shape: shape, dtype: type.dtype, owner: self)
            }
            let copy = Tensor.uninitialized(shape, dtype: type.dtype)
            try checkTorchErrors()
            copy.withUnsafeBytes { type.copy(UnsafeRawBufferPointer(elements), to: $0) }
            return copy
        }
    }
}
