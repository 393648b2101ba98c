import CGDAL
import Foundation

/// Writes an image by windows, in any order and from any thread; it appears under its name when it is complete.
///
/// Until ``finish()`` everything lies in a hidden directory beside the output. ``abort()``, or letting the writer go,
/// removes that and leaves an existing file of the name as it was.
///
/// `@unchecked Sendable`: `dataset`, `state` and the GDAL handle are used under `lock` only; all else is constant.
public final class RasterWriter: @unchecked Sendable {
    /// How to write, apart from what the profile says.
    public struct Options: Sendable {
        /// GDAL's name of the format, such as "COG"; by the file's extension when nil.
        public var format: String?
        /// `KEY=VALUE` options of the driver, as with `-co`.
        public var creationOptions: [String]
        /// Whether an existing file is replaced.
        public var overwrites: Bool
        /// Files that the output must not be.
        public var inputs: [String]

        /// Options; the format follows from the extension and an existing file is refused unless said otherwise.
        public init(
            format: String? = nil, creationOptions: [String] = [], overwrites: Bool = false, inputs: [String] = []
        ) {
            (self.format, self.creationOptions) = (format, creationOptions)
            (self.overwrites, self.inputs) = (overwrites, inputs)
        }

        /// What names of files of ``format`` end in; nil where no format is named, or its files have no usual ending.
        ///
        /// - Throws: ``RasterError/Code/unknownFormat``.
        public func fileExtension() throws -> String? {
            try format.flatMap { try RasterFormat(file: "", name: $0).fileExtension }
        }
    }

    /// The file as it was named.
    public let file: String
    /// What is written, with the driver in use.
    public let profile: RasterProfile
    let format: RasterFormat
    let options: CreationOptions
    let output: TemporaryOutput
    let lock = NSLock()
    private var dataset: GDALDatasetH?
    private var state = State.writing

    private enum State {
        case writing, finished, aborted
        case failed(RasterError)
    }

    /// Checks everything that can be checked before any work, and creates the hidden file.
    ///
    /// - Parameters:
    ///   - file: the output, a local path.
    ///   - profile: size, bands, type and all that is carried over. All bands get ``RasterProfile/sampleType`` and one
    ///     nodata value, the first that a band has.
    ///   - options: format, creation options, overwriting.
    /// - Throws: ``RasterError``: `outputIsInput`, `outputExists`, `isDirectory`, `directoryMissing`, `notWritable`,
    ///   `noSpace`, `unknownFormat`, `unsupportedType`, `unsupportedShape`, `invalidOption`, `invalidNodata`,
    ///   `writeFailed`.
    public init(_ file: String, profile: RasterProfile, options: Options = Options()) throws {
        self.file = file
        format = try RasterFormat(file: file, name: options.format)
        var profile = profile
        profile.driver = format.name
        self.profile = profile
        try RasterWriter.check(profile, format: format, file: file)
        self.options = try CreationOptions(
            options.creationOptions, format: format, profile: profile, file: file)
        output = try TemporaryOutput(file: file, overwrites: options.overwrites, inputs: options.inputs)
        // Only what is not compressed has a size that is known now.
        let isRaw = format.name == "GTiff" && self.options.value(of: "COMPRESS")?.uppercased() == "NONE"
        try output.checkSpace(for: isRaw ? profile.byteCount : 1)
        dataset = try create()
    }

    deinit { abort() }

    private static func check(_ profile: RasterProfile, format: RasterFormat, file: String) throws(RasterError) {
        let side = Int(Int32.max)
        guard (1...side).contains(profile.width), (1...side).contains(profile.height),
            (1...65535).contains(profile.bands.count), !profile.dataBands.isEmpty
        else {
            throw RasterError(
                .unsupportedShape, file: file,
                "an image of \(profile.width)×\(profile.height) pixels in \(profile.bands.count) bands cannot be written.",
                remedy: "Sides go up to \(side) pixels, bands from 1 to 65535, not all of them alpha.")
        }
        try format.check(profile, file: file)
        if let nodata = profile.nodata, !profile.sampleType.canRepresent(nodata) {
            let range = profile.sampleType.range
            let (low, high) = (String(format: "%.9g", range.lowerBound), String(format: "%.10g", range.upperBound))
            throw RasterError(
                .invalidNodata, file: file,
                "the nodata value \(nodata) cannot be stored as \(profile.sampleType.name).",
                remedy: "Choose \(profile.sampleType.isFloatingPoint ? "a" : "a whole") number from \(low) to \(high).")
        }
    }

