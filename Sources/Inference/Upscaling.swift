import Foundation
import Networks
import Raster
import Sensors
import Torch

/// Enlargement of an image alone, by windows, from one file into another.
public struct Upscaling {
    /// What makes the new pixels.
    public enum Method {
        /// Interpolation without training: the 23-tap polynomial of the field, or what stands for it at other factors.
        case interpolation(factor: Int)
        /// A network with its weights.
        case network(any UpscalingNetwork, name: String, peak: Double, device: Device)

        /// A network with the weights of a file.
        ///
        /// - Parameter peak: the digital number that becomes 1; what the weights were trained with when nil.
        /// - Throws: ``SceneError`` for weights of another task, `TorchError` when the device is not there.
        public init(_ checkpoint: NetworkCheckpoint, peak: Double? = nil, device: Device = .cpu) throws {
            guard let network = checkpoint.network as? any UpscalingNetwork else {
                throw SceneError.otherTask(checkpoint, needed: .upscale)
            }
            try withTorchErrors { network.to(device) }
            self = .network(
                network, name: checkpoint.description.system, peak: peak ?? checkpoint.description.peak, device: device)
        }

        /// Pixels of the output along one of the input.
        public var factor: Int {
            switch self {
            case .interpolation(let factor): factor
            case .network(let network, _, _, _): network.ratio
            }
        }

        /// The name of the method.
        public var name: String {
            switch self {
            case .interpolation: "EXP"
            case .network(_, let name, _, _): name
            }
        }
    }

    /// How to work.
    public struct Options: Sendable {
        /// Rows and columns of a tile of the output; chosen after the memory when nil.
        public var tileSide: Int?
        /// Bytes that the work may use, apart from what the program needs anyway.
        public var memoryBytes = 2 << 30
        /// Threads.
        public var threads = ProcessInfo.processInfo.activeProcessorCount
        /// Type of the output's numbers; the input's when nil.
        public var sampleType: SampleType?
        /// Format, creation options, overwriting.
        public var writing = RasterWriter.Options()

        /// Defaults: two gigabytes, every core, the input's type.
        public init() {}
    }

    private let reader: RasterReader
    private let bands: [Int]
    private let method: Method
    private let options: Options

    /// Pixels of the input that a tile reads around itself.
    private static let context = 12
    /// Pixels of the output beyond its own part to which a tile contributes on each side.
    private static let overlap = 16

    /// A job.
    ///
    /// - Throws: `RasterError` for the file, ``SceneError`` for weights of other bands.
    public init(_ file: String, method: Method, options: Options = Options()) throws {
        reader = try RasterReader(file)
        bands = reader.profile.dataBands
        self.method = method
        self.options = options
        if case .network(let network, _, _, _) = method, network.msBands != bands.count {
            throw SceneError(
                .weightsMismatch,
                "\(file) has \(counted(bands.count, "band")); the weights are for \(network.msBands).",
                remedy: "Use weights for \(counted(bands.count, "band")), or none, for interpolation.")
        }
    }

    /// The input's profile.
    public var profile: RasterProfile { reader.profile }

    /// Does the work. The output appears under its name when it is complete; else nothing has changed.
    ///
    /// - Parameters:
    ///   - output: the file to write.
    ///   - cancellation: looked at before each tile.
    ///   - progress: called from any thread.
    /// - Returns: the output's profile.
    /// - Throws: `RasterError`, ``SceneError``, `TorchError`.
    public func run(
        output: String, cancellation: Cancellation = Cancellation(),
        progress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) throws -> RasterProfile {
        let factor = method.factor
        var profile = reader.profile.withBands(bands).zoomed(columns: Double(factor), rows: Double(factor))
        profile.hasMask = profile.nodata == nil && (profile.hasMask || reader.profile.alphaBand != nil)
        profile = profile.withSampleType(options.sampleType ?? profile.sampleType)
        var writing = options.writing
        writing.inputs += try [reader.file] + reader.files()
        RasterLibrary.setCacheLimit(bytes: options.memoryBytes / Pansharpening.cacheShare)
        let side = try options.tileSide ?? tileSide(profile.window)
        let writer = try RasterWriter(output, profile: profile, options: writing)
        do {
            TorchLibrary.threads = max(1, options.threads)
            var blend = TileBlend(scene: profile.window, side: side, overlap: Self.overlap, bands: bands.count)
            var done = 0
            for tile in blend.tiles {
                try cancellation.check()
                let (pixels, valid) = try enlarged(tile.area, factor: factor)
                let final = blend.add(tile, pixels)
                let known = valid.map { $0.part(final.window, of: tile.area) }
                try writer.write(final.pixels, to: final.window, valid: known)
                done += final.window.pixelCount
                progress(Progress(stage: "enlarging", done: done, total: profile.pixelCount))
            }
            try cancellation.check()
            try writer.finish()
            return writer.profile
        } catch {
            writer.abort()
            throw error
        }
    }

