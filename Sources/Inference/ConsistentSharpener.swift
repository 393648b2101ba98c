import Networks
import Raster
import Sensors
import Torch

/// The network for any sensor on a scene larger than memory: one pass that measures the bands, then tiles.
///
/// A tile reads ``context(ratio:)`` pixels more on every side than it contributes, as far as the scene goes, and neighbours are
/// blended over twice ``overlap`` pixels. Steps towards the measured samples reach as far as the instrument's low pass, each a little
/// weaker; `docs/architecture.md` gives the bound of what tiles change.
public struct ConsistentSharpener {
    /// Pixels beyond its contribution that a tile reads on each side: the instrument's low pass reaches as far as the ratio
    /// makes it.
    static func context(ratio: Int) -> Int { max(32, 8 * ratio) }
    /// Pixels beyond its own part to which a tile contributes on each side.
    static let overlap = 16
    /// Times that the scene is measured again without what lies far outside.
    private static let outlierRounds = 3

    /// The network.
    public let network: ConsistentDetail
    /// Where the weights come from.
    public let description: CheckpointDescription
    /// The device it is computed on.
    public let device: Device

    /// A network with its weights.
    ///
    /// - Throws: `TorchError` when the device is not there.
    public init(_ network: ConsistentDetail, description: CheckpointDescription, device: Device = .cpu) throws {
        (self.network, self.description, self.device) = (network, description, device)
        try withTorchErrors { network.to(device) }
    }

    /// Numbers of bands and ratios for which the weights for a task that come with the library are better than methods without
    /// training.
    public static func domain(of task: FusionTask) -> (bands: ClosedRange<Int>, ratios: ClosedRange<Int>) {
        task == .hypersharpen ? (6...ConsistentDetail.bands.upperBound, 2...6) : (3...8, 2...4)
    }

    /// Whether a pair is one for which the network runs where nothing is named.
    public static func suits(_ pair: ScenePair) -> Bool {
        let (bands, ratios) = domain(of: pair.task)
        return pair.panBands.count == 1 && bands.contains(pair.msBands.count) && ratios.contains(pair.ratio)
    }

    /// Checks that a pair is one that the network can sharpen.
    func check(_ pair: ScenePair) throws {
        guard pair.panBands.count == 1 else {
            throw SceneError.severalSharpBands(pair, method: NetworkSystem.consistentDetail.name)
        }
        // Cubes have weights of their own.
        let most = pair.task == .pansharpen ? 64 : ConsistentDetail.bands.upperBound
        let (bands, ratios) = (ConsistentDetail.bands.lowerBound...most, ConsistentDetail.ratios)
        guard ratios.contains(pair.ratio), bands.contains(pair.msBands.count) else {
            let isCube = ratios.contains(pair.ratio) && pair.task == .pansharpen
            throw SceneError(
                .weightsMismatch,
                "The pixels of \(pair.ms.file), of \(pair.msBands.count) bands, are \(pair.ratio) times those of "
                    + "\(pair.pan.file); the network is for \(ratios.lowerBound) to "
                    + "\(ratios.upperBound) times and up to \(bands.upperBound) bands.",
                remedy: isCube
                    ? "Use fusionkit hypersharpen, or a method that needs no weights: --method C-GS2-GLP."
                    : "Use a method that needs no weights: --method C-GS2-GLP.")
        }
    }

