import CGDAL
import Foundation

extension RasterWriter {
    private var scratchDriver: GDALDriverH? { GDALGetDriverByName("GTiff") }

    /// Creates the dataset that takes the windows: the output's own, or the intermediate GeoTIFF.
    func create() throws(RasterError) -> GDALDatasetH {
        if format.writesWindows {
            return try create(format.driver, output.target, options.texts)
        }
        try rehearse()
        return try create(scratchDriver ?? format.driver, output.scratch, CreationOptions(scratchFor: profile).texts)
    }

    private func create(_ driver: GDALDriverH, _ path: String, _ options: [String]) throws(RasterError) -> GDALDatasetH
    {
        let (dataset, cause) = GDALMessages.collect { messages in
            CPLSetThreadLocalConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES")
            defer { CPLSetThreadLocalConfigOption("GDAL_TIFF_INTERNAL_MASK", nil) }
            let dataset = withStringList(options) { list in
                GDALCreate(
                    driver, path, Int32(profile.width), Int32(profile.height), Int32(profile.bands.count),
                    profile.sampleType.gdalType, list)
            }
            if let dataset {
                profile.apply(to: dataset)
                if profile.writesMask { GDALCreateDatasetMaskBand(dataset, GMF_PER_DATASET) }
            }
            return (dataset, messages.cause)
        }
        guard let dataset else {
            throw output.error("\(format.name) cannot create it.", bytes: 0, cause: cause)
        }
        return dataset
    }

    /// Copies a small image of the same kind into the format, as drivers do not say all that they refuse: it would be
    /// known only after hours of work.
    private func rehearse() throws(RasterError) {
        let (isFine, cause) = GDALMessages.collect { messages in
            let side = (Int32(min(profile.width, 32)), Int32(min(profile.height, 32)))
            guard
                let memory = GDALCreate(
                    GDALGetDriverByName("MEM"), "", side.0, side.1, Int32(profile.bands.count),
                    profile.sampleType.gdalType, nil)
            else { return (false, messages.cause) }
            defer { GDALClose(memory) }
            profile.apply(to: memory)
            if profile.writesMask { GDALCreateDatasetMaskBand(memory, GMF_PER_DATASET) }
            return (copy(memory, to: output.rehearsal) && !messages.failed, messages.cause)
        }
        if isFine {
            if profile.writesMask, (try? RasterReader(output.rehearsal))?.profile.hasMask != true {
                throw RasterError(
                    .unsupportedShape, file: file, "\(format.name) cannot keep the mask of valid pixels.",
                    remedy: "Set a nodata value, or use another format such as .tif.")
            }
            return
        }
        var error = output.error(
            "GDAL's driver \(format.name) refuses such an image.", bytes: 0, cause: cause)
        if error.code == .writeFailed {
            error.code = .unsupportedShape
            error.remedy = "Use another format such as .tif, or other creation options."
        }
        throw error
    }

    /// Writes out what GDAL still holds, copies into the format where needed, closes, and looks at the result.
    func complete(_ dataset: GDALDatasetH) throws(RasterError) {
        let (failed, lost, cause) = GDALMessages.collect { messages in
            // GDAL tells of blocks that could not be written when their band is flushed, or while closing.
            var failed = BlockCache.writing { flush(dataset, messages) }
            if !failed, !format.writesWindows { failed = !copy(dataset, to: output.target) || messages.failed }
            let lost = failed || format.writesWindows || !format.isExact(options) ? nil : firstLostBand(dataset)
            GDALClose(dataset)
            return (failed || messages.failed, lost, messages.cause)
        }
        if failed { throw output.error("it cannot be written to the end.", bytes: tailBytes, cause: cause) }
        try verify()
        if format.name == "ENVI" { ENVIHeader.forgetFolder(of: output.target) }
        if let lost {
            throw RasterError(
                .writeFailed, file: file,
                "GDAL's driver \(format.name) did not keep the pixels of band \(lost) as they were written.",
                remedy: "Use another format such as .tif.", cause: cause)
        }
    }

