import CGDAL

extension RasterProfile {
    /// Domains that tell how the file is stored, or that the driver derives from elsewhere.
    private static let structuralDomains: Set<String> = [
        "IMAGE_STRUCTURE", "SUBDATASETS", "DERIVED_SUBDATASETS", "RPC", "GEOLOCATION", "COLOR_PROFILE", "TIFF",
        "xml:TIFF", "OVERVIEWS",
    ]

    /// Metadata that describes the old pixels or is written anew by the driver.
    private static func describesPixels(_ key: String) -> Bool {
        key.hasPrefix("STATISTICS_") || key == "TIFFTAG_MINSAMPLEVALUE" || key == "TIFFTAG_MAXSAMPLEVALUE"
            || key == "PIXELTYPE" || key == "OVERVIEW_RESAMPLING"
    }

    /// Reads what an open dataset says about itself.
    /// - Throws: ``RasterError`` with ``RasterError/Code/noBands`` or ``RasterError/Code/unsupportedSamples``.
    init(dataset: GDALDatasetH, file: String) throws(RasterError) {
        let count = Int(GDALGetRasterCount(dataset))
        guard count > 0 else { throw RasterProfile.noBands(dataset, file: file) }
        var bands: [Band] = []
        for index in 1...count {
            bands.append(try Band(dataset: dataset, index: index, count: count, file: file))
        }
        let driver = GDALGetDatasetDriver(dataset).flatMap { GDALGetDriverShortName($0) }
        self.init(
            driver: driver.map { String(cString: $0) } ?? "", width: Int(GDALGetRasterXSize(dataset)),
            height: Int(GDALGetRasterYSize(dataset)), bands: bands)

        var coefficients = [Double](repeating: 0, count: 6)
        if GDALGetGeoTransform(dataset, &coefficients) == CE_None {
            geoTransform = GeoTransform(coefficients: coefficients)
        }
        projection = Projection.wkt(of: GDALGetSpatialRef(dataset))
        readGroundControl(of: dataset)
        rationalPolynomial = dictionary(of: GDALGetMetadata(dataset, "RPC"))
        if let first = GDALGetRasterBand(dataset, 1) {
            var (blockWidth, blockHeight): (Int32, Int32) = (0, 0)
            GDALGetBlockSize(first, &blockWidth, &blockHeight)
            (self.blockWidth, self.blockHeight) = (Int(blockWidth), Int(blockHeight))
            let flags = GDALGetMaskFlags(first)
            hasMask = flags & GMF_PER_DATASET != 0 && flags & (GMF_ALPHA | GMF_NODATA) == 0
        }
        compression = dictionary(of: GDALGetMetadata(dataset, "IMAGE_STRUCTURE"))["COMPRESSION"]
        let domains = GDALGetMetadataDomainList(dataset)
        defer { CSLDestroy(domains) }
        for domain in strings(of: domains) + [""]
        where !RasterProfile.structuralDomains.contains(domain) && !domain.hasPrefix("xml:") {
            let items = dictionary(of: GDALGetMetadata(dataset, domain))
                .filter { !RasterProfile.describesPixels($0.key) }
            if !items.isEmpty { metadata[domain] = items }
        }
        gatherWavelengths(from: dataset)
    }

    private mutating func readGroundControl(of dataset: GDALDatasetH) {
        let count = Int(GDALGetGCPCount(dataset))
        guard count > 0, let points = GDALGetGCPs(dataset) else { return }
        groundControl = (0..<count).map { index in
            let point = points[index]
            return GroundControlPoint(
                name: point.pszId.map { String(cString: $0) } ?? "",
                remark: point.pszInfo.map { String(cString: $0) } ?? "",
                column: point.dfGCPPixel, row: point.dfGCPLine, x: point.dfGCPX, y: point.dfGCPY, z: point.dfGCPZ)
        }
        groundControlProjection = Projection.wkt(of: GDALGetGCPSpatialRef(dataset))
    }

    private static func noBands(_ dataset: GDALDatasetH, file: String) -> RasterError {
        let parts = dictionary(of: GDALGetMetadata(dataset, "SUBDATASETS"))
            .filter { $0.key.hasSuffix("_NAME") }.map(\.value).sorted()
        if parts.isEmpty {
            return RasterError(
                .noBands, file: file, "it opens, but holds no raster bands.", remedy: "Give a file with pixels.")
        }
        let list = parts.prefix(4).joined(separator: ", ") + (parts.count > 4 ? ", …" : "")
        return RasterError(
            .noBands, file: file, "it is a container of \(parts.count) images.", remedy: "Name one of them: \(list).")
    }
}

extension RasterProfile.Band {
    fileprivate init(dataset: GDALDatasetH, index: Int, count: Int, file: String) throws(RasterError) {
        guard let band = GDALGetRasterBand(dataset, Int32(index)) else {
            throw RasterError(
                .damaged, file: file, "band \(index) of \(count) cannot be opened.", remedy: "Fetch the file again.")
        }
        guard let type = SampleType(band: band) else {
            let found = GDALGetDataTypeName(GDALGetRasterDataType(band)).map { String(cString: $0) } ?? "unknown"
            throw RasterError(
                .unsupportedSamples, file: file, "band \(index) holds numbers of type \(found), which are not real.",
                remedy: "Extract amplitudes first, for instance with gdal_calc.py or a derived band of a VRT.")
        }
        let color = GDALGetColorInterpretationName(GDALGetRasterColorInterpretation(band))
        let (scale, offset, unit) = (
            GDALGetRasterScale(band, nil), GDALGetRasterOffset(band, nil), GDALGetRasterUnitType(band)
        )
        self.init(
            name: GDALGetDescription(band).map { String(cString: $0) } ?? "", sampleType: type,
            nodata: nodataValue(of: band, type: type),
            color: color.flatMap { RasterProfile.ColorInterpretation(rawValue: String(cString: $0)) } ?? .undefined,
            scale: scale, offset: offset, unit: unit.map { String(cString: $0) } ?? "",
            metadata: dictionary(of: GDALGetMetadata(band, "")).filter { !$0.key.hasPrefix("STATISTICS_") })
        usedBits = dictionary(of: GDALGetMetadata(band, "IMAGE_STRUCTURE"))["NBITS"].flatMap(Int.init)
    }
}

/// The nodata value of a band; 64-bit integers go through `Double`.
private func nodataValue(of band: GDALRasterBandH, type: SampleType) -> Double? {
    var found: Int32 = 0
    let value: Double
    switch type {
    case .int64: value = Double(GDALGetRasterNoDataValueAsInt64(band, &found))
    case .uint64: value = Double(GDALGetRasterNoDataValueAsUInt64(band, &found))
    default: value = GDALGetRasterNoDataValue(band, &found)
    }
    return found != 0 ? value : nil
}
