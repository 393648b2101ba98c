import CGDAL

/// An image file, open for reading by windows, from any number of threads.
///
/// Pixels arrive as stored (no scale and offset), planar: (C, H, W), bands in the order asked for, rows from the top.
/// Bands are counted from 0. Values of integers wider than the target's mantissa are rounded: read `uint32`, `int32`
/// and 64-bit bands as `Double`.
///
/// `Sendable`: the profile is constant, and the handles are in a pool that lends each to one thread at a time.
public final class RasterReader: Sendable {
    /// The file as it was named.
    public let file: String
    /// What the file says of itself.
    public let profile: RasterProfile
    private let pool: DatasetPool

    /// Opens an image: a path, or another name that GDAL understands (`/vsicurl/…`, a sub-dataset).
    ///
    /// HDF5 and MAT files hold arrays by name. Where there is only one that could be an image the file's name is enough;
    /// else the array follows after a colon, in brackets the place (from 0) in a stack of images, and after an @ the
    /// order of axes where lengths and names don't tell it (``CubeAxes``): `cube.h5:/scene/cube`, `train.h5:/ms[3]`,
    /// `scene.mat:hsi@hwc`. MAT files up to version 7 are read into memory, all others by windows. An ENVI image may be
    /// named by its header.
    /// - Throws: ``RasterError``: `notFound`, `isDirectory`, `notReadable`, `notAnImage`, `damaged`, `noBands`,
    ///   `unclearImage`, `unsupportedSamples`.
    public init(_ file: String) throws {
        let pool = try DatasetPool(file: file)
        self.file = file
        self.pool = pool
        profile = try pool.profile()
    }

    /// The files that the image is made of: itself, what lies beside it, and the sources of a virtual one.
    public func files() throws -> [String] {
        let files = try pool.files()
        return files.isEmpty ? [file] : files
    }

    /// Reads a window of chosen bands, and which of its pixels are valid.
    ///
    /// - Parameters:
    ///   - window: within the image.
    ///   - bands: indices from 0; all bands but alpha when nil.
    ///   - pixels: room for bands × height × width numbers or more; (C, H, W).
    ///   - valid: room for height × width bytes or more, or nil: 1 where the pixel is valid in each of the bands read
    ///     (not nodata, not masked out, not transparent, neither NaN nor infinite), else 0.
    /// - Throws: ``RasterError``: `outsideImage`, or `damaged` when the blocks cannot be read.
    public func read<Sample: RasterSample>(
        _ window: Window, bands: [Int]? = nil, into pixels: UnsafeMutableBufferPointer<Sample>,
        valid: UnsafeMutableBufferPointer<UInt8>? = nil
    ) throws {
        let bands = bands ?? profile.dataBands
        try check(window, bands)
        if window.isEmpty || bands.isEmpty { return }
        let count = window.pixelCount
        precondition(pixels.count >= saturatingProduct(count, bands.count), "The buffer is too small for the pixels.")
        precondition(valid.map { $0.count >= count } ?? true, "The buffer is too small for the mask.")
        guard let target = pixels.baseAddress else { return }
        try pool.withImage { image, messages in
            try transfer(image, window, bands, to: target, messages: messages)
            guard let valid else { return }
            if image.array == nil {
                try readMask(image.dataset, window, bands, into: valid, messages: messages)
            } else {
                markNodata(target, bands, count: count, in: valid)
            }
        }
        signBytes(of: bands, in: target, count: count)
        if let valid, bands.contains(where: { profile.bands[$0].sampleType.isFloatingPoint }) {
            markNonFinite(target, bands: bands.count, count: count, in: valid)
        }
    }

    /// Reads a window of chosen bands into a new array, (C, H, W); see ``read(_:bands:into:valid:)``.
    public func read<Sample: RasterSample>(
        _ window: Window, bands: [Int]? = nil, as: Sample.Type = Sample.self
    ) throws -> [Sample] {
        let bands = bands ?? profile.dataBands
        try check(window, bands)
        var pixels = [Sample](repeating: 0, count: saturatingProduct(window.pixelCount, bands.count))
        try pixels.withUnsafeMutableBufferPointer { try read(window, bands: bands, into: $0) }
        return pixels
    }

