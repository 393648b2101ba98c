import CGDAL

extension RasterProfile {
    /// Gives a new dataset all that this profile says, before the first pixel is written.
    ///
    /// What a format cannot keep in itself GDAL puts into an `.aux.xml` file beside it, or leaves out: a COG, PNG or
    /// another format that is copied keeps the main domain of the metadata only.
    func apply(to dataset: GDALDatasetH) {
        if let projection { GDALSetProjection(dataset, projection) }
        if var coefficients = geoTransform?.coefficients {
            GDALSetGeoTransform(dataset, &coefficients)
        } else {
            applyGroundControl(to: dataset)
        }
        var domains = metadata
        if !rationalPolynomial.isEmpty { domains["RPC"] = rationalPolynomial }
        for (domain, items) in domains.sorted(by: { $0.key < $1.key }) {
            withStringList(items.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }) { list in
                _ = GDALSetMetadata(dataset, list, domain)
            }
        }
        for (index, band) in bands.enumerated() {
            guard let handle = GDALGetRasterBand(dataset, Int32(index + 1)) else { continue }
            apply(band, to: handle)
        }
        applyWavelengths(to: dataset)
    }

    private func apply(_ band: Band, to handle: GDALRasterBandH) {
        if !band.name.isEmpty { GDALSetDescription(handle, band.name) }
        if let nodata, band.color != .alpha {
            switch sampleType {
            case .int64: GDALSetRasterNoDataValueAsInt64(handle, Int64(nodata))
            case .uint64: GDALSetRasterNoDataValueAsUInt64(handle, UInt64(nodata))
            default: GDALSetRasterNoDataValue(handle, nodata)
            }
        }
        // A palette's numbers are names of colours: it has no sense for values that were computed.
        if band.color != .undefined, band.color != .palette {
            GDALSetRasterColorInterpretation(handle, GDALGetColorInterpretationByName(band.color.rawValue))
        }
        if band.scale != 1 { GDALSetRasterScale(handle, band.scale) }
        if band.offset != 0 { GDALSetRasterOffset(handle, band.offset) }
        if !band.unit.isEmpty { GDALSetRasterUnitType(handle, band.unit) }
        for (key, value) in band.metadata.sorted(by: { $0.key < $1.key }) {
            if writesWavelengthsToHeader, Band.wavelengthKeys.contains(key.lowercased()) { continue }
            GDALSetMetadataItem(handle, key, value, nil)
        }
    }

    private func applyGroundControl(to dataset: GDALDatasetH) {
        if groundControl.isEmpty { return }
        var points = [GDAL_GCP](repeating: GDAL_GCP(), count: groundControl.count)
        GDALInitGCPs(Int32(points.count), &points)
        defer { GDALDeinitGCPs(Int32(points.count), &points) }
        for (index, point) in groundControl.enumerated() {
            VSIFree(points[index].pszId)
            VSIFree(points[index].pszInfo)
            points[index].pszId = CPLStrdup(point.name)
            points[index].pszInfo = CPLStrdup(point.remark)
            (points[index].dfGCPPixel, points[index].dfGCPLine) = (point.column, point.row)
            (points[index].dfGCPX, points[index].dfGCPY, points[index].dfGCPZ) = (point.x, point.y, point.z)
        }
        GDALSetGCPs(dataset, Int32(points.count), points, groundControlProjection ?? "")
    }

    /// Whether the writer keeps a mask beside the bands: the profile has one, and nothing else marks invalid pixels.
    var writesMask: Bool { hasMask && nodata == nil && alphaBand == nil }
}
