import Torch

/// An order of pixels that leaves some out or visits some twice.
public struct ScanPathError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Which path, and what is wrong with it.
    public let message: String
    /// The message.
    public var description: String { "scan path: \(message)" }
}

/// The orders in which K scans visit the L pixels of one map. A scan path is data: what differs between the scans of the
/// published networks is this permutation only, and no kernel knows where it comes from.
public struct ScanPaths: Sendable {
    /// (K, L), int32, contiguous: `pixels[k, t]` is the pixel that path k visits as its token t. Shared; must not be
    /// changed.
    public let pixels: Tensor
    /// (K, L), int32, contiguous, the inverse: `positions[k, p]` is the token of path k that pixel p becomes.
    public let positions: Tensor

    /// K, the number of paths.
    public var count: Int { pixels.size(0) }
    /// L, the number of pixels, which is also the number of tokens of each path.
    public var length: Int { pixels.size(1) }

    /// Paths of equal length, each with the pixel of every token in the order of time.
    ///
    /// - Throws: ``ScanPathError`` where a path is not a permutation of 0 ..< L, or the lengths differ.
    public init(_ paths: [[Int]]) throws(ScanPathError) {
        guard let length = paths.first?.count else { throw ScanPathError(message: "there is none.") }
        guard length <= Int(Int32.max) else {
            throw ScanPathError(message: "\(length) tokens; at most \(Int32.max) can be counted.")
        }
        var positions: [Int32] = []
        for (index, path) in paths.enumerated() {
            guard path.count == length else {
                throw ScanPathError(message: "path \(index) has \(path.count) tokens, path 0 has \(length).")
            }
            var inverse = [Int32](repeating: -1, count: length)
            for (token, pixel) in path.enumerated() {
                guard inverse.indices.contains(pixel), inverse[pixel] < 0 else {
                    throw ScanPathError(
                        message: "path \(index) visits pixel \(pixel) at token \(token), which is outside of the map's "
                            + "\(length) pixels or visited before.")
                }
                inverse[pixel] = Int32(token)
            }
            positions += inverse
        }
        let shape = [paths.count, length]
        pixels = Tensor(paths.joined().map { Int32($0) }, shape: shape)
        self.positions = Tensor(positions, shape: shape)
    }

    /// Tables that are known to be right.
    init(pixels: Tensor, positions: Tensor) {
        self.pixels = pixels
        self.positions = positions
    }
}