    /// A part of the output, (C, H, W), and which of its pixels are known; nil where all are.
    private func enlarged(_ area: Window, factor: Int) throws -> (pixels: [Float], valid: [UInt8]?) {
        let whole = reader.profile.window
        func coarse(_ range: Range<Int>, _ count: Int) -> Range<Int> {
            max(
                0, range.lowerBound / factor - Self.context)..<min(
                    count, (range.upperBound + factor - 1) / factor + Self.context)
        }
        let window = Window(columns: coarse(area.columns, whole.width), rows: coarse(area.rows, whole.height))
        var values = [Double](repeating: 0, count: window.pixelCount * bands.count)
        var valid = [UInt8](repeating: 1, count: window.pixelCount)
        try values.withUnsafeMutableBufferPointer { values in
            try valid.withUnsafeMutableBufferPointer { try reader.read(window, bands: bands, into: values, valid: $0) }
        }
        let isComplete = !valid.contains(0)
        if !isComplete {
            NodataFilling.fill(
                &values, bands: bands.count, height: window.height, width: window.width, valid: valid,
                reach: max(window.height, window.width))
        }
        let rows = area.row - window.row * factor..<area.row + area.height - window.row * factor
        let columns = area.column - window.column * factor..<area.column + area.width - window.column * factor
        let pixels = try enlarge(values, window, rows: rows, columns: columns)
        guard !isComplete else { return (pixels, nil) }
        let known = rows.flatMap { row in columns.map { valid[row / factor * window.width + $0 / factor] } }
        return (pixels, known)
    }

    /// The pixels of the output at `rows` and `columns` of a window enlarged.
    private func enlarge(
        _ values: [Double], _ window: Window, rows: Range<Int>, columns: Range<Int>
    ) throws -> [Float] {
        switch method {
        case .interpolation(let factor):
            // The centre of an input pixel is that of the pixels that it becomes, as the output's georeference says.
            let shift = Double(factor) / 2 - 0.5 - Double(factor / 2)
            let upsampler = Upsampler(ratio: factor, border: .symmetric, rowShift: shift, columnShift: shift)
            let image = Image(bands: bands.count, height: window.height, width: window.width, values: values)
            return upsampler.apply(to: SceneWindow(whole: image), region: PixelRegion(rows: rows, columns: columns))
                .values.map { Float($0) }
        case .network(let network, _, let peak, let device):
            return try withTorchErrors {
                try withInference {
                    let ms = Tensor(
                        values.map { Float($0 / peak) }, shape: [1, bands.count, window.height, window.width])
                    let large = try network.upscale(ms.to(device)).clamped(0, 1) * peak
                    return large[
                        0, .all, rows.lowerBound..<rows.upperBound, columns.lowerBound..<columns.upperBound
                    ].array(of: Float.self)
                }
            }
        }
    }

    /// The largest tile that fits into the memory.
    private func tileSide(_ scene: Window) throws -> Int {
        let perPixel =
            switch method {
            case .interpolation: 32 * bands.count
            case .network(let network, _, _, _): network.bytesPerPixel
            }
        let halo = 2 * (Self.overlap + Self.context * method.factor)
        func bytes(_ side: Int) -> Int {
            saturatingProduct((min(side, scene.width) + halo) * (min(side, scene.height) + halo), perPixel)
        }
        if let side = [512, 384, 256, 192, 128, 96, 64].first(where: { bytes($0) <= options.memoryBytes }) {
            return side
        }
        throw SceneError.memory("Tiles of 64 × 64 pixels need", needed: bytes(64), allowed: options.memoryBytes)
    }
}
