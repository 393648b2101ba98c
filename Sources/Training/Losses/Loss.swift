import Networks
import Torch

/// The losses by name. Each is the mean over the batch; all that compare with a reference take (B, C, H, W) in 0…1.
public enum Loss: String, Sendable, Hashable, CaseIterable {
    /// Mean absolute error.
    case l1
    /// Mean squared error.
    case l2
    /// Mean of √(error² + 10⁻⁶): absolute, and smooth at 0 (Charbonnier et al. 1994).
    case charbonnier
    /// Squared below 1, absolute above, half of either (Girshick 2015).
    case smoothL1 = "smooth-l1"
    /// A tenth of the mean absolute error plus the mean squared one.
    case hybrid
    /// 1 − SSIM in Gaussian windows of 11 pixels; see `LEMambaLoss`.
    case ssim
    /// LE-Mamba's: mean absolute error and a tenth of 1 − SSIM.
    case l1SSIM = "l1-ssim"
    /// Mean spectral angle in radians.
    case sam
    /// The relative error of all bands in percent of the ratio.
    case ergas
    /// FusionMamba's (Xie et al.) of a pair: similarity, intensity and gradient, with the program's own weights.
    case pair
    /// The same with the weights that its author recommends for infrared and visible light.
    case pairInfrared = "pair-infrared"
    /// What indices of fused pictures measure, see `PairFidelityLoss`.
    case pairFidelity = "pair-fidelity"
    /// CMT's of the spectrum: see ``FourierWaveletLoss``.
    case fourier
    /// CMT's of the wavelet transform.
    case wavelet
    /// CMT's whole: mean absolute error, and a tenth of either.
    case cmt
    /// The fused image, seen by the multispectral instrument, is the multispectral image; no reference needed.
    case spectral
    /// Its bands, weighted to match PAN, are PAN; no reference needed.
    case spatial

    /// One line for people who choose.
    public var summary: String {
        switch self {
        case .l1: "mean absolute error"
        case .l2: "mean squared error"
        case .charbonnier: "absolute error, smooth at 0"
        case .smoothL1: "squared error below 1, absolute above"
        case .hybrid: "absolute error / 10 + squared error"
        case .ssim: "1 - SSIM"
        case .l1SSIM: "absolute error + 0.1 (1 - SSIM), as LE-Mamba"
        case .sam: "spectral angle in radians"
        case .ergas: "relative error of all bands"
        case .pair: "similarity, intensity and gradient of a pair, as FusionMamba (Xie)"
        case .pairInfrared: "the same, weighted for infrared and visible light"
        case .pairFidelity: "gradients, information and structure of a pair, as indices of fused pictures measure them"
        case .fourier: "absolute error of the spectrum, as CMT"
        case .wavelet: "absolute error of the Haar transform, as CMT"
        case .cmt: "l1 + 0.1 fourier + 0.1 wavelet"
        case .spectral: "the fused image, blurred and sampled, is the multispectral image; without reference"
        case .spatial: "bands weighted to match PAN are PAN; without reference"
        }
    }

    /// The images that it needs beside the fused one.
    public var needs: [ImageRole] {
        switch self {
        case .pair, .pairInfrared, .pairFidelity: [.first, .second]
        case .spectral: [.ms]
        case .spatial: [.ms, .pan]
        default: [.reference]
        }
    }

    /// The loss of a batch.
    ///
    /// - Returns: one element.
    /// - Throws: ``TrainingError`` where the batch lacks an image that it needs.
    public func callAsFunction(_ input: LossInput) throws -> Tensor {
        let fused = input.fused
        func image(_ role: ImageRole) throws -> Tensor { try input.image(role, for: self) }
        switch self {
        case .l1: return (fused - (try image(.reference))).abs().mean()
        case .l2: return (fused - (try image(.reference))).squared().mean()
        case .charbonnier: return ((fused - (try image(.reference))).squared() + 1e-6).squareRoot().mean()
        case .smoothL1:
            let error = (fused - (try image(.reference))).abs()
            return Tensor.select(error .< 1, error.squared() * 0.5, error - 0.5).mean()
        case .hybrid:
            let error = fused - (try image(.reference))
            return error.abs().mean() * 0.1 + error.squared().mean()
        case .ssim: return 1 - LEMambaLoss()(fused: fused, reference: try image(.reference)).similarity
        case .l1SSIM: return LEMambaLoss()(fused: fused, reference: try image(.reference)).total
        case .sam: return spectralAngle(fused, try image(.reference))
        case .ergas: return relativeError(fused, try image(.reference), ratio: input.ratio)
        case .pair, .pairInfrared:
            let loss: FusionMambaMMLoss = self == .pair ? .init() : FusionMambaMMTask.infraredVisible.loss
            return loss(fused: fused.clampedReturning(), first: try image(.first), second: try image(.second)).total
        case .pairFidelity:
            return PairFidelityLoss()(fused: fused, first: try image(.first), second: try image(.second))
        case .fourier: return FourierWaveletLoss().spectrum(fused, try image(.reference))
        case .wavelet: return FourierWaveletLoss().wavelets(fused, try image(.reference))
        case .cmt: return FourierWaveletLoss()(fused: fused, reference: try image(.reference)).total
        case .spectral:
            return ScaleConsistency(ratio: input.ratio, gains: input.gains).spectral(fused, ms: try image(.ms))
        case .spatial:
            return ScaleConsistency(ratio: input.ratio, gains: input.gains)
                .spatial(fused, ms: try image(.ms), pan: try image(.pan))
        }
    }
}

/// Mean angle between the spectra of two images (B, C, H, W), in radians: 2 atan(‖u − v‖ / ‖u + v‖) of unit vectors, which
/// unlike the arc cosine has a gradient where the angle is small.
private func spectralAngle(_ x: Tensor, _ y: Tensor) -> Tensor {
    func unit(_ image: Tensor) -> Tensor {
        image / (image.squared().sum(1, keepingAxes: true) + 1e-12).squareRoot()
    }
    let (u, v) = (unit(x), unit(y))
    let difference = ((u - v).squared().sum(1) + 1e-12).squareRoot()
    let sum = ((u + v).squared().sum(1) + 1e-12).squareRoot()
    return difference.arcTangent(over: sum).mean() * 2
}

/// ERGAS with a floor under the means, so that a black patch has a finite one.
private func relativeError(_ fused: Tensor, _ reference: Tensor, ratio: Int) -> Tensor {
    let error = (fused - reference).squared().mean(2, 3) / (reference.mean(2, 3).squared() + 1e-6)  // (B, C)
    return ((error.mean(1) + 1e-12).squareRoot() * (100 / Double(ratio))).mean()
}
