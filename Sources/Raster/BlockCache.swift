import Foundation

/// Keeps threads that read apart from one that writes, for all files of the process.
///
/// GDAL keeps the blocks of all files in one cache. When it is full, a thread that reads puts another file's changed block
/// back into that file; if the file's writer asks for the block just then, it may be given the old one from the disk, and what
/// had been written to it is lost (GDAL's issue 2011).
enum BlockCache {
    /// `@unchecked Sendable`: a lock, which is made for many threads.
    private final class Lock: @unchecked Sendable {
        let pointer = UnsafeMutablePointer<pthread_rwlock_t>.allocate(capacity: 1)

        init() { pthread_rwlock_init(pointer, nil) }
    }

    private static let lock = Lock()

    /// Reads beside other threads that read.
    static func reading<Result>(_ body: () -> Result) -> Result {
        pthread_rwlock_rdlock(lock.pointer)
        defer { pthread_rwlock_unlock(lock.pointer) }
        return body()
    }

    /// Writes alone.
    static func writing<Result>(_ body: () -> Result) -> Result {
        pthread_rwlock_wrlock(lock.pointer)
        defer { pthread_rwlock_unlock(lock.pointer) }
        return body()
    }
}
