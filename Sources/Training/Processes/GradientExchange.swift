import CMPI
import Torch

/// Replaces the gradients of this process by the means over all processes.
///
/// Gradients travel in buckets, last layers first, as the backward pass makes them: a bucket sets off as soon as it is full,
/// while the pass goes on with the layers before (Li et al. 2020, "PyTorch Distributed"). Buckets set off in the same order
/// everywhere, so that sums meet those of the same parameters.
final class GradientExchange {
    private let processes: ProcessGroup
    private let parameters: [Tensor]
    private let buckets: [Bucket]
    /// For each parameter its bucket.
    private var bucketOf: [Int] = []
    /// Buckets that have set off.
    private var sent = 0
    private var isListening = false

    /// Numbers of a bucket: a megabyte of them.
    private static let bucketSize = 1 << 18

    /// - Parameters:
    ///   - parameters: whose gradients are exchanged; the same in all processes.
    ///   - overlaps: whether these are what the backward pass differentiates by, so that it tells when a gradient is there.
    ///     Else all buckets set off after it.
    init(_ parameters: [Tensor], overlaps: Bool, _ processes: ProcessGroup) {
        self.processes = processes
        self.parameters = parameters
        var groups: [[Int]] = []
        var size = Int.max
        for index in parameters.indices.reversed() {
            if size >= Self.bucketSize {
                groups.append([])
                size = 0
            }
            groups[groups.count - 1].append(index)
            size += parameters[index].count
        }
        buckets = groups.map { Bucket($0, parameters) }
        bucketOf = [Int](repeating: 0, count: parameters.count)
        for (place, group) in groups.enumerated() { for index in group { bucketOf[index] = place } }
        guard overlaps else { return }
        for (index, parameter) in parameters.enumerated() {
            parameter.onAccumulation { [weak self] in try self?.arrived(index) }
        }
    }

    /// Begins to send gradients as they come; before the last backward pass of a step.
    func listen() {
        isListening = true
        sent = 0
        for bucket in buckets { bucket.waiting = bucket.indices.count }
    }

    private func arrived(_ index: Int) throws {
        guard isListening else { return }
        buckets[bucketOf[index]].waiting -= 1
        while sent < buckets.count, buckets[sent].waiting == 0 {
            try buckets[sent].send(parameters)
            sent += 1
        }
        for bucket in buckets[..<sent] { try bucket.advance() }
    }

    /// Sends what has not been sent, waits for all, and leaves the means in the gradients.
    func finish() throws {
        if !isListening { listen() }
        isListening = false
        while sent < buckets.count {
            try buckets[sent].send(parameters)
            sent += 1
        }
        for bucket in buckets { try bucket.receive(parameters, share: 1 / Double(processes.count)) }
    }

    /// Some gradients one after the other.
    private final class Bucket {
        let indices: [Int]
        /// Gradients that are still to come.
        var waiting = 0
        /// The gradients, and in the end for each of them 1 where this process has it.
        private let values: Tensor
        private let pieces: [Tensor]
        private let flags: Tensor
        private var request: UnsafeMutableRawPointer?

        init(_ indices: [Int], _ parameters: [Tensor]) {
            self.indices = indices
            let size = indices.reduce(0) { $0 + parameters[$1].count }
            let values = Tensor.zeros([size + indices.count])
            var start = 0
            pieces = indices.map { index in
                let parameter = parameters[index]
                defer { start += parameter.count }
                return values.narrowed(axis: 0, start: start, length: parameter.count).reshaped(parameter.shape)
            }
            flags = values.narrowed(axis: 0, start: size, length: indices.count)
            self.values = values
        }

        func send(_ parameters: [Tensor]) throws {
            withoutGradients {
                for (piece, index) in zip(pieces, indices) {
                    if let gradient = parameters[index].gradient { piece.copy(from: gradient) } else { piece.fill(0) }
                }
                flags.copy(from: Tensor(indices.map { parameters[$0].gradient == nil ? Float(0) : 1 }))
            }
            let count = Int32(values.count)
            try values.withUnsafeBytes { bytes in
                try ProcessGroup.check(
                    fk_mpi_begin_sum(bytes.baseAddress?.assumingMemoryBound(to: Float.self), count, &request))
            }
        }

        /// The library works on a request only while it is called.
        func advance() throws { try ProcessGroup.check(fk_mpi_advance(&request)) }

        func receive(_ parameters: [Tensor], share: Double) throws {
            try ProcessGroup.check(fk_mpi_wait(&request))
            let had: [Float] = flags.array()
            withoutGradients {
                for (place, index) in indices.enumerated() where had[place] > 0 {
                    let mean = pieces[place] * share
                    let parameter = parameters[index]
                    if let gradient = parameter.gradient {
                        gradient.copy(from: mean)
                    } else {
                        parameter.gradient = mean.to(parameter.device).to(parameter.dtype)
                    }
                }
            }
        }
    }
}
