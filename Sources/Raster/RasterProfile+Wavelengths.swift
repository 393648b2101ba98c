import CGDAL

extension RasterProfile {
    /// What a header of ENVI says of how the file is stored or where it is, or what other fields of the profile hold.
    private static let envisOwnItems: Set<String> = [
        "description", "samples", "lines", "bands", "header_offset", "file_type", "data_type", "interleave",
        "byte_order", "x_start", "y_start", "map_info", "projection_info", "coordinate_system_string", "pixel_size",
        "geo_points", "rpc_info", "data_ignore_value", "band_names", "wavelength", "wavelength_units", "fwhm",
        "classes", "class_names", "class_lookup",
    ]

    /// Gives bands the wavelengths that drivers keep elsewhere, and takes away what repeats them.
    ///
    /// GDAL's driver for ENVI puts centres into the bands, but leaves widths in the header; newer drivers use GDAL's own
    /// items in micrometres; many files have nothing but names such as "408.5 nm".
    mutating func gatherWavelengths(from dataset: GDALDatasetH) {
        let header = metadata["ENVI"] ?? [:]
        let widths = Self.list(header["fwhm"])
        for index in bands.indices {
            let handle = GDALGetRasterBand(dataset, Int32(index + 1))
            if bands[index].wavelength == nil {
                let imagery = handle.map { dictionary(of: GDALGetMetadata($0, "IMAGERY")) } ?? [:]
                if let centre = imagery["CENTRAL_WAVELENGTH_UM"].flatMap(Double.init) {
                    bands[index].wavelength = Wavelength(
                        centre: centre, width: imagery["FWHM_UM"].flatMap(Double.init), unit: "Micrometers")
                } else if let named = Wavelength(inName: bands[index].name) {
                    bands[index].wavelength = named
                }
            }
            if widths.count == bands.count, bands[index].wavelength != nil, bands[index].wavelength?.width == nil {
                bands[index].wavelength?.width = widths[index]
            }
            // ArcGIS reads the names here; GDAL writes them anew for the formats that it reads them from.
            if metadata[""]?["Band_\(index + 1)"] == bands[index].name { metadata[""]?["Band_\(index + 1)"] = nil }
            bands[index].name = Self.withoutWavelength(bands[index])
        }
        if bands.contains(where: { $0.wavelength != nil }) { metadata[""]?["wavelength_units"] = nil }
        metadata["ENVI"] = header.filter { !Self.envisOwnItems.contains($0.key.lowercased()) }
        for domain in ["", "ENVI"] where metadata[domain]?.isEmpty == true { metadata[domain] = nil }
    }

    /// The name without the wavelength in brackets that GDAL's driver for ENVI appends to it.
    private static func withoutWavelength(_ band: Band) -> String {
        guard let centre = band.metadata[Band.wavelengthKey] else { return band.name }
        let unit = band.metadata[Band.wavelengthUnitsKey].map { " \($0)" } ?? ""
        let suffix = " (\(centre)\(unit))"
        return band.name.hasSuffix(suffix) ? String(band.name.dropLast(suffix.count)) : band.name
    }

    /// The numbers of a list such as "{1.5, 2}"; empty when one of them is none.
    private static func list(_ text: String?) -> [Double] {
        guard let text else { return [] }
        let parts = text.split { "{}, \n\t".contains($0) }
        let numbers = parts.compactMap { Double($0) }
        return numbers.count == parts.count ? numbers : []
    }

    /// Whether all wavelengths go into a header of ENVI, which has one unit for all; then nothing repeats them elsewhere.
    var writesWavelengthsToHeader: Bool {
        let units = bands.map { $0.wavelength?.unit }
        return driver == "ENVI" && !units.contains(nil) && Set(units).count == 1
    }

    /// Writes wavelengths where programs look for them beside the bands' own items.
    func applyWavelengths(to dataset: GDALDatasetH) {
        let wavelengths = bands.map(\.wavelength)
        switch driver {
        case "ENVI":
            guard writesWavelengthsToHeader, let unit = wavelengths.first??.unit else { return }
            func set(_ key: String, _ numbers: [Double]) {
                let list = numbers.map(\.shortest).joined(separator: ", ")
                GDALSetMetadataItem(dataset, key, "{\(list)}", "ENVI")
            }
            set("wavelength", wavelengths.compactMap { $0?.centre })
            GDALSetMetadataItem(
                dataset, "wavelength_units", unit.isEmpty ? "Unknown" : Wavelength.standardName(of: unit), "ENVI")
            let widths = wavelengths.compactMap { $0?.width }
            if widths.count == bands.count { set("fwhm", widths) }
        case "GTiff":
            for (index, wavelength) in wavelengths.enumerated() {
                guard let wavelength, let centre = wavelength.nanometres,
                    let handle = GDALGetRasterBand(dataset, Int32(index + 1))
                else { continue }
                GDALSetMetadataItem(handle, "CENTRAL_WAVELENGTH_UM", (centre / 1000).shortest, "IMAGERY")
                if let width = wavelength.widthInNanometres {
                    GDALSetMetadataItem(handle, "FWHM_UM", (width / 1000).shortest, "IMAGERY")
                }
            }
        default: break
        }
    }
}
