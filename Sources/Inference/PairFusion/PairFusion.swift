import Foundation
import Raster
import Sensors
import Torch

/// Fusion of two images of one subject and size, from two files into a third.
///
/// Only brightness is fused; where one image has colours they are kept, as the authors of FusionMamba (Xie et al. 2024) do
/// it. The fused brightness of the whole image is held in memory, four bytes a pixel.
public struct PairFusion {
    /// How to work.
    public struct Options: Sendable {
        /// The sample that is white in the first image; the largest of its type when nil.
        public var firstPeak: Double?
        /// The same of the second image.
        public var secondPeak: Double?
        /// Whether the darkest fused pixel becomes black and the brightest white, as the authors' test program does it; for
        /// their networks when nil.
        public var stretches: Bool?
        /// Where colours get their new brightness; by which image has the colours when nil: YCrCb for the first, such as
        /// visible light, YUV for the second, such as PET.
        public var colourSpace: LumaSpace?
        /// Rows and columns that both images are brought to before they are fused, as the authors' test program does it with
        /// 256; the result is brought back. Their own size when nil.
        public var workingSide: Int?
        /// Bytes that the work may use, apart from what the program needs anyway.
        public var memoryBytes = 2 << 30
        /// Threads.
        public var threads = ProcessInfo.processInfo.activeProcessorCount
        /// Type of the output's numbers; the larger of the inputs' when nil.
        public var sampleType: SampleType?
        /// Format, creation options, overwriting.
        public var writing = RasterWriter.Options()

        /// Defaults: two gigabytes, every core, the inputs' type.
        public init() {}
    }

    /// What was done.
    public struct Summary: Sendable {
        /// The output's profile.
        public var profile: RasterProfile
        /// The file that the colours are from; nil for a grey output.
        public var coloursFrom: String?
        /// Rows and columns of the parts that were fused at once; nil where it was the whole image.
        public var tileSide: Int?
    }

    let first: FusionImage
    let second: FusionImage
    let fuser: PairFuser
    let options: Options

    /// A job.
    ///
    /// - Parameters:
    ///   - first: the image with the structure: visible light, MRI, phase contrast.
    ///   - second: infrared, CT, PET, SPECT, GFP.
    /// - Throws: `RasterError` for files, ``SceneError`` for images that can't be fused.
    public init(first: String, second: String, fuser: PairFuser, options: Options = Options()) throws {
        self.first = try FusionImage(first, peak: options.firstPeak)
        self.second = try FusionImage(second, peak: options.secondPeak)
        self.fuser = fuser
        self.options = options
        try checkGrids()
    }

    var size: (height: Int, width: Int) { (first.profile.height, first.profile.width) }

    /// What the user should know before the work, a sentence each.
    ///
    /// - Throws: `RasterError` for samples that can't be read.
    public func notices() throws -> [String] {
        try first.notices(peakOption: "--first-peak") + second.notices(peakOption: "--second-peak")
    }

    private func checkGrids() throws {
        let (a, b) = (first.profile, second.profile)
        guard a.width == b.width, a.height == b.height else {
            throw SceneError(
                .otherSize,
                "\(first.reader.file) has \(a.width) × \(a.height) pixels, \(second.reader.file) \(b.width) × \(b.height); "
                    + "they must show the same, pixel by pixel.",
                remedy: "Register them, or bring one to the size of the other: gdal_translate -outsize.")
        }
        if let transform = a.geoTransform, let other = b.geoTransform {
            let far = transform.position(column: Double(a.width), row: Double(a.height))
            let otherFar = other.position(column: Double(a.width), row: Double(a.height))
            let pixel = max(abs(transform.columnStepX), abs(transform.rowStepY)) / 2
            let offset =
                [
                    transform.originX - other.originX, transform.originY - other.originY, far.x - otherFar.x,
                    far.y - otherFar.y,
                ].map(abs).max() ?? 0
            guard offset <= pixel, Projection.areSame(a.projection, b.projection) else {
                throw SceneError(
                    .noOverlap, "\(first.reader.file) and \(second.reader.file) lie at different places on Earth.",
                    remedy: "Bring one to the grid of the other with gdalwarp.")
            }
        }
    }

