import Classical
import Foundation
import Inference
import Metrics
import Networks
import Raster
import Sensors
import Torch

/// Fusion methods compared on two pictures of one subject, by what the fused picture keeps of both.
public struct PairComparison {
    /// How to compare.
    public struct Options {
        /// How every method works.
        public var fusion = PairFusion.Options()
        /// Where networks are computed.
        public var device = Device.cpu
        /// The part that pictures show; the one with most texture when nil.
        public var region: Window?
        /// What to call the two pictures.
        public var names = (first: "First", second: "Second")

        /// Defaults: every core, the CPU, a region of our choice.
        public init() {}
    }

    let first: RasterReader
    let second: RasterReader
    let candidates: [ComparisonCandidate]
    let options: Options

    /// A comparison. Whatever is known to fail is found here, before anything is computed.
    ///
    /// - Throws: `RasterError`, `CheckpointError` and `NetworkCheckpointError` for files, `SceneError` for pictures and weights
    ///   that don't fit together.
    public init(first: String, second: String, candidates: [ComparisonCandidate], options: Options = Options()) throws {
        self.first = try RasterReader(first)
        self.second = try RasterReader(second)
        self.candidates = candidates
        self.options = options
        // What can't be fused by the plainest method can't be compared.
        _ = try PairFusion(
            first: first, second: second, fuser: .classical(AverageFusion()), options: options.fusion)
        let whole = self.first.profile.window
        if let region = options.region, region.isEmpty || !whole.contains(region) {
            throw SceneError(
                .invalidOption, "The region \(region) is not within the pictures, \(whole).",
                remedy: "Give --region x,y,width,height within them.")
        }
        try self.first.requireKnownPixel()
        try self.second.requireKnownPixel()
        for candidate in candidates {
            if case .image(let file) = candidate.source { _ = try existing(file) } else { _ = try fuser(candidate) }
        }
    }

    /// Runs every method; see ``SharpeningComparison/run(in:cancellation:progress:)``.
    ///
    /// - Throws: `RasterError` for the inputs.
    public func run(
        in folder: String, cancellation: Cancellation = Cancellation(),
        progress: @escaping @Sendable (Inference.Progress) -> Void = { _ in }
    ) throws -> Comparison {
        var comparison = Comparison(
            title: "Fusion of \(ShellText.shortName(first.file)) and \(ShellText.shortName(second.file))",
            inputs: [.init(options.names.first, first), .init(options.names.second, second)])
        let whole = first.profile.window
        let side = ViewRegion.side(bands: 3, layers: candidates.count + 2)
        let region =
            try options.region
            ?? (whole.pixelCount <= 2 * side * side
                ? whole : ViewRegion.mostTextured(first, band: first.profile.dataBands[0], within: whole, side: side))
        let sources = try [(options.names.first, first), (options.names.second, second)].map { name, reader in
            ComparisonView.Layer(name: name, role: .source, image: try Self.picture(reader, region))
        }
        var view = newView(of: region, isColour: sources.contains { $0.image.bands == 3 })
        view.layers = sources
        var table = ComparisonTable(
            id: "pair", title: "Fused pictures",
            explanation: "Each fused picture is judged by what it keeps of \(options.names.first) and "
                + "\(options.names.second); brightness is compared.",
            metrics: PairJudge.metrics.map { MetricColumn($0) }, bandMetrics: [])
        let judge = try PairJudge(first: first, second: second)
        table.view = view
        for (index, candidate) in candidates.enumerated() where comparison.isComplete {
            progress(
                Inference.Progress(stage: "\(candidate.name), \(index + 1) of \(candidates.count)", done: 0, total: 1))
            var row = ComparisonRow(method: candidate.name)
            do {
                let file = try fuse(candidate, in: folder, cancellation, row: &row)
                let reader = try RasterReader(file)
                try judge.judge(reader, into: &row)
                let image = try Self.picture(reader, region)
                table.view?.layers.append(.init(name: candidate.name, role: .method, image: image))
            } catch {
                row.failure = "\(error)".replacing(Self.fusedFile(in: folder), with: "the fused picture")
            }
            // Who asks to stop gets what is finished.
            comparison.isComplete = !cancellation.isCancelled
            if comparison.isComplete || row.failure == nil { table.rows.append(row) }
        }
        comparison.tables = table.rows.isEmpty ? [] : [table]
        if !comparison.isComplete { comparison.addUnreached(candidates.map(\.name), of: table.title) }
        comparison.commands = candidates.compactMap(command)
        return comparison
    }

