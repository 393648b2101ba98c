import Metrics
import Networks
import Torch

/// What the field's indices of fused pictures measure, as a loss: a picture fused of two that keeps the gradients (Qabf),
/// the information (VIF), the structure (SSIM, the multi-exposure form of it) and the differences (SCD, CC) of both, and
/// adds no gradients of its own (Nabf).
///
/// Every part is the index itself, `Metrics` has the exact ones, with roots and quotients kept away from 0 so that their
/// gradients stay finite, and less what it lacks to its best value.
struct PairFidelityLoss {
    /// Rows and columns that the coarsest scales of its indices need.
    static let smallestSide = 48

    /// Windows of the indices.
    private static let gaussian = gaussianTaps(radius: 5, sigma: 1.5)
    private static let box = [Double](repeating: 1.0 / 7, count: 7)

    /// - Parameters:
    ///   - fused: (B, 1, H, W) in 0…1, H and W ``smallestSide`` or more.
    ///   - first: the same shape.
    ///   - second: the same shape.
    /// - Returns: one element, 0 where nothing is lost.
    func callAsFunction(fused: Tensor, first: Tensor, second: Tensor) -> Tensor {
        let sources = [first, second]
        func lost(_ index: (Tensor, Tensor) -> Tensor) -> Tensor {
            sources.reduce(Tensor(0.0, device: fused.device)) { $0 + 1 - index(fused, $1).mean() }
        }
        let (kept, added) = gradients(fused, sources)
        let gradients = 1 - kept.mean()
        let information = lost(self.information)
        // The textbook's constants see strong contrasts, those of the field's usual program flat ground.
        let similarity = lost { self.similarity($0, $1, Self.gaussian, darkness: 1e-4, evenness: 9e-4) }
        let flatness = lost { self.similarity($0, $1, Self.box, darkness: 2.5e-8, evenness: 2.2e-7) }
        let structure = 1 - self.structure(fused, first, second).mean()
        let differences = 2 - (self.correlation(fused - second, first) + self.correlation(fused - first, second)).mean()
        let correlation = lost(self.correlation)
        return gradients * 1.5 + information * 0.5 + similarity * 0.25 + flatness * 0.5 + structure
            + differences * 0.25 + correlation * 0.1 + added.mean() * 0.5
    }

    /// Qabf (Xydeas, Petrović 2000): how far strength and direction of each source's gradients are kept, weighted by
    /// strength. And by how much gradients are stronger than both sources', in parts of all. (B) both.
    private func gradients(_ fused: Tensor, _ sources: [Tensor]) -> (kept: Tensor, added: Tensor) {
        func field(_ image: Tensor) -> (components: Tensor, strength: Tensor) {
            let components = FusionMambaMMLoss.sobel(image * 255, padding: 0)
            return (components, (components.squared().sum(1, keepingAxes: true) + 1e-2).squareRoot())
        }
        let own = field(fused)
        var (kept, all) = (Tensor(0.0, device: fused.device), Tensor(1e-3, device: fused.device))
        let others = sources.map(field)
        for other in others {
            let ratio = own.strength.minimum(other.strength) / own.strength.maximum(other.strength)
            // Lines have no sign.
            let cosine =
                (own.components * other.components).sum(1, keepingAxes: true).abs()
                / (own.strength * other.strength)
            let turn = 1 - cosine.clamped(0, 1 - 1e-5).acos() * (2 / Double.pi)
            let quality = ((ratio - 0.5) * 15).sigmoid() * ((turn - 0.8) * 22).sigmoid() * (0.9994 * 0.9879)
            kept = kept + (quality * other.strength).sum(1, 2, 3)
            all = all + other.strength.sum(1, 2, 3)
        }
        let strongest = others.dropFirst().reduce(others[0].strength) { $0.maximum($1.strength) }
        return (kept / all, (own.strength - strongest).relu().sum(1, 2, 3) / all)
    }

    /// VIF in the pixel domain (Sheikh, Bovik 2006) over four scales; (B).
    private func information(_ fused: Tensor, _ source: Tensor) -> Tensor {
        let noise = 2.0
        var (fused, source) = (fused * 255, source * 255)
        var (seen, all) = (Tensor(0.0, device: fused.device), Tensor(1.0, device: fused.device))
        for (scale, side) in [17, 9, 5, 3].enumerated() {
            let window = gaussianTaps(radius: side / 2, sigma: Double(side) / 5)
            if scale > 0 {
                fused = filtered(fused, window)[.all, .all, .slice(by: 2), .slice(by: 2)]
                source = filtered(source, window)[.all, .all, .slice(by: 2), .slice(by: 2)]
            }
            let m = moments(fused, source, window)
            let gain = (m.covariance / (m.secondVariance + 0.1)).clamped(0)
            let rest = (m.firstVariance - gain * m.covariance).clamped(1e-3)
            seen = seen + (gain.squared() * m.secondVariance / (rest + noise)).logOnePlus().sum(1, 2, 3)
            all = all + (m.secondVariance / noise).logOnePlus().sum(1, 2, 3)
        }
        return seen / all
    }

