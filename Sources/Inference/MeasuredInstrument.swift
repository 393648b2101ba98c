import Networks
import Raster
import Sensors
import Torch

/// What two images tell of the multispectral instrument where nobody else does: the gain of its modulation transfer function,
/// and where its samples lie.
///
/// PAN is measured as that instrument would, with every gain and at every place that come into question. Where both are right,
/// the details of what is measured are a weighted sum of those of the bands; the part of their variance that is (R²) tells how
/// right. It is the filter estimation of Vivone et al., IEEE TGRS 53(4), 2015, with two unknowns.
///
/// Cameras differ by so much else that nearly all that the bands show must be in PAN before the result is believed: that is so
/// where one image was made from the other's kind, by averaging pixels for instance, and rarely of two cameras in orbit.
public struct MeasuredInstrument: Sendable, Equatable {
    /// Gain at the Nyquist frequency of the multispectral grid, of all bands.
    public let gain: Double
    /// Whether samples lie on the middle of the PAN pixels that they cover, where no georeference says where they lie and the
    /// convention of the field's toolboxes is another.
    public let sharesEdges: Bool

    /// Whether the gain is another than the 0.30 that everybody assumes, by more than what the assumption leaves open: the
    /// toolboxes' own filter of 0.30, for one, has 0.28.
    public var isUnusual: Bool { abs(gain - 0.30) > 0.05 }

    /// Samples along each side of the part that is looked at, in the middle.
    private static let side = 128
    /// Samples at the edges of that part, which the low pass does not reach as a whole.
    private static let margin = 3
    /// Samples with details, at least.
    private static let fewestSamples = 200
    /// Adjacent bands are averaged to so many, at most.
    private static let mostBands = 8
    /// R² from which the result is believed.
    private static let leastExplained = 0.95
    /// Gains that are tried, and those that networks know.
    private static let (gains, known) = (Array(stride(from: 0.1, through: 0.75, by: 0.025)), 0.15...0.65)

    /// Measures the instrument.
    ///
    /// - Returns: nil where the images tell nothing: too few pixels in the middle are known, or they explain each other too
    ///   little.
    /// - Throws: `RasterError`, ``SceneError``, `TorchError`.
    public init?(of pair: ScenePair) throws {
        let reader = try SceneReader(pair, sensor: .unknown(bands: pair.msBands.count, ratio: pair.ratio, bits: 16))
        let (height, width) = (reader.scene.panHeight, reader.scene.panWidth)
        func middle(_ length: Int) -> Range<Int> {
            let count = min(length, Self.side * pair.ratio)
            return (length - count) / 2..<(length - count) / 2 + count
        }
        let region = PixelRegion(rows: middle(height), columns: middle(width))
        let input = try ConsistentInput(region, reader: reader, context: 0)
        let moves = pair.isGeoreferenced || pair.ratio % 2 == 1 ? [0] : [0, -0.5]
        let found = try withTorchErrors {
            try withInference { () -> [(move: Double, explained: [Double])] in
                let (ms, pan) = (Self.averaged(input.msTensor(.cpu)), input.panTensor(.cpu))
                guard let samples = Self.samples(input, ms, region) else { return [] }
                let bands = Self.details(ms, at: samples)
                let found = moves.map { move in
                    let measured = input.grid(gains: Self.gains, moved: move).observed(pan)
                    return (move, Self.explained(Self.details(measured, at: samples), by: bands))
                }
                try checkTorchErrors()
                return found
            }
        }
        let all = found.flatMap { found in
            zip(Self.gains, found.explained).map { (gain: $0, move: found.move, explained: $1) }
        }
        guard let best = all.max(by: { $0.explained < $1.explained }), best.explained >= Self.leastExplained else {
            return nil
        }
        gain = min(max(best.gain, Self.known.lowerBound), Self.known.upperBound)
        sharesEdges = best.move != 0
    }

    /// Adjacent bands of (1, B, h, w) averaged to a few.
    private static func averaged(_ bands: Tensor) -> Tensor {
        let (count, few) = (bands.size(1), mostBands)
        guard count > few else { return bands }
        return .concatenated(
            (0..<few).map { part in
                let range = part * count / few..<(part + 1) * count / few
                return bands.narrowed(axis: 1, start: range.lowerBound, length: range.count)
                    .mean(1, keepingAxes: true)
            }, axis: 1)
    }

    /// Which samples within the margin no low pass mixes with unknown pixels; nil for too few.
    private static func samples(_ input: ConsistentInput, _ ms: Tensor, _ region: PixelRegion) -> Tensor? {
        let (height, width) = (ms.size(2) - 2 * (margin + 1), ms.size(3) - 2 * (margin + 1))
        guard height > 0, width > 0 else { return nil }
        var samples = Array(0..<Int64(height * width))
        if let valid = input.valid {
            let unknown = Tensor(
                valid.map { $0 == 0 ? 1 : Float(0) }, shape: [1, 1, region.rows.count, region.columns.count])
            // Wider than any that is tried, and than its Laplacian.
            let mixed = inner(input.grid(gains: [0.02], moved: 0).observed(unknown)).array(of: Float.self)
            samples = samples.filter { mixed[Int($0)] < 1e-9 }
        }
        return samples.count < fewestSamples ? nil : Tensor(samples)
    }

    /// What lies within the margin, moved by some samples.
    private static func inner(_ image: Tensor, _ rows: Int = 0, _ columns: Int = 0) -> Tensor {
        let first = margin + 1
        return image.narrowed(axis: 2, start: first + rows, length: image.size(2) - 2 * first)
            .narrowed(axis: 3, start: first + columns, length: image.size(3) - 2 * first)
    }

    /// The Laplacian of every band of (1, B, h, w), less its mean: (B, samples).
    private static func details(_ image: Tensor, at samples: Tensor) -> Tensor {
        func moved(_ rows: Int, _ columns: Int) -> Tensor { inner(image, rows, columns).to(.float64) }
        let around = moved(-1, 0) + moved(1, 0) + moved(0, -1) + moved(0, 1)
        let details = (moved(0, 0) * 4 - around).flattened(from: 2).squeezed(0)
            .selected(axis: 1, indices: samples)
        return details - details.mean(1, keepingAxes: true)
    }

    /// The part of the variance of each row (G, samples) that a weighted sum of others (B, samples) explains.
    private static func explained(_ rows: Tensor, by others: Tensor) -> [Double] {
        let count = Double(others.size(1))
        let units = others / (others.squared().mean(1, keepingAxes: true).squareRoot() + 1e-30)
        let covariance = units.matmul(units.transposed(0, 1)) / count
        let shared = units.matmul(rows.transposed(0, 1)) / count  // (B, G)
        // A little of the identity, where bands are the same or flat.
        let weights = (covariance + Tensor.identity(others.size(0), dtype: .float64) * 1e-6).solving(shared)
        let explained = (weights * shared).sum(0) / (rows.squared().mean(1) + 1e-30)
        // What is no number explains nothing.
        return explained.array(of: Double.self).map { $0.isFinite ? $0 : 0 }
    }
}
