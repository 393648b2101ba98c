import CGDAL
import Foundation

/// A format that images are written in.
struct RasterFormat {
    /// GDAL's short name.
    let name: String
    let driver: GDALDriverH
    /// Whether windows go straight to the file. Else GDAL copies a finished GeoTIFF into the format: the only way for
    /// some, and for others, such as netCDF, the way that keeps everything.
    let writesWindows: Bool

    /// What GDAL's drivers do not say of themselves.
    private struct Limits {
        var bands: ClosedRange<Int> = 1...Int.max
        var types: [SampleType]?
        var side = Int.max
    }

    private static let limits: [String: Limits] = {
        var limits: [String: Limits] = [
            "PNG": Limits(bands: 1...4),
            "JPEG": Limits(bands: 1...4, types: [.uint8], side: 65500),
            "WEBP": Limits(bands: 3...4, side: 16383),
            "GIF": Limits(bands: 1...1, side: 65535),
            "BMP": Limits(bands: 1...3),
        ]
        // Grids of heights, and containers in which each band would become an image of its own.
        for name in ["AAIGrid", "GSAG", "GSBG", "GS7BG", "SAGA", "NWT_GRD", "ZMap", "XYZ", "netCDF", "Zarr"] {
            limits[name] = Limits(bands: 1...1)
        }
        return limits
    }()

    /// Drivers that point at pixels elsewhere or keep them in memory, and the ones that need their name.
    private static let unsuitable: Set<String> = ["VRT", "MEM", "WMS", "WMTS", "PostGISRaster", "NGW"]
    private static let byNameOnly: Set<String> = ["COG", "KMLSUPEROVERLAY", "PDF", "Rasterlite"]

    /// The format of a name that ends in an extension, or of GDAL's name for it.
    ///
    /// - Throws: ``RasterError/Code/unknownFormat``.
    init(file: String, name: String?) throws(RasterError) {
        RasterLibrary.prepare()
        let fileExtension = (file as NSString).pathExtension.lowercased()
        guard fileExtension != "hdr" else {
            throw RasterError(
                .unknownFormat, file: file, "a name in .hdr is that of a header, not of pixels.",
                remedy:
                    "For an ENVI image name the file of pixels, such as -o cube.dat; its header comes beside it."
            )
        }
        // In this field .dat is ENVI's; GDAL has drivers for other things of that name.
        let name = name ?? (fileExtension == "dat" ? "ENVI" : nil)
        let wanted = name ?? (fileExtension == "vrt" ? "VRT" : nil)
        if let wanted, let unsuitable = RasterFormat.unsuitable.first(where: { $0.lowercased() == wanted.lowercased() })
        {
            throw RasterError(
                .unknownFormat, file: file, "a file of the format \(unsuitable) does not hold pixels itself.",
                remedy: "Write a GeoTIFF (.tif) and make the other from it.")
        }
        for index in 0..<GDALGetDriverCount() {
            guard let driver = GDALGetDriver(index), let text = GDALGetDriverShortName(driver),
                RasterFormat.item("DCAP_RASTER", of: driver) == "YES"
            else { continue }
            let short = String(cString: text)
            let creates = RasterFormat.item("DCAP_CREATE", of: driver) == "YES"
            let copies = RasterFormat.item("DCAP_CREATECOPY", of: driver) == "YES"
            guard creates || copies, !RasterFormat.unsuitable.contains(short) else { continue }
            let extensions = RasterFormat.item("DMD_EXTENSIONS", of: driver)?.split(separator: " ") ?? []
            let isWanted =
                name.map { $0.lowercased() == short.lowercased() }
                ?? (extensions.contains { $0.lowercased() == fileExtension }
                    && !RasterFormat.byNameOnly.contains(short))
            if isWanted {
                self.name = short
                self.driver = driver
                writesWindows = short == "GTiff" || !copies
                return
            }
        }
        if let name {
            throw RasterError(
                .unknownFormat, file: file, "GDAL \(RasterLibrary.version) writes no format named \"\(name)\".",
                remedy: "Use a name such as GTiff, COG, PNG, JP2OpenJPEG, HFA, ENVI or netCDF.")
        }
        let problem =
            fileExtension.isEmpty
            ? "the name has no extension, which would tell the format."
            : "no format is known by the extension .\(fileExtension)."
        throw RasterError(
            .unknownFormat, file: file, problem,
            remedy: "Use .tif, .png, .jpg, .jp2, .img, .dat (ENVI) or .nc, or name the format.")
    }

    private static func item(_ key: String, of driver: GDALDriverH) -> String? {
        GDALGetMetadataItem(driver, key, nil).map { String(cString: $0) }
    }

    /// What names of such files usually end in.
    var fileExtension: String? { RasterFormat.item("DMD_EXTENSION", of: driver).flatMap { $0.isEmpty ? nil : $0 } }

    /// The sample types that the format stores.
    var sampleTypes: [SampleType] {
        if let types = RasterFormat.limits[name]?.types { return types }
        guard let list = RasterFormat.item("DMD_CREATIONDATATYPES", of: driver) else { return SampleType.allCases }
        return list.split(separator: " ").compactMap { SampleType(rawValue: String($0)) }
    }

    /// Whether a copy has to have the same pixels: not where loss is the format's way, or may be the caller's wish.
    func isExact(_ options: CreationOptions) -> Bool {
        // A COG is written by the GeoTIFF driver, whose blocks are looked at.
        if ["JPEG", "WEBP", "COG"].contains(name) { return false }
        if name == "JP2OpenJPEG" { return options.value(of: "QUALITY") == "100" }
        return ["COMPRESS", "QUALITY", "NBITS", "SCALE"].allSatisfy { options.value(of: $0) == nil }
    }

    /// Throws when the format cannot store such an image.
    func check(_ profile: RasterProfile, file: String) throws(RasterError) {
        let type = profile.sampleType
        if type == .int8 || !sampleTypes.contains(type) {
            let names = sampleTypes.filter { $0 != .int8 }.map(\.name)
            let fit = sampleTypes.first { $0 != .int8 && $0.union(type) == $0 } ?? sampleTypes.last ?? .uint8
            throw RasterError(
                .unsupportedType, file: file,
                "\(name) stores \(names.joined(separator: ", ")), not \(type.name).",
                remedy: "Use -ot \(fit.name), or another format such as .tif.")
        }
        guard let limits = RasterFormat.limits[name] else { return }
        let count = profile.bands.count
        // Pictures take a second or fourth band for transparency, which near infrared is not.
        let isPicture = ["PNG", "WEBP", "JPEG", "BMP", "GIF"].contains(name)
        let lacksAlpha = isPicture && count.isMultiple(of: 2) && profile.bands.last?.color != .alpha
        if name == "JPEG", profile.alphaBand != nil {
            throw RasterError(
                .unsupportedShape, file: file, "JPEG keeps no opacity, and the image has some.",
                remedy: "Write .png or .tif.")
        }
        if !limits.bands.contains(count) || lacksAlpha || (name == "JPEG" || name == "BMP") && count == 2 {
            let fit = limits.bands.upperBound == 1 ? "1 band" : name == "WEBP" ? "3 bands" : "1 or 3 bands"
            throw RasterError(
                .unsupportedShape, file: file, "\(name) cannot store \(count) bands as one image.",
                remedy: "Write .tif and choose \(fit) with gdal_translate -b.")
        }
        if max(profile.width, profile.height) > limits.side {
            throw RasterError(
                .unsupportedShape, file: file,
                "\(name) stores at most \(limits.side) pixels a side, not \(profile.width)×\(profile.height).",
                remedy: "Use another format such as .tif.")
        }
    }
}