    /// Writes a window of all data bands; the alpha band or mask, where there is one, follows from validity, unless opacity
    /// is given.
    ///
    /// Values are rounded half away from zero and saturated to the sample type. Invalid pixels and NaN become the
    /// nodata value (without one: 0, and NaN in floating-point types); a valid value that would equal the nodata value
    /// moves to its neighbour. Windows may come in any order, from any thread, across blocks; what is never written is
    /// nodata or 0.
    ///
    /// - Parameters:
    ///   - pixels: (C, H, W) with the data bands in the profile's order.
    ///   - window: within the image.
    ///   - valid: (H, W), 0 where a pixel is invalid in all bands; nil when all are valid.
    ///   - opacity: (H, W) in 0…1, what the alpha band holds.
    /// - Throws: ``RasterError``: `outsideImage`, `noSpace`, `writeFailed`, `closed`. After a failure to write the
    ///   writer accepts nothing more.
    public func write<Sample: RasterSample>(
        _ pixels: UnsafeBufferPointer<Sample>, to window: Window, valid: UnsafeBufferPointer<UInt8>? = nil,
        opacity: [Float]? = nil
    ) throws {
        guard profile.window.contains(window) else {
            throw RasterError(
                .outsideImage, file: file,
                "the window \(window) is not within its \(profile.width)×\(profile.height) pixels.",
                remedy: "Clip the window to the image.")
        }
        if window.isEmpty { return }
        let tile = StoredTile(pixels, valid: valid, opacity: opacity, window: window, profile: profile)
        try lock.withLock {
            guard let dataset = try openDataset() else { return }
            do {
                try tile.write(to: dataset, output: output)
            } catch {
                fail(error)
                throw error
            }
        }
    }

    /// Writes a window from an array; see ``write(_:to:valid:)``.
    public func write<Sample: RasterSample>(
        _ pixels: [Sample], to window: Window, valid: [UInt8]? = nil, opacity: [Float]? = nil
    ) throws {
        try pixels.withUnsafeBufferPointer { pixels in
            guard let valid else { return try write(pixels, to: window, opacity: opacity) }
            try valid.withUnsafeBufferPointer { try write(pixels, to: window, valid: $0, opacity: opacity) }
        }
    }

    /// Completes the file, makes sure that it is on the disk and whole, and gives it its name.
    ///
    /// - Throws: ``RasterError``: `noSpace`, `writeFailed`, `outputExists` when another program was faster, `closed`.
    ///   Then nothing has changed under the name.
    public func finish() throws {
        try lock.withLock {
            guard let dataset = try openDataset() else { return }
            self.dataset = nil
            do {
                try complete(dataset)
                try output.publish()
                state = .finished
                output.remove()
            } catch {
                let error = error as? RasterError ?? output.error("it failed.", bytes: 0, cause: error)
                fail(error)
                throw error
            }
        }
    }

    /// Gives up: removes what was written. Does nothing after ``finish()``.
    public func abort() {
        lock.withLock {
            if case .writing = state { state = .aborted }
            discard()
        }
    }

    /// Removes the temporaries of all writers of the process, before it exits because of a signal.
    ///
    /// For an ordinary thread, not for a signal handler itself. Writers that still work fail when they finish.
    public static func removeAllTemporaries() { TemporaryOutput.removeAll() }

    private func openDataset() throws(RasterError) -> GDALDatasetH? {
        switch state {
        case .writing: return dataset
        case .failed(let error): throw error
        case .finished, .aborted:
            throw RasterError(
                .closed, file: file, "it was finished or given up already.", remedy: "Make another writer.")
        }
    }

    private func fail(_ error: any Error) {
        if let error = error as? RasterError { state = .failed(error) }
        discard()
    }

    private func discard() {
        if let open = dataset {
            dataset = nil
            // What fails now is of no interest: the files go away.
            GDALMessages.collect { _ in GDALClose(open) }
        }
        output.remove()
    }
}
