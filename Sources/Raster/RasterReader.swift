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
    /// - Throws: ``RasterError``: `notFound`, `isDirectory`, `notReadable`, `notAnImage`, `damaged`, `noBands`,
    ///   `unsupportedSamples`.
    public init(_ file: String) throws {
        let pool = DatasetPool(file: file)
        self.file = file
        self.pool = pool
        profile = try pool.withDataset { dataset, _ in try RasterProfile(dataset: dataset, file: file) }
    }

    /// The files that the image is made of: itself, what lies beside it, and the sources of a virtual one.
    public func files() throws -> [String] {
        try pool.withDataset { dataset, _ in
            guard let list = GDALGetFileList(dataset) else { return [file] }
            defer { CSLDestroy(list) }
            return (0..<Int(CSLCount(list))).compactMap { list[$0].map { String(cString: $0) } }
        }
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
        try pool.withDataset { dataset, messages in
            try transfer(dataset, window, bands, to: target, messages: messages)
            if let valid { try readMask(dataset, window, bands, into: valid, messages: messages) }
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
            try pool.withDataset { dataset, messages in
                try readMask(dataset, window, bands, into: valid, messages: messages)
            }
            let floating = bands.filter { profile.bands[$0].sampleType.isFloatingPoint }
            guard !floating.isEmpty else { return }
            var pixels = [Double](repeating: 0, count: window.pixelCount)
            for band in floating {
                try pixels.withUnsafeMutableBufferPointer { pixels in
                    try read(window, bands: [band], into: pixels)
                    if let values = pixels.baseAddress {
                        markNonFinite(values, bands: 1, count: window.pixelCount, in: valid)
                    }
                }
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
        _ dataset: GDALDatasetH, _ window: Window, _ bands: [Int], to pixels: UnsafeMutablePointer<Sample>,
        messages: GDALMessages
    ) throws(RasterError) {
        var map = bands.map { Int32($0 + 1) }
        let size = MemoryLayout<Sample>.stride
        let result = GDALDatasetRasterIOEx(
            dataset, GF_Read, Int32(window.column), Int32(window.row), Int32(window.width), Int32(window.height),
            pixels, Int32(window.width), Int32(window.height), Sample.sampleType.gdalType, Int32(map.count), &map,
            GSpacing(size), GSpacing(size * window.width), GSpacing(size * window.pixelCount), nil)
        guard result == CE_None else { throw unreadable(window, messages) }
    }

    func unreadable(_ window: Window, _ messages: GDALMessages) -> RasterError {
        RasterError(
            .damaged, file: file, "the pixels of the window \(window) cannot be read; it is truncated or damaged.",
            remedy: "Fetch the file again.", cause: messages.cause)
    }
}
