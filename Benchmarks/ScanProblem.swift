import StateSpace
import Torch

/// Operands of a scan as networks have them: (B, L, …) in memory, seen as (B, …, L).
struct ScanProblem {
    let title: String
    /// `channels` counts those of all paths.
    let (batches, channels, states, length): (Int, Int, Int, Int)
    let u, delta, A, B, C, D, deltaBias: Tensor
    /// Nil for one scan in the order of memory.
    let paths: ScanPaths?

    /// - Parameters:
    ///   - channels: of the map; each path has as many.
    ///   - groups: how many B and C there are, for one path; nil for the same of all channels.
    ///   - paths: several scans of one map.
    init(
        batches: Int = 1, channels: Int, states: Int, length: Int, groups: Int? = nil, paths: ScanPaths? = nil,
        seed: UInt64 = 1
    ) {
        let generator = RandomGenerator(seed: seed)
        func tokens(_ channels: Int) -> Tensor {
            Tensor.normal([batches, length, channels], generator: generator).transposed(1, 2)
        }
        let count = paths?.count ?? 1
        let allGroups = paths == nil ? groups : count * (groups ?? 1)
        func stateInputs() -> Tensor {
            guard let allGroups else { return tokens(states) }
            return tokens(allGroups * states).unflattened(axis: 1, sizes: [allGroups, states])
        }
        let all = count * channels
        var sizes = "B\(batches) D\(channels)"
        if let paths { sizes = "B\(batches) \(paths.count) paths × D\(channels)" }
        if let groups { sizes += " in \(groups) groups" }
        title = "\(sizes) N\(states) L\(length)"
        (self.batches, self.channels, self.states, self.length) = (batches, all, states, length)
        self.paths = paths
        u = tokens(channels)
        delta = tokens(all)
        A = -Tensor.range(from: 1, to: states + 1).expanded([all, states]).contiguous()
        B = stateInputs()
        C = stateInputs()
        D = .ones([all])
        deltaBias = .full([all], -4.6)
    }

    /// Updates of one state of one channel by one token.
    var updates: Int { batches * channels * states * length }

    /// All that can be differentiated.
    var operands: [Tensor] { [u, delta, A, B, C, D, deltaBias] }

    /// The scan by the library, (B, D, L).
    func scan() throws -> Tensor {
        if let paths {
            return try selectiveScan(
                u, along: paths, delta: delta, A: A, B: B, C: C, D: D, deltaBias: deltaBias
            ).y
        }
        return try selectiveScan(u, delta: delta, A: A, B: B, C: C, D: D, deltaBias: deltaBias).y
    }

    /// The paths as networks without a kernel for them scan: K copies of the map in the order of each path, one scan of
    /// all, each result put back in the order of pixels, and their sum.
    func scanOfCopies(_ paths: ScanPaths) throws -> Tensor {
        func copies(_ tensor: Tensor) throws -> Tensor {  // (B, K·C, L), of each path its own C
            let parts = try tensor.chunked(paths.count, axis: 1).enumerated().map { index, part in
                let path = try ScanPaths([CrossScan.fourDirections.paths[index]], height: side, width: side)
                return try path.sequences(of: part.flattened(from: 1, to: -2)).squeezed(1)
            }
            return Tensor.concatenated(parts, axis: 1)
        }
        let byGroup = [paths.count, states]
        let y = try selectiveScan(
            paths.sequences(of: u).flattened(from: 1, to: 2), delta: copies(delta), A: A,
            B: copies(B).unflattened(axis: 1, sizes: byGroup), C: copies(C).unflattened(axis: 1, sizes: byGroup), D: D,
            deltaBias: deltaBias
        ).y
        return try paths.merged(y.unflattened(axis: 1, sizes: [paths.count, u.size(1)]))
    }

    /// Of a square map.
    private var side: Int { Int(Double(length).squareRoot()) }

    /// Runs `body`, and differentiates the sum of its result by every operand.
    func differentiated(_ body: (ScanProblem) throws -> Tensor) throws {
        for operand in operands { operand.setRequiresGradient() }
        defer { for operand in operands { operand.setRequiresGradient(false) } }
        let y = try body(self)
        _ = gradients(of: [y], withRespectTo: operands, outputGradients: [Tensor.ones(y.shape)])
    }
}
