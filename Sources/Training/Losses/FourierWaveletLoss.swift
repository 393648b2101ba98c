import Torch

/// The loss of CMT (Shu et al. 2024): mean absolute error, and that of the Fourier transform, for large structures, and of
/// Haar's wavelet transform, for edges. The paper does not give the weights and the wavelets; these are our own.
public struct FourierWaveletLoss: Sendable, Hashable {
    /// Weight of the Fourier term.
    public var fourierWeight = 0.1
    /// Weight of the wavelet term.
    public var waveletWeight = 0.1
    /// Levels of the wavelet transform.
    public var levels = 2
    /// What the last level's low-pass image counts.
    public var lowPassWeight = 0.5

    /// A loss of some levels.
    public init(levels: Int = 2) { self.levels = levels }

    /// The loss and what it is made of, tensors of one element.
    public struct Parts {
        /// The weighted sum.
        public var total: Tensor
        /// Mean absolute error.
        public var error: Tensor
        /// Of the Fourier transform.
        public var spectrum: Tensor
        /// Of the wavelet transform.
        public var wavelets: Tensor
    }

    /// - Parameters: fused and reference, both (B, C, H, W) in 0 to 1.
    public func callAsFunction(fused: Tensor, reference: Tensor) -> Parts {
        let error = (fused - reference).abs().mean()
        let (spectrum, wavelets) = (spectrum(fused, reference), wavelets(fused, reference))
        return Parts(
            total: error + spectrum * fourierWeight + wavelets * waveletWeight, error: error, spectrum: spectrum,
            wavelets: wavelets)
    }

    /// Mean over the half spectrum of the absolute differences of real and imaginary parts; the transform keeps the norm.
    func spectrum(_ fused: Tensor, _ reference: Tensor) -> Tensor {
        let difference = (fused - reference).realFFT(axes: [-2, -1], norm: .orthonormal)
        return (difference.realPart().abs() + difference.imaginaryPart().abs()).mean()
    }

    /// Mean absolute difference of the wavelet images.
    func wavelets(_ fused: Tensor, _ reference: Tensor) -> Tensor {
        // The transform is linear.
        var lowPass = fused - reference
        var terms: [Tensor] = []
        for _ in 0..<levels {
            let images = Self.haar(lowPass)
            terms += images.details.map { $0.abs().mean() }
            lowPass = images.lowPass
        }
        terms.append(lowPass.abs().mean() * lowPassWeight)
        return Tensor.stacked(terms).sum() / Double(3 * levels + 1)
    }

    /// One level of Haar's transform with the norm kept; the last row or column of an odd size counts twice.
    ///
    /// - Parameter image: (B, C, H, W).
    /// - Returns: the low-pass image, and differences between rows, between columns, and of both, all (B, C, ⌈H/2⌉, ⌈W/2⌉).
    package static func haar(_ image: Tensor) -> (lowPass: Tensor, details: [Tensor]) {
        let (rows, columns) = (image.size(2) % 2, image.size(3) % 2)
        let even = rows + columns == 0 ? image : image.padded([0, columns, 0, rows], mode: .replicate)
        func samples(_ row: Int, _ column: Int) -> Tensor {
            even[.all, .all, .slice(from: row, by: 2), .slice(from: column, by: 2)]
        }
        let (a, b, c, d) = (samples(0, 0), samples(0, 1), samples(1, 0), samples(1, 1))
        let (top, bottom, left, right) = (a + b, c + d, a - b, c - d)
        return ((top + bottom) * 0.5, [(top - bottom) * 0.5, (left + right) * 0.5, (left - right) * 0.5])
    }
}