    /// Reads which pixels of a window are valid in all of the chosen bands: (H, W), 1 where they are, else 0.
    ///
    /// Bands of floating-point numbers are read too, as NaN and infinite values are invalid.
    public func readMask(_ window: Window, bands: [Int]? = nil) throws -> [UInt8] {
        let bands = bands ?? profile.dataBands
        try check(window, bands)
        var valid = [UInt8](repeating: 1, count: window.pixelCount)
        if window.isEmpty { return valid }
        try valid.withUnsafeMutableBufferPointer { valid in
            let isArray = try pool.withImage { image, messages in
                if image.array != nil { return true }
                try readMask(image.dataset, window, bands, into: valid, messages: messages)
                return false
            }
            let looksAtPixels = bands.filter { isArray || profile.bands[$0].sampleType.isFloatingPoint }
            guard !looksAtPixels.isEmpty else { return }
            var pixels = [Double](repeating: 0, count: window.pixelCount)
            var ofBand = [UInt8](repeating: 1, count: window.pixelCount)
            for band in looksAtPixels {
                try pixels.withUnsafeMutableBufferPointer { pixels in
                    try ofBand.withUnsafeMutableBufferPointer {
                        try read(window, bands: [band], into: pixels, valid: $0)
                    }
                }
                for pixel in valid.indices where ofBand[pixel] == 0 { valid[pixel] = 0 }
            }
        }
        return valid
    }

    func check(_ window: Window, _ bands: [Int]) throws(RasterError) {
        if let band = bands.first(where: { !profile.bands.indices.contains($0) }) {
            throw RasterError(
                .outsideImage, file: file, "there is no band \(band + 1), it has \(profile.bands.count).",
                remedy: "Give bands from 1 to \(profile.bands.count).")
        }
        guard profile.window.contains(window) else {
            throw RasterError(
                .outsideImage, file: file,
                "the window \(window) is not within its \(profile.width)×\(profile.height) pixels.",
                remedy: "Clip the window to the image.")
        }
    }

    private func transfer<Sample: RasterSample>(
        _ image: OpenImage, _ window: Window, _ bands: [Int], to pixels: UnsafeMutablePointer<Sample>,
        messages: GDALMessages
    ) throws(RasterError) {
        if let array = image.array {
            for (place, run) in Self.runs(of: bands) {
                guard array.read(window, bands: run, into: pixels + place * window.pixelCount) else {
                    throw unreadable(window, messages)
                }
            }
            return
        }
        var map = bands.map { Int32($0 + 1) }
        let size = MemoryLayout<Sample>.stride
        let result = BlockCache.reading {
            GDALDatasetRasterIOEx(
                image.dataset, GF_Read, Int32(window.column), Int32(window.row), Int32(window.width),
                Int32(window.height), pixels, Int32(window.width), Int32(window.height), Sample.sampleType.gdalType,
                Int32(map.count), &map, GSpacing(size), GSpacing(size * window.width),
                GSpacing(size * window.pixelCount), nil)
        }
        guard result == CE_None else { throw unreadable(window, messages) }
    }

    /// Bands that follow each other, as ranges, and where each range begins in the list.
    private static func runs(of bands: [Int]) -> [(place: Int, run: Range<Int>)] {
        var runs: [(place: Int, run: Range<Int>)] = []
        for (place, band) in bands.enumerated() {
            if let last = runs.last, last.run.upperBound == band {
                runs[runs.count - 1].run = last.run.lowerBound..<band + 1
            } else {
                runs.append((place, band..<band + 1))
            }
        }
        return runs
    }

    func unreadable(_ window: Window, _ messages: GDALMessages) -> RasterError {
        RasterError(
            .damaged, file: file, "the pixels of the window \(window) cannot be read; it is truncated or damaged.",
            remedy: "Fetch the file again.", cause: messages.cause)
    }
}
