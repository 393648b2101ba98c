import Networks
import Raster
import Sensors
import Torch

/// A sharpening network on a scene larger than memory, tile by tile.
///
/// A tile reads ``context`` real pixels more on every side than it contributes, as far as the scene goes, and neighbours
/// are blended over twice ``overlap`` pixels. A scan reaches over a whole tile, so the result depends a little on the
/// tiles; `docs/architecture.md` gives the bound.
public struct NetworkSharpener {
    /// Pixels beyond its contribution that a tile reads on each side.
    public static let context = 16
    /// Pixels beyond its own part to which a tile contributes on each side.
    public static let overlap = 16

    /// The network.
    public let network: any SharpeningNetwork
    /// What it was trained for.
    public let description: CheckpointDescription
    /// The digital number of the spectral image and of the output that becomes 1.
    public let peak: Double
    /// The digital number of the sharp image that becomes 1.
    public let highPeak: Double
    /// The device it is computed on.
    public let device: Device

    /// A network with the weights of a file.
    ///
    /// - Parameters:
    ///   - peak: the digital number of the spectral image that becomes 1; what the weights were trained with when nil.
    ///   - highPeak: that of the sharp image; the same when nil.
    ///   - task: what it is to do, for messages.
    /// - Throws: ``SceneError`` for weights that sharpen nothing or a peak that is none, `TorchError` when the device is
    ///   not there.
    public init(
        _ checkpoint: NetworkCheckpoint, peak: Double? = nil, highPeak: Double? = nil, device: Device = .cpu,
        task: FusionTask = .pansharpen
    ) throws {
        guard let network = checkpoint.network as? any SharpeningNetwork else {
            throw SceneError.otherTask(checkpoint, needed: task)
        }
        try self.init(
            network, description: checkpoint.description, peak: peak, highPeak: highPeak, device: device)
    }

    /// A network that is in memory.
    package init(
        _ network: any SharpeningNetwork, description: CheckpointDescription, peak: Double? = nil,
        highPeak: Double? = nil, device: Device = .cpu
    ) throws {
        let peak = peak ?? description.peak
        let highPeak = highPeak ?? peak
        if let wrong = [peak, highPeak].first(where: { !($0.isFinite && $0 > 0) }) {
            throw SceneError(
                .invalidOption, "A peak of \(wrong) is not a digital number that could become 1.",
                remedy: "Give the largest digital number, such as --peak 2047 for 11 bits.")
        }
        self.network = network
        self.description = description
        self.peak = peak
        self.highPeak = highPeak
        self.device = device
        try withTorchErrors { network.to(device) }
    }

    /// Checks that a pair is one that the weights are for.
    func check(_ pair: ScenePair) throws {
        let (bands, sharpBands) = (pair.msBands.count, pair.panBands.count)
        let alternative = sharpBands == 1 ? ", or a method that needs none: --method MTF-GLP-FS." : "."
        guard bands == network.msBands else {
            throw SceneError(
                .weightsMismatch,
                "\(pair.ms.file) has \(bands) bands; the weights are for \(network.msBands)"
                    + (description.sensor.map { " (\($0))." } ?? "."),
                remedy: "Use weights for \(bands) bands\(alternative)")
        }
        guard pair.ratio == network.ratio else {
            throw SceneError(
                .weightsMismatch,
                "The pixels of \(pair.ms.file) are \(pair.ratio) times those of \(pair.pan.file); the weights are for a "
                    + "ratio of \(network.ratio).",
                remedy: "Use weights for a ratio of \(pair.ratio)\(alternative)")
        }
        guard network.panBands == sharpBands else {
            throw SceneError(
                .weightsMismatch,
                "\(pair.pan.file) has \(Self.bands(sharpBands)); the weights are for a sharp image of "
                    + "\(Self.bands(network.panBands)).",
                remedy: "Use weights for a sharp image of \(Self.bands(sharpBands))\(alternative)")
        }
        let least = 4 * network.sizeMultiple
        guard pair.window.width >= least, pair.window.height >= least else {
            throw SceneError(
                .tooSmall,
                "\(pair.pan.file) and \(pair.ms.file) share \(pair.window.width) × \(pair.window.height) pixels of the sharp "
                    + "image; the network needs \(least) × \(least) or more.",
                remedy: sharpBands == 1
                    ? "Use a method that needs no weights: --method MTF-GLP-FS." : "Give larger images.")
        }
    }

    private static func bands(_ count: Int) -> String { count == 1 ? "1 band" : "\(count) bands" }

    func run(
        reader: SceneReader, options: Pansharpening.Options, writer: RasterWriter, cancellation: Cancellation,
        progress: @Sendable (Progress) -> Void
    ) throws -> Pansharpening.Summary {
        let scene = reader.scene
        let window = Window(width: scene.panWidth, height: scene.panHeight)
        let side = try options.tileSide ?? tileSide(options, window)
        var blend = TileBlend(scene: window, side: side, overlap: Self.overlap, bands: scene.bands)
        var done = 0
        var known = 0
        TorchLibrary.threads = max(1, options.threads)
        for tile in blend.tiles {
            try cancellation.check()
            let region = PixelRegion(rows: tile.area.rows, columns: tile.area.columns)
            let input = try NetworkInput(region, reader: reader, multiple: network.sizeMultiple, context: Self.context)
            let fused =
                input.isEmpty
                ? [Float](repeating: 0, count: region.pixels * scene.bands) : try fuse(input, region: region)
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

    /// One tile through the network: (C, H, W) of the region, in digital numbers.
    private func fuse(_ input: NetworkInput, region: PixelRegion) throws -> [Float] {
        try withTorchErrors {
            try withInference {
                let ms = (Tensor(input.ms, shape: input.msShape).to(device) / peak)
                let pan = (Tensor(input.pan, shape: input.panShape).to(device) / highPeak)
                let fused = try network.sharpen(ms: ms, pan: pan).clamped(0, 1) * peak
                let (rows, columns) = (input.rows(of: region), input.columns(of: region))
                return fused[0, .all, rows.lowerBound..<rows.upperBound, columns.lowerBound..<columns.upperBound]
                    .array(of: Float.self)
            }
        }
    }

    /// The largest tile that fits into the memory.
    private func tileSide(_ options: Pansharpening.Options, _ scene: Window) throws -> Int {
        let (sharp, bands) = (network.panBands, network.msBands)
        // Beside what the network needs: the samples in double precision and as it takes them, and of the output what it
        // gives, weighted, cut and as stored.
        let pixel = network.bytesPerPixel + 24 * sharp + 24 * bands + 40 * bands / (network.ratio * network.ratio)
        return try options.networkTileSide(
            bytesPerPixel: pixel, halo: 2 * (Self.overlap + Self.context) + network.sizeMultiple,
            overlap: Self.overlap, scene: scene, bands: bands)
    }
}
