import StateSpace
import Torch

/// Attention in place of the scan, for comparison (specification, 7.1): the pixels of both images attend to each other, in the
/// whole map or inside squares. Each image has projections of its own; there is no position code beside their depthwise
/// convolutions.
///
/// Over the whole map the time grows with the square of the pixels. The matrix of weights is never kept.
package final class JointAttention: Module, StreamMixer {
    @Child("qkv_ms") var msEntry: Conv2d
    @Child("qkv_dw_ms") var msDepthwise: Conv2d
    @Child("proj_ms") var msExit: Conv2d
    @Child("qkv_pan") var panEntry: Conv2d
    @Child("qkv_dw_pan") var panDepthwise: Conv2d
    @Child("proj_pan") var panExit: Conv2d
    private let configuration: MMMambaConfiguration

    /// Builds the mixer.
    ///
    /// - Throws: `ConfigurationError` for a number that no mixer can be built with.
    package init(_ configuration: MMMambaConfiguration) throws {
        try configuration.validate()
        self.configuration = configuration
        super.init()
        let width = configuration.width
        func entry() -> Conv2d { Conv2d(width, 3 * width, kernel: 1, hasBias: false) }
        func depthwise() -> Conv2d {
            Conv2d(3 * width, 3 * width, kernel: 3, padding: 1, groups: 3 * width, hasBias: false)
        }
        func exit() -> Conv2d { Conv2d(width, width, kernel: 1, hasBias: false) }
        (msEntry, msDepthwise, msExit) = (entry(), depthwise(), exit())
        (panEntry, panDepthwise, panExit) = (entry(), depthwise(), exit())
    }

    /// - Parameters:
    ///   - ms: (B, C, H, W), H and W multiples of the span.
    ///   - pan: the same shape; nil where there is no panchromatic image.
    /// - Returns: the same shapes; nil where it was.
    /// - Throws: `BlockInputError` for other shapes, `ScanPathError` for a map that the span does not divide.
    package func callAsFunction(ms: Tensor, pan: Tensor?) throws -> (ms: Tensor, pan: Tensor?) {
        let width = configuration.width
        try require("the multispectral features", ms, [nil, width, nil, nil], "(B, \(width), H, W)")
        if let pan { try require("the panchromatic features", pan, ms.shape, "\(ms.shape), as the multispectral ones") }
        let size = [ms.size(2), ms.size(3)]
        let partition = try configuration.span.pixels.map {
            try WindowPartition(window: $0, height: size[0], width: size[1])
        }
        var maps = [msDepthwise(msEntry(ms))]  // (B, 3C, H, W)
        if let pan { maps.append(panDepthwise(panEntry(pan))) }
        let tokens = try maps.map { map in  // (B · windows, pixels, 3C)
            let pixels = map.permuted(0, 2, 3, 1)
            return (try partition?.windows(of: pixels) ?? pixels).flattened(from: 1, to: 2)
        }
        let mixed = try attention(Tensor.concatenated(tokens, axis: 1)).chunked(maps.count, axis: 1).map { tokens in
            let windows = tokens.unflattened(axis: 1, sizes: configuration.span.pixels.map { [$0, $0] } ?? size)
            return (try partition?.map(of: windows) ?? windows).permuted(0, 3, 1, 2)  // (B, C, H, W)
        }
        return (msExit(mixed[0]), pan == nil ? nil : panExit(mixed[1]))
    }

    /// (N, L, 3C) to (N, L, C): every token to every other of its row.
    private func attention(_ tokens: Tensor) -> Tensor {
        let parts = tokens.chunked(3, axis: 2).map {  // (N, heads, L, C / heads)
            $0.unflattened(axis: 2, sizes: [configuration.heads, -1]).transposed(1, 2)
        }
        return Tensor.attention(query: parts[0], key: parts[1], value: parts[2])
            .transposed(1, 2).flattened(from: 2, to: 3)
    }
}
