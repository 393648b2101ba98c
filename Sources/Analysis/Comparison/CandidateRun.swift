import Foundation
import Inference
import Networks
import Raster
import Sensors

/// Runs one method after the other and measures what it takes.
struct CandidateRun {
    let sensor: Sensor?
    let options: SharpeningComparison.Options
    /// The files that are compared on, as they were named.
    let sources: (pan: String, ms: String)
    let folder: String
    let cancellation: Cancellation
    let progress: @Sendable (Inference.Progress) -> Void

    /// How the fused images are measured.
    var watch: MeasuringWatch {
        MeasuringWatch(
            threads: options.sharpening.threads, memoryBytes: options.sharpening.memoryBytes,
            cancellation: cancellation, show: progress)
    }

    /// Fuses a pair.
    ///
    /// - Parameters:
    ///   - window: the pixels of the fused image; an image that was fused before belongs to the protocol of its size.
    ///   - stage: what to tell of the work.
    ///   - row: gets the time, or the failure.
    /// - Returns: the fused image's file; nil where there is none.
    /// - Throws: `SceneError` when somebody asked to stop.
    func fuse(
        _ candidate: ComparisonCandidate, _ pair: ScenePair, as window: Window, stage: String, row: inout ComparisonRow
    ) throws -> String? {
        try cancellation.check()
        progress(Inference.Progress(stage: stage, done: 0, total: 1))
        do {
            if case .image(let file) = candidate.source { return try existing(file, pair, as: window) }
            let output = fusedFile
            let report = progress
            let (findings, use) = try ResourceUse.measure {
                let job = try job(candidate, pair)
                _ = try job.run(output: output, cancellation: cancellation) {
                    report(Inference.Progress(stage: "\(stage): \($0.stage)", done: $0.done, total: $0.total))
                }
                return job.measured?.findings ?? []
            }
            row.notes += findings
            row.use = use
            return output
        } catch {
            // Ctrl-C ends everything; anything else is this method's own trouble.
            try cancellation.check()
            row.failure = reason(error)
            return nil
        }
    }

    /// What an error says, with files on the way called what they are.
    func reason(_ error: any Error) -> String {
        "\(error)".replacing(ReducedPair.panFile(in: folder), with: "\(sources.pan), degraded,")
            .replacing(ReducedPair.msFile(in: folder), with: "\(sources.ms), degraded,")
            .replacing(fusedFile, with: "the fused image")
    }

    private var fusedFile: String { "\(folder)/fused.tif" }

    /// Removes a file that ``fuse(_:_:as:stage:row:)`` made.
    func remove(_ file: String) {
        if file == fusedFile { unlink(file) }
    }

    /// What a method has to do with a pair.
    ///
    /// - Throws: what is wrong with weights, or with a method that can't do it.
    func job(_ candidate: ComparisonCandidate, _ pair: ScenePair) throws -> Pansharpening {
        var sharpening = options.sharpening
        sharpening.sampleType = .float32
        sharpening.writing = .init(creationOptions: ["COMPRESS=NONE", "BIGTIFF=IF_SAFER"], overwrites: true)
        switch candidate.source {
        case .classical(let method):
            return try Pansharpening(pair: pair, method: .classical(method), sensor: sensor, options: sharpening)
        case .weights(let file):
            let checkpoint = try NetworkCheckpoint(file: file)
            let trainedFor = checkpoint.description.sensor.flatMap(Sensor.named)
            return try Pansharpening(
                pair: pair, method: .init(checkpoint, peak: options.peak, device: options.device),
                sensor: options.ignoresSensor ? nil : sensor ?? trainedFor, options: sharpening)
        case .shipped(let system):
            guard let checkpoint = try NetworkCheckpoint(shippedWith: system, for: pair.task) else {
                throw SceneError.noWeights(system, task: pair.task)
            }
            return try Pansharpening(
                pair: pair, method: .init(checkpoint, device: options.device), sensor: sensor, options: sharpening)
        case .fuser, .image:
            throw SceneError(
                .invalidOption, "\(candidate.name) fuses pictures and sharpens nothing.",
                remedy: "'fusionkit methods' lists methods that sharpen.")
        }
    }

    /// An image that was fused before, if it is one of a window's pixels.
    func existing(_ file: String, _ pair: ScenePair, as window: Window) throws -> String {
        let profile = try RasterReader(file).profile
        guard profile.dataBands.count == pair.msBands.count, profile.width == window.width,
            profile.height == window.height
        else {
            throw SceneError(
                .otherSize,
                "\(file) has \(counted(profile.dataBands.count, "band")) of \(profile.width) × \(profile.height) pixels; here "
                    + "fused images have \(pair.msBands.count) of \(window.width) × \(window.height).",
                remedy: "Give an image that was fused of these two.")
        }
        return file
    }
}