    /// Does the work. The output appears under its name when it is complete; else nothing has changed.
    ///
    /// - Parameters:
    ///   - output: the file to write.
    ///   - cancellation: looked at before each part.
    ///   - progress: called from any thread.
    /// - Throws: `RasterError`, ``SceneError``, `TorchError`.
    public func run(
        output: String, cancellation: Cancellation = Cancellation(),
        progress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) throws -> Summary {
        var writing = options.writing
        writing.inputs += try [first.reader.file, second.reader.file] + first.reader.files() + second.reader.files()
        RasterLibrary.setCacheLimit(bytes: options.memoryBytes / Pansharpening.cacheShare)
        let coloured = [first, second].first { $0.colour != nil }
        let hasOpacity = [first, second].contains { $0.profile.alphaBand != nil }
        let writer = try RasterWriter(
            output, profile: profile(colour: coloured != nil, opacity: hasOpacity), options: writing)
        do {
            TorchLibrary.threads = max(1, options.threads)
            let (fused, side) = try fusedLuma(cancellation, progress)
            let levels = levels(of: fused.values)
            let space = options.colourSpace ?? (first.colour == nil ? .yuv : .yCrCb)
            for window in first.profile.window.tiles(width: size.width, height: 256) {
                try cancellation.check()
                let start = window.row * size.width
                let luma = fused.values[start..<start + window.pixelCount].map(levels)
                let pixels: [Float]
                if let coloured, let bands = coloured.colour {
                    pixels = try coloured.recoloured(window, bands, luma: luma, in: space)
                        .map { $0 * Float(white(writer.profile) / coloured.peak) }
                } else {
                    pixels = luma.map { $0 * Float(white(writer.profile)) }
                }
                let opacities = try [first, second].compactMap { try $0.opacity(window) }
                let opacity = opacities.dropFirst().reduce(opacities.first) { sum, other in
                    sum.map { zip($0, other).map { min($0, $1) } }
                }
                try writer.write(
                    pixels, to: window, valid: fused.valid.map { Array($0[start..<start + window.pixelCount]) },
                    opacity: opacity)
            }
            try cancellation.check()
            try writer.finish()
            return Summary(profile: writer.profile, coloursFrom: coloured?.reader.file, tileSide: side)
        } catch {
            writer.abort()
            throw error
        }
    }

    /// What the fused samples become: 8 bits of the authors' program are truncated, so they are here where they are
    /// stretched.
    private func levels(of fused: [Float]) -> (Float) -> Float {
        guard options.stretches ?? !fuser.keepsBrightness else { return { $0 } }
        var stretch = UnitStretch()
        stretch.include(fused)
        let (low, high) = (stretch.low, stretch.high)
        let isByte = outputType == .uint8
        return { sample in
            let value = stretch.hasContrast ? (sample - low) / (high - low) : sample
            return isByte ? Float(stretch.byte(sample)) / 255 : value
        }
    }

    private var outputType: SampleType {
        options.sampleType ?? first.sampleType.union(second.sampleType)
    }

    /// The sample that is white in the output: that of the inputs where it has their type.
    private func white(_ profile: RasterProfile) -> Double {
        let type = profile.bands[0].sampleType
        if let image = [first, second].first(where: { $0.sampleType == type }) { return image.peak }
        return type.isFloatingPoint ? 1 : type.range.upperBound
    }

    private func profile(colour: Bool, opacity: Bool) -> RasterProfile {
        var profile = first.profile
        if profile.geoTransform == nil {
            profile.geoTransform = second.profile.geoTransform
            profile.projection = second.profile.projection
        }
        // How a camera took one of two pictures is untrue of both, and pictures would get a file beside them for it.
        profile.metadata[""] = profile.metadata[""]?.filter { !$0.key.hasPrefix("EXIF_") }
        let nodata = first.profile.nodata ?? second.profile.nodata
        func band(_ color: RasterProfile.ColorInterpretation) -> RasterProfile.Band {
            RasterProfile.Band(sampleType: outputType, nodata: color == .alpha ? nil : nodata, color: color)
        }
        profile.bands = (colour ? [band(.red), band(.green), band(.blue)] : [band(.gray)])
        profile.hasMask = nodata == nil && !opacity && [first, second].contains { $0.profile.hasMask }
        if opacity { profile.bands.append(band(.alpha)) }
        return profile.withSampleType(outputType)
    }
}
