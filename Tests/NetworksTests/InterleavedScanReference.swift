import Networks
import StateSpace
import Testing
import Torch

/// The mixer of MMMamba as its specification writes it: the place of each token by formulas, copies for each direction, one
/// grouped scan, and the way back by the same formulas.
struct InterleavedScanReference {
    private let variant: InterleavedScanMixerTests.Variant
    private let parameters: [String: Tensor]
    private let height: Int
    private let width: Int

    init(_ variant: InterleavedScanMixerTests.Variant, _ mixer: InterleavedScanMixer) {
        self.variant = variant
        parameters = Dictionary(uniqueKeysWithValues: mixer.state().map { ($0.name, $0.tensor) })
        (height, width) = variant.size
    }

    private var window: (height: Int, width: Int) {
        variant.window.map { ($0, $0) } ?? (height, width)
    }

    /// Rank of a pixel's window, rank in the window.
    private func ranks(_ direction: ScanPath.Direction, _ row: Int, _ column: Int) -> (window: Int, pixel: Int) {
        let (w, v) = window
        let (rows, columns) = (height / w, width / v)
        let byRows = (window: (row / w) * columns + column / v, pixel: (row % w) * v + column % v)
        let byColumns = (window: (column / v) * rows + row / w, pixel: (column % v) * w + row % w)
        switch direction {
        case .rows: return byRows
        case .rowsReversed: return (rows * columns - 1 - byRows.window, w * v - 1 - byRows.pixel)
        case .columns: return byColumns
        case .columnsReversed: return (rows * columns - 1 - byColumns.window, w * v - 1 - byColumns.pixel)
        }
    }

    /// For each token its pixel (of all images), and the pixel that its result is brought to.
    private func order(_ direction: ScanPath.Direction, images: Int) -> (pixels: [Int], targets: [Int]) {
        let (w, v) = window
        let (size, windows) = (w * v, (height / w) * (width / v))
        var pixels = [Int](repeating: 0, count: images * height * width)
        var targets = pixels
        for image in 0..<images {
            for row in 0..<height {
                for column in 0..<width {
                    var (rank, place) = ranks(direction, row, column)
                    let token = images * size * rank + size * image + place
                    let pixel = row * width + column
                    pixels[token] = image * height * width + pixel
                    targets[token] = pixels[token]
                    guard variant.inverse == .released, variant.window != nil, !direction.isByRows else { continue }
                    if direction == .columnsReversed { (rank, place) = (windows - 1 - rank, size - 1 - place) }
                    let columns = width / w
                    let released =
                        ((rank % columns) * w + place % w) * height + (rank / columns) * w + place / w
                    targets[token] = image * height * width + released
                }
            }
        }
        return (pixels, targets)
    }

    func run(ms: Tensor, pan: Tensor?) throws -> (ms: Tensor, pan: Tensor?) {
        func parameter(_ name: String) throws -> Tensor { try #require(parameters[name], "\(name)") }
        func entry(_ image: Tensor, _ name: String) throws -> (values: Tensor, gate: Tensor) {
            let halves = image.permuted(0, 2, 3, 1).linear(weight: try parameter("in_proj_vis.weight"))
                .chunked(2, axis: 3)
            let convolved = halves[0].permuted(0, 3, 1, 2).contiguous().conv2d(
                weight: try parameter("conv2d_\(name).weight"), bias: try parameter("conv2d_\(name).bias"), padding: 1,
                groups: halves[0].size(3))
            return (convolved.silu().flattened(from: 2, to: 3), halves[1].silu())  // (B, D, H·W)
        }
        let first = try entry(ms, "vis")
        let second = try pan.map { try entry($0, "inf") }
        let isConcatenated = variant.fusion == .channelConcat
        let images = isConcatenated || pan == nil ? 1 : 2
        var tokens = [first.values]
        if let second { tokens.append(second.values) } else if isConcatenated { tokens.append(first.values * 0) }
        let all = Tensor.concatenated(tokens, axis: isConcatenated ? 1 : 2)

        let orders = variant.directions.map { order($0.path, images: images) }
        let sequences = Tensor.stacked(
            orders.map { all.selected(axis: 2, indices: Tensor($0.pixels.map { Int32($0) })) }, axis: 1)
        let (states, rank) = (try parameter("A_logs").size(1), try parameter("dt_projs_weight").size(2))
        let features = Tensor.einsum("bkdl,kcd->bkcl", sequences, try parameter("x_proj_weight"))
            .split(sizes: [rank, states, states], axis: 2)
        let delta = Tensor.einsum("bkrl,kdr->bkdl", features[0], try parameter("dt_projs_weight"))
        let y = try selectiveScan(
            sequences.flattened(from: 1, to: 2), delta: delta.flattened(from: 1, to: 2),
            A: -(try parameter("A_logs")).exp(), B: features[1], C: features[2], D: try parameter("Ds"),
            deltaBias: try parameter("dt_projs_bias").flattened()
        ).y.unflattened(axis: 1, sizes: [orders.count, all.size(1)])
        var sum = Tensor.zeros(like: all)
        for (index, order) in orders.enumerated() {
            sum = sum.indexAdding(
                axis: 2, indices: Tensor(order.targets.map { Int32($0) }), source: y[.all, .at(index)])
        }
        let parts = sum.chunked(tokens.count, axis: isConcatenated ? 1 : 2)
        func exit(_ y: Tensor, _ gate: Tensor, _ name: String) throws -> Tensor {
            let normalized = y.transposed(1, 2).layerNormalized(
                shape: [y.size(1)], weight: try parameter("out_norm_\(name).weight"),
                bias: try parameter("out_norm_\(name).bias"))
            return (normalized * gate.flattened(from: 1, to: 2)).linear(
                weight: try parameter("out_proj_\(name).weight")
            )
            .transposed(1, 2).unflattened(axis: 2, sizes: [height, width])
        }
        return (try exit(parts[0], first.gate, "vis"), try second.map { try exit(parts[1], $0.gate, "inf") })
    }
}
