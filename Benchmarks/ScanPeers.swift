import Torch

/// The recurrence with tensor operations alone, for one path and B and C that all channels share. Both forms are
/// differentiated by recording every operation.
extension ScanProblem {
    /// As most programs write it: (B, D, N) tensors, a step for each token.
    func loopOfTensorOperations() -> Tensor {
        let steps = (delta + deltaBias.unsqueezed(-1)).softplus()
        // Cut first: the gradient of a slice of a large tensor is as large as the tensor, for every token.
        let factors = tokens((steps.unsqueezed(-1) * A.unsqueezed(1)).exp())
        let driven = tokens((steps * u).unsqueezed(-1) * B.transposed(1, 2).unsqueezed(1))
        let outputs = C.transposed(1, 2).chunked(length, axis: 1)  // (B, 1, N)
        var state = Tensor.zeros([batches, channels, states])
        var y: [Tensor] = []
        for time in 0..<length {
            state = factors[time] * state + driven[time]
            y.append((state * outputs[time]).sum(-1))
        }
        return Tensor.stacked(y, axis: 2) + D.unsqueezed(-1) * u
    }

    private func tokens(_ tensor: Tensor) -> [Tensor] {
        tensor.chunked(length, axis: 2).map { $0.squeezed(2) }
    }

    /// The fastest form found that uses tensor operations only: the sequence is cut into blocks that stay in the cache, a
    /// block into chunks. All chunks of a block advance side by side from a state of zero, then the states at their
    /// beginnings follow one from the other, and act on every token through the product of the factors up to it.
    ///
    /// - Parameters:
    ///   - chunk: tokens of a chunk, so many steps are taken one after the other.
    ///   - chunks: chunks of a block, which advance together. chunk · chunks divides the length.
    func chunkedTensorOperations(chunk: Int, chunks: Int) -> Tensor {
        let count = length / (chunk * chunks)
        let biased = (delta + deltaBias.unsqueezed(-1)).softplus().chunked(count, axis: 2)
        let inputs = u.chunked(count, axis: 2)
        let (entering, leaving) = (B.chunked(count, axis: 2), C.chunked(count, axis: 2))
        var state = Tensor.zeros([batches, channels, states])
        var y: [Tensor] = []
        for index in 0..<count {
            // (B, D, T) as (chunk, B, D, chunks): a step is contiguous.
            func bySteps(_ tensor: Tensor) -> Tensor {
                tensor.unflattened(axis: 2, sizes: [chunks, chunk]).permuted(3, 0, 1, 2)
            }
            let steps = bySteps(biased[index]).contiguous()
            let factors = (steps.unsqueezed(-1) * A.unsqueezed(1)).exp()  // (chunk, B, D, chunks, N)
            let B = bySteps(entering[index]).permuted(0, 1, 3, 2).unsqueezed(2)  // (chunk, B, 1, chunks, N)
            let C = bySteps(leaving[index]).permuted(0, 1, 3, 2).unsqueezed(2)
            let driven = (steps * bySteps(inputs[index])).unsqueezed(-1) * B
            let (factor, drive) = (cut(factors, chunk), cut(driven, chunk))
            var (local, decay) = ([drive[0]], [factor[0]])
            for step in 1..<chunk {
                local.append(factor[step] * local[step - 1] + drive[step])
                decay.append(factor[step] * decay[step - 1])
            }
            var begins: [Tensor] = []
            let (ends, decays) = (cut(local[chunk - 1], chunks, axis: 2), cut(decay[chunk - 1], chunks, axis: 2))
            for place in 0..<chunks {
                begins.append(state)
                state = decays[place] * state + ends[place]
            }
            let begin = Tensor.stacked(begins, axis: 2)
            let states = Tensor.stacked(local, axis: 0) + Tensor.stacked(decay, axis: 0) * begin
            y.append((states * C).sum(-1).permuted(1, 2, 3, 0).flattened(from: 2, to: 3))
        }
        return Tensor.concatenated(y, axis: 2) + D.unsqueezed(-1) * u
    }

    private func cut(_ tensor: Tensor, _ count: Int, axis: Int = 0) -> [Tensor] {
        tensor.chunked(count, axis: axis).map { $0.squeezed(axis) }
    }
}
