import StateSpace
import Torch

/// The mixer of MMMamba (Wang et al. 2025, multimodal interleaved scan; the authors' `Attention`): each image keeps its own
/// stream, and they meet only inside the selective scan. "vis" in parameter names means the multispectral image, "inf" the
/// panchromatic one.
package final class InterleavedScanMixer: Module, StreamMixer {
    @Inlined var scan: MultiPathScan
    @Child("in_proj_vis") var inputProjection: Linear
    // Quirk: the authors project both images by in_proj_vis. This one is in every checkpoint and never used (golden file
    // block_ss2d).
    @Child("in_proj_inf") var unusedProjection: Linear
    @Child("conv2d_vis") var msConvolution: Conv2d
    @Child("conv2d_inf") var panConvolution: Conv2d
    @Child("out_norm_vis") var msNorm: LayerNorm
    @Child("out_norm_inf") var panNorm: LayerNorm
    @Child("out_proj_vis") var msProjection: Linear
    @Child("out_proj_inf") var panProjection: Linear
    private let configuration: MMMambaConfiguration

    /// Builds the mixer.
    ///
    /// - Throws: `ConfigurationError` for a number that no mixer can be built with.
    package init(_ configuration: MMMambaConfiguration) throws {
        try configuration.validate()
        self.configuration = configuration
        super.init()
        let block = configuration.block
        let (width, inner, side) = (block.width, block.innerWidth, block.convolutionWidth)
        scan = MultiPathScan(
            count: configuration.directions.count, width: configuration.fusion == .inContext ? inner : 2 * inner,
            states: block.states, rank: block.rank, steps: block.steps)
        func convolution() -> Conv2d {
            Conv2d(inner, inner, kernel: Size2(side), padding: Size2(side / 2), groups: inner)
        }
        inputProjection = Linear(width, 2 * inner, hasBias: false)
        unusedProjection = Linear(width, 2 * inner, hasBias: false)
        (msConvolution, panConvolution) = (convolution(), convolution())
        (msNorm, panNorm) = (LayerNorm(inner), LayerNorm(inner))
        (msProjection, panProjection) = (Linear(inner, width, hasBias: false), Linear(inner, width, hasBias: false))
    }

    /// The scans by the rules of every state-space block.
    package override func initializeParameters(using generator: RandomGenerator) {
        scan.initializeParameters(using: generator)
    }

    /// - Parameters:
    ///   - ms: (B, C, H, W), H and W multiples of the window.
    ///   - pan: the same shape; nil where there is no panchromatic image: then its tokens are left out, or its channels are
    ///     zero.
    /// - Returns: the same shapes; nil where it was.
    /// - Throws: `BlockInputError` for other shapes.
    package func callAsFunction(ms: Tensor, pan: Tensor?) throws -> (ms: Tensor, pan: Tensor?) {
        try check(ms, pan)
        let size = [ms.size(2), ms.size(3)]
        func entry(_ map: Tensor, _ convolution: Conv2d) -> (values: Tensor, gate: Tensor) {
            let halves = inputProjection.parts(2, of: map.permuted(0, 2, 3, 1))  // (B, H, W, D)
            return (convolution.channelsLast(halves[0]).silu().flattened(from: 1, to: 2), halves[1])
        }
        let (msPixels, msGate) = entry(ms, msConvolution)  // (B, H·W, D)
        let panEntry = pan.map { entry($0, panConvolution) }

        let scanned: [Tensor]
        switch configuration.fusion {
        case .inContext:
            let pixels = panEntry.map { Tensor.concatenated([msPixels, $0.values], axis: 1) } ?? msPixels
            scanned = try scan(pixels, images: pan == nil ? 1 : 2, size).chunked(pan == nil ? 1 : 2, axis: 1)
        case .channelConcat:
            let pixels = Tensor.concatenated([msPixels, panEntry?.values ?? Tensor.zeros(like: msPixels)], axis: 2)
            scanned = try scan(pixels, images: 1, size).chunked(2, axis: 2)
        }
        func output(_ y: Tensor, _ norm: LayerNorm, _ gate: Tensor, _ projection: Linear) -> Tensor {
            let gated = multiplied(gate.silu(), norm(y.unflattened(axis: 1, sizes: size)))
            return projection(gated).permuted(0, 3, 1, 2)
        }
        return (
            output(scanned[0], msNorm, msGate, msProjection),
            panEntry.map { output(scanned[1], panNorm, $0.gate, panProjection) }
        )
    }

    /// The sum of all directions at each pixel of one or two images, (B, images · H·W, D).
    private func scan(_ pixels: Tensor, images: Int, _ size: [Int]) throws -> Tensor {
        let (height, width) = (size[0], size[1])
        let (directions, window) = (configuration.directions.map(\.path), configuration.window.pixels)
        let paths = try ScanPaths(
            directions.map { .interleaved(images: images, windows: window, $0) }, height: height, width: width,
            device: pixels.device)
        guard configuration.scanInverse == .released, height != width, window != nil,
            directions.contains(where: { !$0.isByRows })
        else { return try scan(pixels, along: paths).y }

        // Quirk: the released program brings results by columns back to other pixels (golden file
        // block_mmmamba_8x12_released).
        let operands = try scan.operands(of: pixels)
        func sum(byRows: Bool) throws -> Tensor? {
            let results = try directions.indices.filter { directions[$0].isByRows == byRows }
                .map { try scan.scan(operands, path: $0, of: paths).y }
            guard let first = results.first else { return nil }
            return results.dropFirst().reduce(first) { added($0, $1) }
        }
        let exchange = try ScanPaths.releasedColumnMerge(
            window: window, height: height, width: width, device: pixels.device)
        let byColumns = try sum(byRows: false).map { sum in
            Tensor.concatenated(
                sum.chunked(images, axis: 1).map { $0.selected(axis: 1, indices: exchange.pixels[.at(0)]) }, axis: 1)
        }
        let sums = [try sum(byRows: true), byColumns].compactMap { $0 }
        return sums.dropFirst().reduce(sums[0]) { added($0, $1) }
    }

    private func check(_ ms: Tensor, _ pan: Tensor?) throws(BlockInputError) {
        let width = configuration.width
        try require("the multispectral features", ms, [nil, width, nil, nil], "(B, \(width), H, W)")
        if let pan { try require("the panchromatic features", pan, ms.shape, "\(ms.shape), as the multispectral ones") }
        let (height, side) = (ms.size(2), configuration.window.pixels ?? 1)
        guard height % side == 0, ms.size(3) % side == 0 else {
            throw BlockInputError(
                "windows of \(side) don't divide a map of \(height) × \(ms.size(3)) pixels; fill it up to multiples of "
                    + "\(side).")
        }
    }
}
