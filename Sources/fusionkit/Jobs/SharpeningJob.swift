import Foundation
import FusionKit

/// One pansharpening or hypersharpening as the user asked for it.
struct SharpeningJob {
    /// What fuses the pixels.
    enum Choice {
        /// What is best for the images: the network that comes with the program, or a method without training.
        case standard
        case classical(any ClassicalMethod)
        /// A network with the weights that come with the program.
        case shipped(NetworkSystem)
        case weights(file: String, peak: Double?, highPeak: Double?)
    }

    let task: FusionTask
    let high: String
    let low: String
    let output: String
    let choice: Choice
    /// How a network is adapted to the scene before; nil when it stays as it is.
    let adaptation: Adaptation?
    /// The sensor that the user named.
    let sensor: Sensor?
    /// Whether the user said that nothing is known of the sensor.
    let ignoresSensor: Bool
    let device: DeviceChoice
    var options: Pansharpening.Options
    let talk: Talk

    /// Checks everything, does the work and tells about it.
    func run() throws -> SharpeningReport {
        let start = ContinuousClock.now
        var inputs = [high, low]
        if case .weights(let file, _, _) = choice { inputs.append(file) }
        try OutputPath.check(output, overwrites: options.writing.overwrites, inputs: inputs)
        let pair = try ScenePair(pan: high, ms: low, task: task)
        for notice in pair.notices { talk.note(notice) }
        for warning in pair.warnings { talk.warn(warning) }
        let prepared = try prepared(for: pair)
        let (job, sensor, name) = (prepared.job, prepared.sensor, prepared.name)
        talk.warnOfNarrowing(to: options.sampleType, from: pair.ms.profile.withBands(pair.msBands).sampleType)

        describe(job.pair, method: name)
        describe(sensor, job.measured)
        if let note = sensor?.note(bands: pair.msBands.count, file: low) { talk.note(note) }
        let bar = ProgressBar(talk)
        defer { bar.clear() }
        let summary = try Interruption.gracefully { cancellation in
            try job.run(output: output, cancellation: cancellation) { bar.show($0) }
        }
        bar.clear()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let report = SharpeningReport(
            output: output, job: job, method: name, sensor: sensor, summary: summary, adaptation: prepared.adaptation,
            seconds: seconds)
        describe(report)
        return report
    }

    private func describe(_ pair: ScenePair, method: String) {
        let (pan, ms) = (pair.pan.profile, pair.ms.profile)
        let (sharp, spectral) = task == .hypersharpen ? ("high", "low") : ("PAN", "MS")
        let panBands = pair.panBands.count == 1 ? "" : "\(counted(pair.panBands.count, "band")), "
        talk.detail(
            "\(sharp): \(pair.pan.file), \(pan.width) × \(pan.height) pixels, \(panBands)\(pan.sampleType.name)")
        talk.detail(
            "\(spectral): \(pair.ms.file), \(ms.width) × \(ms.height) pixels, \(counted(pair.msBands.count, "band")), "
                + ms.sampleType.name
        )
        let offset = String(format: "%+.3f columns, %+.3f rows", pair.cornerOffset.columns, pair.cornerOffset.rows)
        talk.detail(
            "ratio: \(pair.ratio); offset of the \(spectral) corner from \(sharp)'s in \(sharp) pixels: \(offset) "
                + (pair.isGeoreferenced ? "(by georeference)" : "(no georeference)"))
        talk.detail("common part: \(pair.window)")
        talk.detail("method: \(method)")
    }

    /// Tells of the instrument, and what the images told of it.
    private func describe(_ sensor: Sensor?, _ measured: MeasuredInstrument?) {
        if let sensor {
            talk.detail("sensor: \(sensor.name) (\(sensor.title)), MTF gains \(Self.list(sensor.mtfGains))")
        } else if ignoresSensor {
            talk.detail("sensor: none, MTF gain 0.30 for every band")
        } else if let measured {
            for finding in measured.findings { talk.note(finding) }
            talk.note("--sensor none takes what is usual, and the name of a sensor its gains.")
        } else {
            talk.detail("sensor: unknown, MTF gain 0.30 for every band; --sensor names one")
        }
    }

    private func describe(_ report: SharpeningReport) {
        talk.detail(
            "bands: " + Self.shortened(report.bands.map { "\($0.band)\($0.name.isEmpty ? "" : " " + $0.name)" }, ", "))
        for coefficient in report.coefficients {
            talk.detail("\(coefficient.name): \(Self.list(coefficient.values))")
        }
        talk.detail(
            "tiles of \(report.tile) × \(report.tile) pixels, \(report.threads) thread\(report.threads == 1 ? "" : "s"), "
                + "\(options.memoryBytes >> 20) MiB allowed")
        if report.validPixels < report.width * report.height {
            talk.detail("known pixels: \(report.validPixels) of \(report.width * report.height)")
        }
        talk.say(
            "\(output): \(report.width) × \(report.height) pixels, \(counted(report.bands.count, "band")), \(report.type), "
                + "\(report.method), \(String(format: "%.1f", report.seconds)) s")
    }

    private static func list(_ values: [Double]) -> String {
        shortened(values.map { String(format: "%.4g", $0) }, " ")
    }

    /// A list in a line; of a long one the beginning and the end.
    private static func shortened(_ texts: [String], _ separator: String) -> String {
        texts.count <= 16
            ? texts.joined(separator: separator)
            : (texts.prefix(8) + ["…"] + texts.suffix(4)).joined(separator: separator)
    }
}

/// What was done, for `--json` and for people.
struct SharpeningReport: Encodable {
    struct Band: Encodable {
        let band: Int
        let name: String
        let wavelength: Double?
    }

    struct Offset: Encodable {
        let columns: Double
        let rows: Double
    }

    struct Coefficients: Encodable {
        let name: String
        let values: [Double]
    }

    let output: String
    let width: Int
    let height: Int
    let type: String
    let bands: [Band]
    let method: String
    let sensor: String?
    let mtfGains: [Double]
    let ratio: Int
    let offset: Offset
    let isGeoreferenced: Bool
    let coefficients: [Coefficients]
    let adaptation: SceneAdaptation.Outcome?
    let validPixels: Int
    let tile: Int
    let threads: Int
    let seconds: Double
    let notices: [String]

    init(
        output: String, job: Pansharpening, method: String, sensor: Sensor?, summary: Pansharpening.Summary,
        adaptation: SceneAdaptation.Outcome?, seconds: Double
    ) {
        let pair = job.pair
        self.output = output
        width = summary.profile.width
        height = summary.profile.height
        type = summary.profile.sampleType.name
        bands = pair.msBands.map {
            let band = pair.ms.profile.bands[$0]
            return Band(band: $0 + 1, name: band.name, wavelength: band.wavelength?.nanometres)
        }
        self.method = method
        self.sensor = sensor?.name
        mtfGains = job.sensor.mtfGains.prefix(pair.msBands.count).map(\.self)
        ratio = pair.ratio
        offset = Offset(columns: pair.cornerOffset.columns, rows: pair.cornerOffset.rows)
        isGeoreferenced = pair.isGeoreferenced
        coefficients = summary.coefficients.map { Coefficients(name: $0.name, values: $0.values) }
        self.adaptation = adaptation
        validPixels = summary.validPixels
        tile = summary.tileSide
        threads = job.options.threads
        self.seconds = seconds
        notices = pair.notices + (job.measured?.findings ?? [])
    }
}
