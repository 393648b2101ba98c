import Classical
import Foundation
import Networks
import Raster
import Sensors
import Torch

/// Sharpening of a whole scene by windows, from two files into a third; hypersharpening too, by its ``ScenePair/task``.
public struct Pansharpening {
    /// What fuses the pixels.
    public enum Method {
        /// A method without training.
        case classical(any ClassicalMethod)
        /// A network with its weights.
        case network(NetworkSharpener)
        /// The network for any sensor, with its weights.
        case consistent(ConsistentSharpener)
    }

    /// How to work.
    public struct Options: Sendable {
        /// Rows and columns of a tile; chosen after the memory when nil.
        public var tileSide: Int?
        /// Bytes that the work may use, apart from what the program needs anyway; an eighth becomes the limit of GDAL's
        /// cache of blocks, which is one for the whole process.
        public var memoryBytes = 2 << 30
        /// Threads.
        public var threads = ProcessInfo.processInfo.activeProcessorCount
        /// Type of the output's numbers; the multispectral image's when nil.
        public var sampleType: SampleType?
        /// Format, creation options, overwriting.
        public var writing = RasterWriter.Options()
        /// Whether the network for any sensor finds out from the images how they were made, where no sensor is given.
        public var measuresInstrument = true

        /// Defaults: two gigabytes, every core, the input's type.
        public init() {}
    }

    /// What was done.
    public struct Summary: Sendable {
        /// The output's profile.
        public var profile: RasterProfile
        /// Numbers that explain what the method did, such as injection gains.
        public var coefficients: [FittedMethod.Coefficients]
        /// Pixels of the output that are known.
        public var validPixels: Int
        /// Rows and columns of a tile.
        public var tileSide: Int
    }

    /// The two images.
    public let pair: ScenePair
    /// The method.
    public let method: Method
    /// The sensor, which gives MTF gains.
    public let sensor: Sensor
    /// What the images told of the instrument; nil where nobody asked them, or they told nothing unusual.
    public let measured: MeasuredInstrument?
    /// How to work.
    public let options: Options

    /// A job.
    ///
    /// Where no sensor is given the network for any sensor looks at the middle of the images for how they were made.
    ///
    /// - Parameter sensor: gives the MTF gains of the bands; where nil the common 0.30, or what that network finds.
    /// - Throws: ``SceneError`` when the weights are for other bands, or an option makes no sense; `RasterError` and
    ///   `TorchError` when looking fails.
    public init(pair: ScenePair, method: Method, sensor: Sensor? = nil, options: Options = Options()) throws {
        self.method = method
        self.options = options
        if let side = options.tileSide, side < Self.leastTileSide {
            throw SceneError(
                .invalidOption, "Tiles of \(side) × \(side) pixels are too small.",
                remedy: "Give --tile \(Self.leastTileSide) or more.")
        }
        switch method {
        case .network(let network): try network.check(pair)
        case .consistent(let network): try network.check(pair)
        case .classical(let method):
            if pair.panBands.count > 1, !method.takesSeveralSharpBands {
                throw SceneError.severalSharpBands(pair, method: method.name)
            }
        }
        if case .consistent = method, options.measuresInstrument, sensor == nil {
            TorchLibrary.threads = max(1, options.threads)
            RasterLibrary.setCacheLimit(bytes: options.memoryBytes / Self.cacheShare)
            measured = try MeasuredInstrument(of: pair)
        } else {
            measured = nil
        }
        self.pair = measured?.sharesEdges == true ? pair.sharingEdges() : pair
        self.sensor =
            sensor
            ?? .unknown(
                bands: pair.msBands.count, ratio: pair.ratio, bits: 16,
                gain: measured?.gain ?? Sensor.usualGain)
    }

    /// Rows and columns of a tile, at least.
    public static let leastTileSide = 64
    /// One part in so many of the memory is for the blocks that GDAL keeps.
    static let cacheShare = 8

