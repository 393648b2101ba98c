import CGDAL
import Foundation

extension RasterWriter {
    private var scratchDriver: GDALDriverH? { GDALGetDriverByName("GTiff") }

    /// Creates the dataset that takes the windows: the output's own, or the intermediate GeoTIFF.
    func create() throws(RasterError) -> GDALDatasetH {
        let (driver, path, texts) =
            format.writesWindows
            ? (format.driver, output.target, options.texts)
            : (scratchDriver ?? format.driver, output.scratch, CreationOptions(scratchFor: profile).texts)
        let (dataset, cause) = GDALMessages.collect { messages in
            CPLSetThreadLocalConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES")
            defer { CPLSetThreadLocalConfigOption("GDAL_TIFF_INTERNAL_MASK", nil) }
            let dataset = withStringList(texts) { list in
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

    /// Writes out what GDAL still holds, copies into the format where needed, closes, and looks at the result.
    func complete(_ dataset: GDALDatasetH) throws(RasterError) {
        let (failed, cause) = GDALMessages.collect { messages in
            // GDAL tells of blocks that could not be written when their band is flushed, or while closing.
            var failed = flush(dataset, messages)
            if !failed, !format.writesWindows { failed = !copy(dataset) }
            GDALClose(dataset)
            return (failed || messages.failed, messages.cause)
        }
        if failed { throw output.error("it cannot be written to the end.", bytes: tailBytes, cause: cause) }
        try verify()
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

    private func copy(_ dataset: GDALDatasetH) -> Bool {
        // A plain picture needs no file beside it that says that it has no georeference.
        let isPlain = !profile.isGeoreferenced && profile.metadata.isEmpty && profile.bands.allSatisfy(\.name.isEmpty)
        if isPlain { CPLSetThreadLocalConfigOption("GDAL_PAM_ENABLED", "NO") }
        defer { if isPlain { CPLSetThreadLocalConfigOption("GDAL_PAM_ENABLED", nil) } }
        let copy = withStringList(options.texts) { list in
            GDALCreateCopy(
                format.driver, output.target, dataset, 0, list, nil, nil)
        }
        guard let copy else { return false }
        GDALClose(copy)
        return true
    }

    /// What the last blocks need; a disk with less than that left is full.
    private var tailBytes: Int { min(profile.byteCount, 1 << 20) }

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