    /// The number of the first band whose copy has another checksum; nil when all are the same, or it does not open.
    private func firstLostBand(_ dataset: GDALDatasetH) -> Int? {
        guard let copy = GDALOpenEx(output.target, fusionkitReadOnlyRasterFlags(), nil, nil, nil) else { return nil }
        defer { GDALClose(copy) }
        let (width, height) = (Int32(profile.width), Int32(profile.height))
        guard GDALGetRasterCount(copy) == profile.bands.count, GDALGetRasterXSize(copy) == width,
            GDALGetRasterYSize(copy) == height
        else { return nil }
        return (1...profile.bands.count).first { index in
            let sums = [dataset, copy].map {
                GDALChecksumImage(GDALGetRasterBand($0, Int32(index)), 0, 0, width, height)
            }
            return sums[0] != sums[1]
        }
    }

    private func flush(_ dataset: GDALDatasetH, _ messages: GDALMessages) -> Bool {
        var failed = false
        for index in 1...profile.bands.count {
            guard let band = GDALGetRasterBand(dataset, Int32(index)) else { continue }
            if GDALFlushRasterCache(band) != CE_None { failed = true }
        }
        GDALFlushCache(dataset)
        return failed || messages.failed
    }

    private func copy(_ dataset: GDALDatasetH, to path: String) -> Bool {
        // A plain picture needs no file beside it that says that it has no georeference.
        let isPlain =
            !profile.isGeoreferenced && profile.projection == nil && profile.metadata.isEmpty && !profile.hasMask
            && profile.bands.allSatisfy { $0 == .init(sampleType: $0.sampleType, color: $0.color) }
        if isPlain { CPLSetThreadLocalConfigOption("GDAL_PAM_ENABLED", "NO") }
        defer { if isPlain { CPLSetThreadLocalConfigOption("GDAL_PAM_ENABLED", nil) } }
        let copy = withStringList(options.texts) { list in
            GDALCreateCopy(format.driver, path, dataset, 0, list, nil, nil)
        }
        guard let copy else { return false }
        GDALClose(copy)
        return true
    }

    /// What had still to be written: the last blocks, or the whole copy. A disk with less than that left is full.
    private var tailBytes: Int { format.writesWindows ? min(profile.byteCount, 1 << 20) : profile.byteCount }

    /// Opens the finished file: its shape, and that its blocks lie within it.
    private func verify() throws(RasterError) {
        let (problem, cause): (String?, GDALFailure?) = GDALMessages.collect { messages in
            guard let dataset = GDALOpenEx(output.target, fusionkitReadOnlyRasterFlags(), nil, nil, nil) else {
                return ("it does not open again.", messages.cause)
            }
            defer { GDALClose(dataset) }
            let shape = (
                Int(GDALGetRasterXSize(dataset)), Int(GDALGetRasterYSize(dataset)), Int(GDALGetRasterCount(dataset))
            )
            if shape != (profile.width, profile.height, profile.bands.count) {
                return ("it became \(shape.0)×\(shape.1) pixels in \(shape.2) bands.", nil)
            }
            return (hasWholeBlocks(dataset) ? nil : "its last blocks are missing.", messages.cause)
        }
        if let problem {
            throw output.error("the file was written, but \(problem)", bytes: tailBytes, cause: cause)
        }
    }

    /// Whether each block of a TIFF ends within the file; other formats are not asked.
    private func hasWholeBlocks(_ dataset: GDALDatasetH) -> Bool {
        var status = stat()
        guard format.name == "GTiff" || format.name == "COG", stat(output.target, &status) == 0 else { return true }
        let fileSize = Int(status.st_size)
        for index in 1...profile.bands.count {
            guard let band = GDALGetRasterBand(dataset, Int32(index)) else { return false }
            var (width, height): (Int32, Int32) = (1, 1)
            GDALGetBlockSize(band, &width, &height)
            let columns = (profile.width - 1) / Int(width) + 1
            let rows = (profile.height - 1) / Int(height) + 1
            for block in 0..<columns * rows {
                let place = "\(block % columns)_\(block / columns)"
                let offset = number("BLOCK_OFFSET_\(place)", of: band)
                let size = number("BLOCK_SIZE_\(place)", of: band)
                if let offset, let size, offset + size > fileSize { return false }
            }
            // Pixel-interleaved files have the same blocks in all bands.
            let interleave = GDALGetMetadataItem(dataset, "INTERLEAVE", "IMAGE_STRUCTURE").map { String(cString: $0) }
            if interleave == "PIXEL" { break }
        }
        return true
    }

    private func number(_ key: String, of band: GDALRasterBandH) -> Int? {
        GDALGetMetadataItem(band, key, "TIFF").flatMap { Int(String(cString: $0)) }
    }
}