    private func newView(of region: Window, isColour: Bool) -> ComparisonView {
        let bands = (isColour ? ["Red", "Green", "Blue"] : ["Brightness"])
            .map { ComparisonView.Band(name: $0, wavelength: nil) }
        var view = ComparisonView(
            window: region, scene: first.profile.window, bands: bands,
            compositions: BandChoice.compositions(of: bands), unit: "")
        let type = first.profile.sampleType
        view.fixedLimits = 0...(type.isFloatingPoint ? 1 : type.range.upperBound)
        return view
    }

    /// A part of a picture; of one band where it is grey, also where three equal ones are stored.
    private static func picture(_ reader: RasterReader, _ region: Window) throws -> Image {
        let image = try KnownImage(reader, window: region).marked
        guard image.bands == 3 else { return image.bands == 1 ? image : image.band(0) }
        let isGrey = (0..<image.pixels).allSatisfy { pixel in
            let grey = image.values[pixel]
            let others = (image.values[image.pixels + pixel], image.values[2 * image.pixels + pixel])
            return grey.isNaN || (grey == others.0 && grey == others.1)
        }
        return isGrey ? image.band(0) : image
    }

    /// The fused picture's file.
    private func fuse(
        _ candidate: ComparisonCandidate, in folder: String, _ cancellation: Cancellation, row: inout ComparisonRow
    ) throws -> String {
        if case .image(let file) = candidate.source { return try existing(file) }
        let output = Self.fusedFile(in: folder)
        var fusion = options.fusion
        fusion.writing = .init(overwrites: true)
        let (_, use) = try ResourceUse.measure {
            try PairFusion(first: first.file, second: second.file, fuser: fuser(candidate), options: fusion)
                .run(output: output, cancellation: cancellation)
        }
        row.use = use
        return output
    }

    private static func fusedFile(in folder: String) -> String { "\(folder)/fused.png" }

    private func fuser(_ candidate: ComparisonCandidate) throws -> PairFuser {
        switch candidate.source {
        case .fuser(let fuser): return fuser
        case .weights(let file): return try PairFuser(NetworkCheckpoint(file: file), device: options.device)
        case .shipped(let system) where system.tasks.contains(.fuse):
            return try PairFuser(shippedWith: system, device: options.device)
        case .classical, .shipped, .image:
            throw SceneError(
                .invalidOption, "\(candidate.name) sharpens scenes and fuses no pictures.",
                remedy: "'fusionkit methods' lists methods that fuse.")
        }
    }

    private func existing(_ file: String) throws -> String {
        let profile = try RasterReader(file).profile
        guard profile.window == first.profile.window else {
            throw SceneError(
                .otherSize,
                "\(file) has \(profile.width) × \(profile.height) pixels, the sources \(first.profile.width) × "
                    + "\(first.profile.height).", remedy: "Give a picture that was fused of these two.")
        }
        return file
    }

    private func command(_ candidate: ComparisonCandidate) -> String? {
        let words = ["fusionkit", "fuse", first.file, second.file, "-o", "fused.png"]
        switch candidate.source {
        case .fuser(.classical(let method)): return ShellText.line(words + ["--method", method.name])
        case .shipped(let system): return ShellText.line(words + ["--method", system.name])
        case .weights(let file): return ShellText.line(words + ["--weights", file])
        case .fuser, .classical, .image: return nil
        }
    }
}
