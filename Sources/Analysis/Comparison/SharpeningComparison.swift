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
        /// The digital number that becomes 1 in networks; what the weights say when nil.
        public var peak: Double?
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
    let options: Options

    /// A comparison.
    ///
    /// - Parameters:
    ///   - sensor: gives the MTF gains and bits; by the image's metadata when nil, else gains of 0.30.
    /// - Throws: `RasterError` for files, `SceneError` for images that don't fit together.
    public init(
        pan: String, ms: String, candidates: [ComparisonCandidate], sensor: Sensor? = nil, options: Options = Options()
    ) throws {
        pair = try ScenePair(pan: pan, ms: ms)
        self.candidates = candidates
        self.sensor = sensor ?? pair.ms.profile.metadata[""]?["FUSIONKIT_SENSOR"].flatMap(Sensor.named)
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
        comparison.notes = pair.notices + notes
        let views = 2
        let side = ViewRegion.side(bands: pair.msBands.count, layers: views * (candidates.count + 2))
        let region =
            try options.region
            ?? ViewRegion.mostTextured(pair.pan, band: pair.panBands[0], within: pair.window, side: side)
        let run = CandidateRun(
            sensor: sensor, options: options, folder: folder, cancellation: cancellation, progress: progress)
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

    /// The largest number that samples can have, for PSNR and SSIM: the sensor's, or what the multispectral image suggests.
    func peak() throws -> Double {
        if let sensor { return sensor.peak }
        var (largest, isWhole) = (0.0, true)
        for tile in pair.ms.profile.window.tiles(width: 1024, height: 1024) {
            for value in try KnownImage(pair.ms, window: tile).image.values {
                largest = Swift.max(largest, value)
                isWhole = isWhole && value == value.rounded()
            }
        }
        if largest <= 1, !isWhole { return 1 }
        return Double((1 << ((8...16).first { Double(1 << $0) > largest } ?? 32)) - 1)
    }

    /// The command that runs one method alone.
    private func command(_ candidate: ComparisonCandidate) -> String? {
        let inputs = ["fusionkit", "pansharpen", "--pan", pair.pan.file, "--ms", pair.ms.file]
        let known = ["--sensor", sensor?.name ?? "none", "-o", "fused.tif"]
        switch candidate.source {
        case .classical(let method): return ShellText.line(inputs + ["--method", method.name] + known)
        case .weights(let file): return ShellText.line(inputs + ["--weights", file] + known)
        case .fuser, .image: return nil
        }
    }
}
