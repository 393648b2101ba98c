import Foundation
import Inference
import Metrics
import Networks
import Raster
import Sensors
import Torch

/// Sharpening methods compared on one scene: at reduced resolution by Wald's protocol, where the multispectral image is the
/// truth, and at full resolution.
public struct SharpeningComparison {
    /// How to compare.
    public struct Options {
        /// How every method works; the type of samples is always Float32, so that nothing is rounded.
        public var sharpening = Pansharpening.Options()
        /// Where networks are computed.
        public var device = Device.cpu
        /// The largest number of the images, for PSNR and SSIM by the rule of ``SamplePeak``; it becomes 1 in networks too, else
        /// what their weights say.
        public var peak: Double?
        /// Whether nothing is known of the sensor, whatever the metadata say.
        public var ignoresSensor = false
        /// Pixels along the border that do not count.
        public var border = BorderCut.none
        /// The part that pictures show, in PAN pixels; the one with most texture when nil.
        public var region: Window?
        /// The truth at full resolution, where it is known.
        public var reference: String?

        /// Defaults: every core, the CPU, every pixel, a region of our choice.
        public init() {}
    }

    let pair: ScenePair
    let candidates: [ComparisonCandidate]
    let sensor: Sensor?
    /// The sensor that was named, not one of the metadata.
    private let namedSensor: Sensor?
    let options: Options

    /// A comparison.
    ///
    /// Whatever is known to fail is found here, before anything is computed: files that are missing, weights for other bands,
    /// images without a measurement, too little memory to measure.
    ///
    /// - Parameters:
    ///   - sensor: gives the MTF gains and bits; by the image's metadata when nil, else gains of 0.30.
    /// - Throws: `RasterError`, `CheckpointError` and `NetworkCheckpointError` for files, `SceneError` for images and weights
    ///   that don't fit together.
    public init(
        pan: String, ms: String, candidates: [ComparisonCandidate], sensor: Sensor? = nil, options: Options = Options()
    ) throws {
        pair = try ScenePair(pan: pan, ms: ms)
        self.candidates = candidates
        namedSensor = sensor
        self.sensor = sensor ?? (options.ignoresSensor ? nil : pair.ms.profile.recordedSensor)
        self.options = options
        if let sensor = self.sensor, sensor.bands.count < pair.msBands.count {
            throw SceneError(
                .sensorMismatch,
                "\(ms) has \(counted(pair.msBands.count, "band")), and the sensor \(sensor.name) \(sensor.bands.count).",
                remedy: "Name the sensor that the image is from, or none.")
        }
        if let region = options.region, region.isEmpty || !pair.window.contains(region) {
            throw SceneError(
                .invalidOption, "The region \(region) is not within the part that both images show, \(pair.window).",
                remedy: "Give --region x,y,width,height within it.")
        }
        try checkInputs()
    }

    /// Runs every method by both protocols.
    ///
    /// A method that fails has a row that says why. Who cancels gets what is finished.
    ///
    /// - Parameters:
    ///   - folder: for files on the way; whoever made it removes it.
    ///   - progress: called from any thread.
    /// - Throws: `RasterError` for the inputs.
    public func run(
        in folder: String, cancellation: Cancellation = Cancellation(),
        progress: @escaping @Sendable (Inference.Progress) -> Void = { _ in }
    ) throws -> Comparison {
        var comparison = Comparison(
            title: "Pansharpening of \(ShellText.shortName(pair.ms.file))",
            inputs: [
                .init("PAN", pair.pan, sensor: sensor?.title), .init("MS", pair.ms, sensor: sensor?.title),
            ])
        comparison.warnings = pair.warnings
        comparison.notes = pair.notices + notes
        let views = 2
        let side = ViewRegion.side(bands: pair.msBands.count, layers: views * (candidates.count + 2))
        let region =
            try options.region
            ?? ViewRegion.mostTextured(pair.pan, band: pair.panBands[0], within: pair.window, side: side)
        let run = CandidateRun(
            sensor: sensor, options: options, sources: (pair.pan.file, pair.ms.file), folder: folder,
            cancellation: cancellation, progress: progress)
        let part: ReducedPair.Part?
        do { part = try ReducedPair.Part(pair) } catch let error as SceneError where error.code == .tooSmall {
            part = nil
            comparison.warnings.append("There is no assessment at reduced resolution. \(error.problem)")
        }
        let fullPlace = Place(here: pair.window, other: part?.ms)
        do {
            if let part { try reduced(run, part, side: side, around: region, into: &comparison) }
            try full(run, fullPlace, region: region, into: &comparison)
        } catch let error as SceneError where error.code == .cancelled {
            comparison.isComplete = false
            let places = [
                (Self.reducedTitle, part.map { Place(here: $0.ms, other: pair.window) }), (Self.fullTitle, fullPlace),
            ]
            // A protocol that was only begun has no table.
            comparison.tables.removeAll { $0.rows.isEmpty }
            for (title, place) in places {
                guard let place else { continue }
                comparison.addUnreached(candidates.filter { !$0.belongsElsewhere(place) }.map(\.name), of: title)
            }
        }
        comparison.commands = candidates.compactMap(command)
        return comparison
    }

    private var notes: [String] {
        let gains =
            sensor.map { "MTF gains and bits are those of \($0.title)." }
            ?? "The sensor is not known: every band is degraded with an MTF gain of 0.30 at Nyquist."
        let cut = options.border == .dlpan ? " Borders of 20 and 21 pixels do not count, as in published tables." : ""
        return [gains + " Fused samples are judged as computed, not rounded to whole numbers." + cut]
    }

    /// The largest number that samples of a truth can have.
    func peak(of truth: RasterReader) throws -> SamplePeak {
        try SamplePeak(of: truth, given: options.peak, sensor: namedSensor)
    }

    /// The command that runs one method alone.
    private func command(_ candidate: ComparisonCandidate) -> String? {
        let inputs = ["fusionkit", "pansharpen", "--pan", pair.pan.file, "--ms", pair.ms.file]
        let name = sensor?.name ?? (options.ignoresSensor ? "none" : nil)
        let known = (name.map { ["--sensor", $0] } ?? []) + ["-o", "fused.tif"]
        switch candidate.source {
        case .classical(let method): return ShellText.line(inputs + ["--method", method.name] + known)
        case .shipped(let system): return ShellText.line(inputs + ["--method", system.name] + known)
        case .weights(let file):
            let peak = options.peak.map { ["--peak", String(format: "%.10g", $0)] } ?? []
            return ShellText.line(inputs + ["--weights", file] + known + peak)
        case .fuser, .image: return nil
        }
    }
}