    /// SSIM (Wang et al. 2004); (B).
    private func similarity(
        _ fused: Tensor, _ source: Tensor, _ window: [Double], darkness: Double, evenness: Double
    ) -> Tensor {
        let m = moments(fused, source, window)
        let means =
            (m.firstMean * m.secondMean * 2 + darkness)
            / (m.firstMean.squared() + m.secondMean.squared() + darkness)
        let contrasts = (m.covariance * 2 + evenness) / (m.firstVariance + m.secondVariance + evenness)
        return (means * contrasts).mean(1, 2, 3)
    }

    /// The index of multi-exposure fusion (Ma, Zeng, Wang 2015) over three scales: structure of the fused patch beside that
    /// of both sources, the stronger counting more; (B).
    private func structure(_ fused: Tensor, _ first: Tensor, _ second: Tensor) -> Tensor {
        var images = (fused, first, second)
        var total = Tensor(0.0, device: fused.device)
        for weight in [0.0448, 0.2856, 0.3001] {
            let (a, b) = (
                moments(images.0, images.1, Self.gaussian), moments(images.0, images.2, Self.gaussian)
            )
            let both = moments(images.1, images.2, Self.gaussian)
            let (strengthA, strengthB) = (
                (a.secondVariance + 1e-6).squareRoot(), (b.secondVariance + 1e-6).squareRoot()
            )
            let (powerA, powerB) = (strengthA * strengthA * strengthA, strengthB * strengthB * strengthB)
            let shareA = powerA / (powerA + powerB)
            let shareB = 1 - shareA
            let strongest = strengthA.maximum(strengthB)
            let variance =
                shareA.squared() + shareB.squared()
                + shareA * shareB * both.covariance / (strengthA * strengthB) * 2
            let scale = strongest / variance.clamped(1e-4).squareRoot()
            let covariance =
                (shareA * a.covariance / strengthA + shareB * b.covariance / strengthB) * scale
            let index = (covariance * 2 + 9e-4) / (strongest.squared() + a.firstVariance + 9e-4)
            total = total + index.mean(1, 2, 3) * (weight / 0.6305)
            func halved(_ image: Tensor) -> Tensor { image.averagePooled2d(2) }
            images = (halved(images.0), halved(images.1), halved(images.2))
        }
        return total
    }

    /// Pearson's correlation of two images; (B).
    private func correlation(_ x: Tensor, _ y: Tensor) -> Tensor {
        let (x, y) = (x - x.mean(1, 2, 3, keepingAxes: true), y - y.mean(1, 2, 3, keepingAxes: true))
        return (x * y).sum(1, 2, 3) / (x.squared().sum(1, 2, 3) * y.squared().sum(1, 2, 3) + 1e-4).squareRoot()
    }

    private struct Moments {
        let firstMean: Tensor
        let secondMean: Tensor
        let firstVariance: Tensor
        let secondVariance: Tensor
        let covariance: Tensor
    }

    /// Local means, variances and the covariance of two images, where the window is wholly inside.
    private func moments(_ x: Tensor, _ y: Tensor, _ window: [Double]) -> Moments {
        let means = filtered(.concatenated([x, y, x.squared(), y.squared(), x * y], axis: 1), window)
        func channel(_ index: Int) -> Tensor { means.narrowed(axis: 1, start: index, length: 1) }
        let (mean, other) = (channel(0), channel(1))
        return Moments(
            firstMean: mean, secondMean: other, firstVariance: (channel(2) - mean.squared()).clamped(0),
            secondVariance: (channel(3) - other.squared()).clamped(0), covariance: channel(4) - mean * other)
    }

    /// (B, C, H, W) filtered along both axes, where the window is wholly inside.
    private func filtered(_ image: Tensor, _ window: [Double]) -> Tensor {
        let channels = image.size(1)
        func taps(_ height: Int, _ width: Int) -> Tensor {
            Tensor(window, shape: [1, 1, height, width]).to(image.dtype).to(image.device)
                .expanded([channels, 1, height, width])
        }
        return image.conv2d(weight: taps(1, window.count), groups: channels)
            .conv2d(weight: taps(window.count, 1), groups: channels)
    }
}
