import Sensors
import Torch

/// What a fused image must agree with where there is no reference: seen by the multispectral instrument it is the
/// multispectral image, and seen by the panchromatic one it is PAN (Wald's first property; Vivone et al. 2021, section II).
struct ScaleConsistency {
    /// Sharp pixels along one coarse pixel.
    let ratio: Int
    /// MTF gain of each band at Nyquist.
    let gains: [Double]

    /// Mean absolute difference between the fused image, blurred and sampled, and the multispectral one.
    ///
    /// - Parameters:
    ///   - fused: (B, C, H, W).
    ///   - ms: (B, C, H / ratio, W / ratio).
    func spectral(_ fused: Tensor, ms: Tensor) -> Tensor { (reduced(fused) - ms).abs().mean() }

    /// Mean absolute difference between PAN and the fused bands, weighted so that at the coarse scale they match PAN best
    /// (least squares, each image of the batch by itself).
    ///
    /// - Parameters:
    ///   - fused: (B, C, H, W).
    ///   - ms: (B, C, H / ratio, W / ratio).
    ///   - pan: (B, P, H, W).
    func spatial(_ fused: Tensor, ms: Tensor, pan: Tensor) -> Tensor {
        let weights = withoutGradients { regression(of: reduced(pan), on: ms) }  // (B, C + 1, P)
        let (bands, offset) = (
            weights.narrowed(axis: 1, start: 0, length: ms.size(1)),
            weights.narrowed(axis: 1, start: ms.size(1), length: 1)
        )
        let seen = bands.transposed(1, 2).matmul(fused.flattened(from: 2)) + offset.transposed(1, 2)
        return (seen - pan.flattened(from: 2)).abs().mean()
    }

    /// (B, P, h, w) on (B, C, h, w) and a constant: (B, C + 1, P).
    private func regression(of pan: Tensor, on ms: Tensor) -> Tensor {
        let ones = Tensor.ones([ms.size(0), 1, ms.size(2), ms.size(3)], dtype: ms.dtype, device: ms.device)
        let columns = Tensor.concatenated([ms, ones], axis: 1).flattened(from: 2).to(.float64)  // (B, C + 1, n)
        // A little of the identity, where bands are the same or the image is flat.
        let identity = Tensor.identity(columns.size(1), dtype: .float64, device: ms.device)
        let products = columns.matmul(columns.transposed(1, 2)) / Double(columns.size(2))
        let normal = products + (products * 1e-9 + 1e-6) * identity
        let right = columns.matmul(pan.flattened(from: 2).to(.float64).transposed(1, 2)) / Double(columns.size(2))
        return normal.solving(right).to(ms.dtype)
    }

    /// Each band through its MTF filter, the border repeated, and of each coarse pixel the sample r·i + r/2:
    /// (B, C, H, W) to (B, C, H / ratio, W / ratio).
    private func reduced(_ image: Tensor) -> Tensor {
        let (bands, radius) = (image.size(1), MTFFilter.radius)
        let side = 2 * radius + 1
        let taps = (0..<bands).flatMap { band in
            let filter = MTFFilter.taps(gain: band < gains.count ? gains[band] : 0.3, ratio: ratio)
            // The field's filters lack up to a quarter percent; a constant image must stay as it is.
            return filter.taps.map { $0 / filter.sum }
        }
        let weight = Tensor(taps, shape: [bands, 1, side, side]).to(image.dtype).to(image.device)
        let start = ratio / 2
        let padded = image.padded([radius - start, radius, radius - start, radius], mode: .replicate)
        let result = padded.conv2d(weight: weight, stride: Size2(ratio, ratio), groups: bands)
        return result.narrowed(axis: 2, start: 0, length: image.size(2) / ratio)
            .narrowed(axis: 3, start: 0, length: image.size(3) / ratio)
    }
}
