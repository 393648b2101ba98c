import Datasets
import Networks
import Torch

/// Made-up images, for trying a training without files: waves and patches of random spectra, and coarse images that are means
/// of their pixels. Nothing that is learned from them is of use for satellites' images.
struct MadeUpSource: SampleSource {
    /// Bands of the coarse image.
    let bands: Int
    /// Bands of the sharp image.
    let sharpBands: Int
    /// Sharp pixels along one coarse pixel.
    let ratio: Int
    /// Sharp pixels along one side, a multiple of the ratio.
    let side: Int
    /// Samples of an epoch.
    let count: Int
    /// Decides the samples.
    let seed: UInt64

    /// The same sample whenever it is asked for.
    func sample(_ index: Int, random: inout SampleRandom) throws -> Sample {
        let tensors: [ImageRole: Tensor] = try withTorchErrors { images(of: index) }
        var made: [SampleRole: SampleImage] = [:]
        for (role, image) in tensors {
            let values: [Float] = image.array()
            made[role] = SampleImage(bands: image.size(0), height: image.size(1), width: image.size(2), values: values)
        }
        return Sample(images: made, name: "made-up sample \(index)")
    }

    /// (C, H, W) each.
    private func images(of index: Int) -> [ImageRole: Tensor] {
        let generator = RandomGenerator(seed: derivedSeed(seed, for: .sample, index))
        func random(_ shape: Int..., low: Double = 0, high: Double = 1) -> Tensor {
            .uniform(shape, low: low, high: high, generator: generator)
        }
        let axis = Tensor.range(to: side) / Double(side)
        // Waves, (n, H, W), and what each band has of them.
        let waves = 12
        let rows = (random(waves, 1, low: -60, high: 60) * axis + random(waves, 1, high: 6.28)).unsqueezed(2)
        let columns = (random(waves, 1, low: -60, high: 60) * axis).unsqueezed(1)
        var scene = Tensor.einsum("cn,nhw->chw", random(bands, waves, high: 0.08), (rows + columns).sin()) + 0.4
        // Patches with spectra of their own.
        for _ in 0..<6 {
            let ends = random(2, 2).sorted(axis: 1).values
            func inside(_ place: Int) -> Tensor {
                let (low, high) = (ends[.at(place), 0], ends[.at(place), 1])
                return ((axis .>= low) .&& (axis .<= high)).to(.float32)
            }
            let mask = inside(0).unsqueezed(1) * inside(1).unsqueezed(0)
            scene = scene + (random(bands, 1, 1) - scene) * mask * 0.7
        }
        scene = scene.clamped(0, 1)
        func weighted(_ count: Int) -> Tensor {
            let shares = random(count, bands) + 0.1
            return Tensor.einsum("pc,chw->phw", shares / shares.sum(1, keepingAxes: true), scene)
        }
        let coarse = scene.reshaped(bands, side / ratio, ratio, side / ratio, ratio).mean(2, 4)
        return [.ms: coarse, .pan: weighted(sharpBands), .reference: scene]
    }
}
