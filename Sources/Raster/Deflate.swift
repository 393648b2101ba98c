import CGDAL

/// Compression of bytes in memory with GDAL's zlib.
public enum Deflate {
    /// The bytes in the zlib format (RFC 1950).
    ///
    /// - Throws: ``RasterError`` `writeFailed` when there is no memory for it.
    public static func compress(_ bytes: [UInt8]) throws(RasterError) -> [UInt8] {
        // What does not compress grows by five bytes for each block of 16 KiB, and by the frame.
        var result = [UInt8](repeating: 0, count: bytes.count + bytes.count / 1000 + 64)
        let count = result.withUnsafeMutableBytes { room in
            var written = 0
            let isDone = bytes.withUnsafeBytes {
                CPLZLibDeflate($0.baseAddress, $0.count, 9, room.baseAddress, room.count, &written) != nil
            }
            return isDone ? written : 0
        }
        guard count > 0 else {
            throw RasterError(.writeFailed, file: "", "bytes can't be compressed.", remedy: "Look at the free memory.")
        }
        result.removeLast(result.count - count)
        return result
    }
}
