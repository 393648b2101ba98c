import Datasets
import Foundation
import Networks
import Sensors
import Torch

/// Patches of one scene as batches of one or a few, for a network that is adapted to it.
struct ScenePatches {
    private let source: ScenePatchSource
    private let resolution: ScenePatchSource.Resolution
    private let gains: [Double]

    /// Opens the scene with the largest patches that it has.
    ///
    /// - Parameter most: sharp pixels along a side, at most.
    /// - Returns: nil where the scene is too small for any, or no part of it is known as a whole.
    /// - Throws: what `ScenePatchSource` throws of other troubles.
    init?(
        pan: String, ms: String, sensor: Sensor, ratio: Int, resolution: ScenePatchSource.Resolution, most: Int,
        peak: Double, sharesEdges: Bool
    ) throws {
        var found: ScenePatchSource?
        for side in [256, 192, 128, 96, 64, 48, 32] where side <= most && found == nil {
            do {
                found = try ScenePatchSource(
                    pan: pan, ms: ms, sensor: sensor, resolution: resolution, patch: side / ratio * ratio, peak: peak,
                    sharesEdges: sharesEdges)
            } catch let error as DatasetError where error.code == .empty {
                continue
            }
        }
        guard let found else { return nil }
        (source, self.resolution) = (found, resolution)
        gains = sensor.mtfGains
    }

    /// How many patches there are.
    var count: Int { source.count }

    /// Some patches, at most as many as there are, spread over the scene.
    func spread(_ wanted: Int) throws -> [TrainingBatch] {
        let most = min(wanted, count)
        return try (0..<most).map { try batch([$0 * count / most]) }
    }

    /// Patches drawn at random.
    func drawn(_ wanted: Int, _ random: inout SampleRandom) throws -> TrainingBatch {
        try batch((0..<wanted).map { _ in random.below(count) })
    }

    private func batch(_ indices: [Int]) throws -> TrainingBatch {
        var unused = SampleRandom(seed: 0)
        let samples = try indices.map { try source.sample($0, random: &unused) }
        let batch = try Batch(samples, indices: indices)
        return try withTorchErrors { aligned(TrainingBatch(batch)) }
    }

    /// With where coarse samples lie. At reduced resolution PAN is brought to the multispectral pixels, which are the truth
    /// there, and these are not always in its grid.
    private func aligned(_ batch: TrainingBatch) -> TrainingBatch {
        var batch = batch
        let (ratio, phase) = (source.ratio, source.phase)
        let bands = batch.images[.ms]?.size(1) ?? 0
        func instrument(_ rows: Double, _ columns: Double) -> Instrument {
            Instrument(rowPhase: rows, columnPhase: columns, gains: Array(gains.prefix(bands)))
        }
        switch resolution {
        case .full: batch.instrument = instrument(phase.rows, phase.columns)
        case .reduced:
            let half = Double(ratio - 1) / 2
            let (rows, columns) = ((phase.rows - half) / Double(ratio), (phase.columns - half) / Double(ratio))
            if max(abs(rows), abs(columns)) > 0.01 {
                batch.images[.pan] = batch.images[.pan].map {
                    SeparableFilter.moved($0, rows: rows, columns: columns)
                }
            }
            batch.instrument = instrument(Double(ratio / 2), Double(ratio / 2))
        }
        return batch
    }
}
