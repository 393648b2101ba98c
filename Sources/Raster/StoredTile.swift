import CGDAL

/// A window of pixels in the output's sample type, ready to be handed to GDAL.
///
/// The conversion needs no lock, so writing threads do it side by side.
struct StoredTile {
    private let window: Window
    private let sampleType: SampleType
    private let bandCount: Int
    private var bytes: [UInt8]
    private var mask: [UInt8]?

    /// Converts (C, H, W) values of the data bands, and makes the alpha band and the mask that the profile asks for.
    ///
    /// - Parameter opacity: (H, W) in 0…1, for the alpha band; nil where it follows from validity.
    init<Sample: RasterSample>(
        _ pixels: UnsafeBufferPointer<Sample>, valid: UnsafeBufferPointer<UInt8>?, opacity: [Float]? = nil,
        window: Window, profile: RasterProfile
    ) {
        self.window = window
        let (sampleType, count, bands) = (profile.sampleType, window.pixelCount, profile.dataBands)
        self.sampleType = sampleType
        bandCount = profile.bands.count
        precondition(pixels.count >= saturatingProduct(count, bands.count), "The buffer is too small for the pixels.")
        precondition(valid.map { $0.count >= count } ?? true, "The buffer is too small for the mask.")
        precondition(opacity.map { $0.count == count } ?? true, "The opacity is of another size than the window.")
        let plane = count * sampleType.byteCount
        let nodata = profile.nodata
        let valid = valid?.baseAddress
        let alpha = profile.alphaBand
        bytes = [UInt8](unsafeUninitializedCapacity: plane * bandCount) { target, size in
            size = target.count
            guard let source = pixels.baseAddress, let target = UnsafeMutableRawPointer(target.baseAddress) else {
                return
            }
            for (place, band) in bands.enumerated() {
                SampleConversion.store(
                    source + place * count, valid: valid, count: count, as: sampleType, nodata: nodata,
                    into: target + band * plane)
            }
        }
        guard alpha != nil || profile.writesMask else { return }
        var mask = [UInt8](repeating: 255, count: count)
        for index in 0..<count where valid.map({ $0[index] == 0 }) ?? false { mask[index] = 0 }
        if let source = pixels.baseAddress {
            SampleConversion.maskNaN(source, bands: bands.count, count: count, in: &mask)
        }
        if let alpha {
            let opaque = sampleType.isFloatingPoint ? 255 : Float(min(sampleType.range.upperBound, 65535))
            let values = opacity?.map { $0 * opaque } ?? mask.map { $0 == 0 ? 0 : opaque }
            bytes.withUnsafeMutableBytes { target in
                guard let target = target.baseAddress else { return }
                SampleConversion.store(
                    values, valid: nil, count: count, as: sampleType, nodata: nil, into: target + alpha * plane)
            }
        }
        if profile.writesMask { self.mask = mask }
    }

    /// Hands the pixels to GDAL; the caller makes sure that nobody else uses the dataset.
    func write(to dataset: GDALDatasetH, output: TemporaryOutput) throws(RasterError) {
        let (isFine, cause) = GDALMessages.collect { messages in
            (BlockCache.writing { writeBands(to: dataset) && writeMask(to: dataset) }, messages.cause)
        }
        if !isFine {
            throw output.error("the window \(window) cannot be written.", bytes: bytes.count, cause: cause)
        }
    }

    private func writeBands(to dataset: GDALDatasetH) -> Bool {
        let size = sampleType.byteCount
        // GDAL only reads from the buffer when writing.
        return bytes.withUnsafeBytes { source in
            GDALDatasetRasterIOEx(
                dataset, GF_Write, Int32(window.column), Int32(window.row), Int32(window.width), Int32(window.height),
                UnsafeMutableRawPointer(mutating: source.baseAddress), Int32(window.width), Int32(window.height),
                sampleType.gdalType, Int32(bandCount), nil, GSpacing(size), GSpacing(size * window.width),
                GSpacing(size * window.pixelCount), nil) == CE_None
        }
    }

    private func writeMask(to dataset: GDALDatasetH) -> Bool {
        guard let mask else { return true }
        return mask.withUnsafeBytes { source in
            GDALRasterIOEx(
                GDALGetMaskBand(GDALGetRasterBand(dataset, 1)), GF_Write, Int32(window.column), Int32(window.row),
                Int32(window.width), Int32(window.height), UnsafeMutableRawPointer(mutating: source.baseAddress),
                Int32(window.width), Int32(window.height), GDT_Byte, 1, GSpacing(window.width), nil) == CE_None
        }
    }
}