    func run(
        reader: SceneReader, options: Pansharpening.Options, writer: RasterWriter, cancellation: Cancellation,
        progress: @Sendable (Progress) -> Void
    ) throws -> Pansharpening.Summary {
        let scene = reader.scene
        let window = Window(width: scene.panWidth, height: scene.panHeight)
        let side = try options.tileSide ?? tileSide(options, window, bands: scene.bands, ratio: scene.ratio)
        TorchLibrary.threads = max(1, options.threads)
        let statistics = try measure(reader, side: side, cancellation: cancellation, progress: progress)
        var blend = TileBlend(scene: window, side: side, overlap: Self.overlap, bands: scene.bands)
        var (done, known) = (0, 0)
        for tile in blend.tiles {
            try cancellation.check()
            let region = PixelRegion(rows: tile.area.rows, columns: tile.area.columns)
            let input = try ConsistentInput(region, reader: reader, context: Self.context(ratio: reader.scene.ratio))
            let fused =
                input.isEmpty
                ? [Float](repeating: 0, count: region.pixels * scene.bands)
                : try fuse(input, statistics, region, reader.pair)
            let final = blend.add(tile, fused)
            let valid = input.valid.map { $0.part(final.window, of: tile.area) }
            try writer.write(final.pixels, to: final.window, valid: valid)
            done += final.window.pixelCount
            known += valid?.reduce(0) { $0 + Int($1) } ?? final.window.pixelCount
            progress(Progress(stage: "fusing", done: done, total: window.pixelCount))
        }
        return Pansharpening.Summary(
            profile: writer.profile, coefficients: [], validPixels: known, tileSide: side)
    }

    /// How bands and PAN vary over the whole scene; nil where nothing is known of it.
    private func measure(
        _ reader: SceneReader, side: Int, cancellation: Cancellation, progress: @Sendable (Progress) -> Void
    ) throws -> BandStatistics? {
        // A single hot pixel would widen the spread of everything, and hide others that are less hot.
        var moments = try gather(reader, nil, side: side, cancellation: cancellation, progress: progress)
        for _ in 0..<Self.outlierRounds {
            guard let ranges = try withTorchErrors({ moments.ordinaryRanges }) else { break }
            moments = try gather(reader, ranges, side: side, cancellation: cancellation, progress: progress)
        }
        guard moments.areFinite else { throw SceneError.notFinite(reader.pair) }
        return try withTorchErrors { moments.statistics(device: device) }
    }

    private func gather(
        _ reader: SceneReader, _ ranges: [ClosedRange<Double>]?, side: Int, cancellation: Cancellation,
        progress: @Sendable (Progress) -> Void
    ) throws -> BandMoments {
        let scene = reader.scene
        let window = Window(width: scene.panWidth, height: scene.panHeight)
        var moments = BandMoments(channels: scene.bands + 1, ranges: ranges)
        var done = 0
        for tile in window.tiles(width: min(side, window.width), height: min(side, window.height)) {
            try cancellation.check()
            let region = PixelRegion(rows: tile.rows, columns: tile.columns)
            let input = try ConsistentInput(region, reader: reader, context: Self.context(ratio: reader.scene.ratio))
            try withTorchErrors {
                try withInference {
                    if let samples = input.samples(device: device) { moments.add(samples) }
                    try checkTorchErrors()
                }
            }
            done += tile.pixelCount
            progress(Progress(stage: "measuring", done: done, total: window.pixelCount))
        }
        return moments
    }

    /// One tile through the network: (C, H, W) of the region, in digital numbers.
    private func fuse(
        _ input: ConsistentInput, _ statistics: BandStatistics?, _ region: PixelRegion, _ pair: ScenePair
    ) throws -> [Float] {
        try withTorchErrors {
            try withInference {
                let fused = try network(
                    ms: input.msTensor(device), pan: input.panTensor(device), grid: input.grid(device),
                    statistics: statistics)
                guard fused.isFinite().all().item != 0 else { throw SceneError.notFinite(pair) }
                let (rows, columns) = (input.rows(of: region), input.columns(of: region))
                return fused[0, .all, rows.lowerBound..<rows.upperBound, columns.lowerBound..<columns.upperBound]
                    .array(of: Float.self)
            }
        }
    }

    /// The largest tile that fits into the memory.
    private func tileSide(
        _ options: Pansharpening.Options, _ scene: Window, bands: Int, ratio: Int
    ) throws -> Int {
        try options.networkTileSide(
            bytesPerPixel: network.bytesPerPixel(bands: bands) + 24 + 40 * bands,
            halo: 2 * (Self.overlap + Self.context(ratio: ratio)), overlap: Self.overlap, scene: scene, bands: bands)
    }
}
