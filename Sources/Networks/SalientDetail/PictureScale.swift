import Torch

/// The two steps between scales of a picture's pyramid (Burt, Adelson 1983), as in the classical Laplacian pyramid, on
/// tensors (B, C, H, W).
enum PictureScale {
    /// Low pass with the kernel (1, 4, 6, 4, 1)/16 along both axes, mirrored at the borders, and every second sample:
    /// (B, C, ⌈H/2⌉, ⌈W/2⌉).
    static func halved(_ image: Tensor) -> Tensor {
        let isTiny = min(image.size(2), image.size(3)) < 3
        let maps = image.flattened(from: 0, to: 1).unsqueezed(1)
            .padded([2, 2, 2, 2], mode: isTiny ? .replicate : .reflect)
        let half = maps.conv2d(weight: kernel(scale: 1.0 / 256, like: image), stride: 2)
        return half.unflattened(axis: 0, sizes: [image.size(0), image.size(1)]).squeezed(2)
    }

    /// Samples between the samples by the same kernel, the borders repeated.
    ///
    /// - Parameters:
    ///   - image: (B, C, H, W).
    ///   - rows: rows of the result that are wanted, within 0 ..< 2 H.
    ///   - width: columns of the result, at most 2 W.
    /// - Returns: (B, C, rows, width).
    static func doubled(_ image: Tensor, rows: Range<Int>, width: Int) -> Tensor {
        // The rows that these lie between.
        let first = max(0, rows.lowerBound / 2 - 1)
        let last = min(image.size(2), (rows.upperBound - 1) / 2 + 2)
        let maps = image[.all, .all, first..<last].flattened(from: 0, to: 1).unsqueezed(1)
            .padded([1, 1, 1, 1], mode: .replicate)
        let double = maps.convTransposed2d(
            weight: kernel(scale: 1.0 / 64, like: image), stride: 2, padding: 4, outputPadding: 1)
        return double.unflattened(axis: 0, sizes: [image.size(0), image.size(1)]).squeezed(2)[
            .all, .all, (rows.lowerBound - 2 * first)..<(rows.upperBound - 2 * first), 0..<width]
    }

    private static func kernel(scale: Double, like image: Tensor) -> Tensor {
        let taps: [Double] = [1, 4, 6, 4, 1]
        return Tensor(taps.flatMap { row in taps.map { row * $0 * scale } }, shape: [1, 1, 5, 5])
            .to(image.dtype).to(image.device)
    }
}
