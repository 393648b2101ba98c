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
                let order = pixels.reshaped(-1)
                if map.strides[1] == 1 {
                    return [
                        map.transposed(1, 2).selected(axis: 1, indices: order)
                            .unflattened(axis: 1, sizes: [count, length]).transposed(2, 3)
                    ]
                }
                return [
                    map.selected(axis: 2, indices: order).unflattened(axis: 2, sizes: [count, length]).transposed(1, 2)
                ]
            },
            backward: { [summed($0[0])] })[0]
    }

    private func summed(_ sequences: Tensor) -> Tensor {
        differentiable(
            "cross-merge", [sequences],
            forward: {
                let hasChannelsLast = sequences.strides[2] == 1
                let parts = (0..<count).map { path in
                    let sequence = sequences[.all, .at(path)]  // (B, D, L)
                    let order = positions[.at(path)]
                    return hasChannelsLast
                        ? sequence.transposed(1, 2).selected(axis: 1, indices: order).transposed(1, 2)
                        : sequence.selected(axis: 2, indices: order)
                }
                return [parts.dropFirst().reduce(parts[0]) { $0 + $1 }]
            },
            backward: { [scanned($0[0])] })[0]
    }
}