    /// Checks that an output can be begun: its place, its format and its options. Nothing is left behind.
    ///
    /// - Throws: `RasterError`.
    public func check(output: String) throws {
        try RasterWriter(
            output, profile: pair.outputProfile(sampleType: options.sampleType), options: options.writing
        ).abort()
    }

    /// Does the work. The output appears under its name when it is complete; else nothing has changed.
    ///
    /// - Parameters:
    ///   - output: the file to write.
    ///   - cancellation: looked at before each tile.
    ///   - progress: called from any thread.
    /// - Throws: `RasterError`, ``SceneError``, `ClassicalError`, `TorchError`.
    public func run(
        output: String, cancellation: Cancellation = Cancellation(),
        progress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) throws -> Summary {
        var writing = options.writing
        // A virtual image's sources are inputs too.
        writing.inputs += try [pair.pan.file, pair.ms.file] + pair.pan.files() + pair.ms.files()
        RasterLibrary.setCacheLimit(bytes: options.memoryBytes / Self.cacheShare)
        let profile = pair.outputProfile(sampleType: options.sampleType)
        let reader = try SceneReader(pair, sensor: sensor)
        let writer = try RasterWriter(output, profile: profile, options: writing)
        do {
            var summary: Summary
            switch method {
            case .classical(let method):
                summary = try ClassicalSharpener(method: method, reader: reader, options: options)
                    .run(writer: writer, cancellation: cancellation, progress: progress)
            case .network(let network):
                summary = try network.run(
                    reader: reader, options: options, writer: writer, cancellation: cancellation, progress: progress)
            case .consistent(let network):
                summary = try network.run(
                    reader: reader, options: options, writer: writer, cancellation: cancellation, progress: progress)
            }
            guard summary.validPixels > 0 else { throw SceneError.noValidPixels(pair) }
            try cancellation.check()
            try writer.finish()
            summary.profile = writer.profile
            return summary
        } catch {
            writer.abort()
            throw error
        }
    }
}

extension Pansharpening.Method {
    /// A network with the weights of a file.
    ///
    /// - Parameters:
    ///   - peak: the digital number of the spectral image that becomes 1; what the weights were trained with when nil.
    ///   - highPeak: that of the sharp image; the same when nil. The network for any sensor needs neither.
    ///   - task: what it is to do, for messages of networks that are for another one.
    /// - Throws: ``SceneError`` for weights that sharpen nothing or a peak that is none, `TorchError` when the device is
    ///   not there.
    public init(
        _ checkpoint: NetworkCheckpoint, peak: Double? = nil, highPeak: Double? = nil, device: Device = .cpu,
        task: FusionTask = .pansharpen
    ) throws {
        if let network = checkpoint.network as? ConsistentDetail {
            self = .consistent(
                try ConsistentSharpener(network, description: checkpoint.description, device: device))
        } else {
            self = .network(
                try NetworkSharpener(checkpoint, peak: peak, highPeak: highPeak, device: device, task: task))
        }
    }
}

extension SceneError {
    static func noValidPixels(_ pair: ScenePair) -> SceneError {
        SceneError(
            .noValidPixels, "No pixel has a measurement in both \(pair.pan.file) and \(pair.ms.file).",
            remedy: "Look at their nodata values and masks with gdalinfo -stats.")
    }

    static func severalSharpBands(_ pair: ScenePair, method: String) -> SceneError {
        let count = pair.panBands.count
        let takers = ClassicalMethods.all.filter(\.takesSeveralSharpBands).map(\.name).joined(separator: ", ")
        return SceneError(
            .panchromaticBands, "\(pair.pan.file) has \(count) bands; \(method) sharpens with one.",
            remedy:
                "Use \(takers) with --method, a network for \(count) bands with --weights, or cut one band out with "
                + "gdal_translate -b.")
    }

    static func notFinite(_ pair: ScenePair) -> SceneError {
        SceneError(
            .notFinite,
            "Some samples of \(pair.pan.file) or \(pair.ms.file) are too large to be measurements: what follows from them is not "
                + "finite.",
            remedy: "Mark such pixels as nodata: gdal_translate -a_nodata.")
    }
}
