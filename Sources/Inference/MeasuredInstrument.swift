import Foundation
import Networks
import Raster
import Sensors
import Torch

/// What two images tell of how the coarse one was made, where that is not the usual way: the gain of the modulation transfer
/// function, and where samples lie.
///
/// PAN is measured as the multispectral instrument would, with every gain and at every place that come into question. Where
/// both are right, the details of what is measured are a weighted sum of those of the bands, as far as the bands show what
/// PAN shows; the part of their variance that is (R²) tells how right. It is the filter estimation of Vivone et al., IEEE
/// TGRS 53(4), 2015, with two unknowns.
///
/// Cameras differ by so much else that little is believed: a gain that is far above 0.30 and leaves much less unexplained, which
/// is so of averaged pixels and rarely of a camera in orbit; a lower gain, or another place, where nearly all is explained.
public struct MeasuredInstrument: Sendable, Equatable {
    /// Gain at the Nyquist frequency of the multispectral grid, of all bands; 0.30 where nothing says otherwise.
    public let gain: Double
    /// Whether samples lie on the middle of the PAN pixels that they cover, where no georeference says where they lie and the
    /// convention of the field's toolboxes is another.
    public let sharesEdges: Bool

    /// Samples along each side of the part that is looked at, in the middle, and of all its bands, at most.
    private static let (mostRows, mostSamples) = (128, 1 << 21)
    /// Samples at the edges of that part, which the low pass does not reach as a whole.
    private static let margin = 3
    /// Samples with details, at least, and for each number that is fitted.
    private static let (fewestSamples, samplesForEach) = (64, 16)
    /// Adjacent bands are averaged to so many, at most.
    private static let mostBands = 8
    /// Details that are so many times as large as the mean are of hot pixels and the like.
    private static let outlier = 12.0
    /// Gains that are tried, those that networks know, and how far from the usual one is far.
    private static let (gains, known, far) = (
        (4...32).map { Double($0) / 40 }, 0.15...0.65, 0.1 + 1e-9
    )
    /// The part of what the usual assumptions leave unexplained that others may leave at most.
    private static let mostUnexplained = 0.65
    /// R² from which a low gain, or a place with a usual gain, is believed, and from which nothing is left to explain.
    private static let (leastExplained, completelyExplained) = (0.95, 0.9999)

    /// Gain and place, and how much of the details they explain.
    private struct Assumption {
        let gain: Double
        let move: Double
        let explained: Double
    }

    /// Measures the instrument.
    ///
    /// - Returns: nil where the images tell nothing, or nothing unusual.
    /// - Throws: `RasterError`, ``SceneError``, `TorchError`.
    public init?(of pair: ScenePair) throws {
        let reader = try SceneReader(pair, sensor: .unknown(bands: pair.msBands.count, ratio: pair.ratio, bits: 16))
        let rows = min(Self.mostRows, Int((Double(Self.mostSamples) / Double(pair.msBands.count)).squareRoot()))
        func middle(_ length: Int) -> Range<Int> {
            let count = min(length, rows * pair.ratio)
            return (length - count) / 2..<(length - count) / 2 + count
        }
        let region = PixelRegion(rows: middle(reader.scene.panHeight), columns: middle(reader.scene.panWidth))
        let input = try ConsistentInput(region, reader: reader, context: 0)
        let moves = pair.isGeoreferenced || pair.ratio % 2 == 1 ? [0] : [0, -0.5]
        let all = try withTorchErrors {
            try withInference {
                let all = Self.assumptions(input, region, moves: moves)
                try checkTorchErrors()
                return all
            }
        }
        guard let best = all.max(by: { $0.explained < $1.explained }),
            let usual = all.first(where: { $0.move == 0 && abs($0.gain - Sensor.usualGain) < 1e-9 }),
            usual.explained < Self.completelyExplained,
            1 - best.explained <= Self.mostUnexplained * (1 - usual.explained)
        else { return nil }
        // What a stronger blur leaves of PAN is always easier to explain.
        let isCertain = best.explained >= Self.leastExplained
        let isFar =
            abs(best.gain - Sensor.usualGain) > Self.far && (best.gain > Sensor.usualGain || isCertain)
        gain = isFar ? min(max(best.gain, Self.known.lowerBound), Self.known.upperBound) : Sensor.usualGain
        sharesEdges = best.move != 0 && (isFar || isCertain)
        guard isFar || sharesEdges else { return nil }
    }

    /// What the images tell, in sentences.
    public var findings: [String] {
        var findings: [String] = []
        if gain != Sensor.usualGain {
            findings.append(
                "the MTF gain of the bands at Nyquist is taken to be about \(String(format: "%.3g", gain)) instead of the "
                    + "usual 0.30, as the images themselves tell.")
        }
        if sharesEdges {
            findings.append(
                "the corners of both images are taken to coincide, as the images themselves tell; without georeference they "
                    + "usually lie half a PAN pixel apart.")
        }
        return findings
    }

    /// How much of the details each gain at each place explains; empty where too few samples are known.
    private static func assumptions(
        _ input: ConsistentInput, _ region: PixelRegion, moves: [Double]
    ) -> [Assumption] {
        let (ms, pan) = (input.msTensor(.cpu), input.panTensor(.cpu))
        func measured(_ gains: [Double], _ move: Double) -> Tensor {
            input.grid(gains: gains, moved: move, .cpu).observed(pan)
        }
        guard var samples = samples(input, ms, region) else { return [] }
        let bands = averaged(ms, to: min(mostBands, samples.size(0) / samplesForEach))
        let both = Tensor.concatenated([bands, measured([Sensor.usualGain], 0)], axis: 1)
        for _ in 0..<2 {
            let rows = details(both, at: samples)
            let mean = rows.abs().mean(1, keepingAxes: true)
            // Nothing at all, as in flat fill, is not what is ordinary.
            let share = (rows.abs() .> mean * 1e-3).to(.float64).mean(1, keepingAxes: true)
            let sizes = rows.abs() * share / (mean + 1e-150)
            let largest = sizes.max(0).array(of: Double.self)
            let ordinary = zip(samples.array(of: Int64.self), largest).filter { $0.1 < outlier }.map(\.0)
            guard ordinary.count >= fewestSamples else { return [] }
            samples = Tensor(ordinary)
        }
        let ownDetails = details(bands, at: samples)
        return moves.flatMap { move in
            let explained = explained(details(measured(gains, move), at: samples), by: ownDetails)
            return zip(gains, explained).map { Assumption(gain: $0, move: move, explained: $1) }
        }
    }

    /// Adjacent bands of (1, B, h, w) averaged to a few.
    private static func averaged(_ bands: Tensor, to few: Int) -> Tensor {
        let count = bands.size(1)
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
            // Wider than any that is tried, with its Laplacian.
            let mixed = inner(input.grid(gains: [0.005], moved: 0, .cpu).observed(unknown)).array(of: Float.self)
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
        let units = others / (others.squared().mean(1, keepingAxes: true).squareRoot() + 1e-150)
        let covariance = units.matmul(units.transposed(0, 1)) / count
        let shared = units.matmul(rows.transposed(0, 1)) / count  // (B, G)
        // A little of the identity, where bands are the same or flat.
        let weights = (covariance + Tensor.identity(others.size(0), dtype: .float64) * 1e-6).solving(shared)
        let explained = (weights * shared).sum(0) / (rows.squared().mean(1) + 1e-300)
        // What is no number explains nothing.
        return explained.array(of: Double.self).map { $0.isFinite ? $0 : 0 }
    }
}
