import Torch

/// A block that was given a tensor that it can't take.
public struct BlockInputError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Which tensor of which block, its shape, and the shape that it must have.
    public let message: String
    /// The message.
    public var description: String { message }

    /// An error with a message.
    package init(_ message: String) { self.message = message }
}

/// Checks that a tensor has the type of a block's parameters.
///
/// - Parameter name: what the tensor is called in the message, with its block.
package func requireType(_ name: String, _ tensor: Tensor, like parameter: Tensor) throws(BlockInputError) {
    guard tensor.dtype == parameter.dtype else {
        throw BlockInputError(
            "\(name) are of type \(tensor.dtype), its parameters of type \(parameter.dtype); convert one of them.")
    }
}

/// Checks a tensor's shape, where nil is any size of one or more.
///
/// - Parameters:
///   - name: what the tensor is called in the message, with its block: "the tokens of a Mamba block".
///   - expected: its shape in words, such as "(B, L, 32)".
package func require(
    _ name: String, _ tensor: Tensor, _ sizes: [Int?], _ expected: String
) throws(BlockInputError) {
    let shape = tensor.shape
    let fits =
        shape.count == sizes.count
        && zip(shape, sizes).allSatisfy { found, size in size.map { $0 == found } ?? (found > 0) }
    guard fits else {
        throw BlockInputError("\(name) have shape \(shape); it must be \(expected), with at least one element.")
    }
}
