import Torch

extension ScanPaths {
    /// The pixels of a map in the order of each path: the cross-scan of VMamba (Liu et al. 2024). Its gradient is
    /// ``merged(_:)``.
    ///
    /// The selective scan along paths does not need this: it reads a map along the paths where it lies.
    ///
    /// - Parameter map: (B, D, L), any type. Where several images are interleaved, L counts the pixels of all of them.
    /// - Returns: (B, K, D, L); channels lie side by side where they do in the map.
    /// - Throws: ``ScanPathError`` for another shape.
    public func sequences(of map: Tensor) throws(ScanPathError) -> Tensor {
        let shape = map.shape
        guard shape.count == 3, shape[2] == length else {
            throw ScanPathError(message: "a map of shape \(shape); it must be (B, D, \(length)).")
        }
        return scanned(map)
    }

    /// The sum over the paths of what their tokens bring to each pixel: the cross-merge of VMamba. Its gradient is
    /// ``sequences(of:)``.
    ///
    /// - Parameter sequences: (B, K, D, L), in the order of each path.
    /// - Returns: (B, D, L); channels lie side by side where they do in the sequences.
    /// - Throws: ``ScanPathError`` for another shape.
    public func merged(_ sequences: Tensor) throws(ScanPathError) -> Tensor {
        let shape = sequences.shape
        guard shape.count == 4, shape[1] == count, shape[3] == length else {
            throw ScanPathError(message: "sequences of shape \(shape); they must be (B, \(count), D, \(length)).")
        }
        return summed(sequences)
    }

    private func scanned(_ map: Tensor) -> Tensor {
        differentiable(
            "cross-scan", [map],
            forward: {
                let tokens = Self.gathered(map, pixels.reshaped(-1))  // (B, D, K · L)
                return [tokens.unflattened(axis: 2, sizes: [count, length]).transposed(1, 2)]
            },
            backward: { [summed($0[0])] })[0]
    }

    private func summed(_ sequences: Tensor) -> Tensor {
        differentiable(
            "cross-merge", [sequences],
            forward: {
                let parts = (0..<count).map { Self.gathered(sequences[.all, .at($0)], positions[.at($0)]) }
                return [parts.dropFirst().reduce(parts[0]) { $0 + $1 }]
            },
            backward: { [scanned($0[0])] })[0]
    }

    /// The columns of (B, D, L) that the indices name, in the layout of the operand.
    private static func gathered(_ map: Tensor, _ indices: Tensor) -> Tensor {
        if map.strides[1] == 1 {
            return map.transposed(1, 2).selected(axis: 1, indices: indices).transposed(1, 2)
        }
        // Selecting along the last axis would copy each column by itself, which takes ten times as long.
        let shape = [map.size(0), map.size(1), indices.count]
        return map.gathered(axis: 2, index: indices.to(.int64).expanded(shape))
    }
}
