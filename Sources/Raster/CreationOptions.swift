import CGDAL

/// The `KEY=VALUE` options with which a driver creates a file: the caller's, completed by our defaults.
struct CreationOptions {
    private(set) var texts: [String]

    /// Checks the caller's options with the driver and adds defaults for what they leave open.
    ///
    /// GeoTIFF: tiles of 256 (512 for large images), DEFLATE with a predictor, BigTIFF when the size asks for it.
    /// JPEG 2000: without loss; GDAL's default throws three quarters of the data away.
    /// - Throws: ``RasterError/Code/invalidOption`` with GDAL's text.
    init(_ texts: [String], format: RasterFormat, profile: RasterProfile, file: String) throws(RasterError) {
        self.texts = texts
        if let malformed = texts.first(where: { !$0.contains("=") || $0.hasPrefix("=") }) {
            throw RasterError(
                .invalidOption, file: file, "the creation option \"\(malformed)\" has no value.",
                remedy: "Write it as KEY=VALUE.")
        }
        let (isValid, cause) = GDALMessages.collect { messages in
            let isValid = withStringList(texts) { list in
                GDALValidateCreationOptions(format.driver, list) != 0
            }
            return (isValid, messages.cause)
        }
        if !isValid {
            throw RasterError(
                .invalidOption, file: file,
                "\(format.name) refuses the creation options \(texts.joined(separator: " ")).",
                remedy: "See https://gdal.org/drivers/raster/\(format.name.lowercased()).html.", cause: cause)
        }
        switch format.name {
        case "GTiff": addGeoTIFFDefaults(profile)
        case "COG":
            addCompression(profile, predictor: "YES")
            add("BIGTIFF", "IF_SAFER")
        case "JP2OpenJPEG" where value(of: "QUALITY") == nil && value(of: "REVERSIBLE") == nil:
            add("QUALITY", "100")
            add("REVERSIBLE", "YES")
        default: break
        }
    }

    /// The options of the intermediate GeoTIFF from which a format is copied: quick, and lossless.
    init(scratchFor profile: RasterProfile) {
        texts = ["COMPRESS=DEFLATE", "ZLEVEL=1"]
        addGeoTIFFDefaults(profile)
    }

    /// The value of an option; keys are the same in any case.
    func value(of key: String) -> String? {
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts[0].uppercased() == key { return String(parts[1]) }
        }
        return nil
    }

    private mutating func add(_ key: String, _ value: String) {
        if self.value(of: key) == nil { texts.append("\(key)=\(value)") }
    }

    private mutating func addCompression(_ profile: RasterProfile, predictor: String) {
        if value(of: "COMPRESS") != nil { return }
        add("COMPRESS", "DEFLATE")
        // Predictors work on whole bytes.
        if value(of: "NBITS") == nil { add("PREDICTOR", predictor) }
    }

    private mutating func addGeoTIFFDefaults(_ profile: RasterProfile) {
        let isTiled = value(of: "TILED").map { ["YES", "TRUE", "ON", "1"].contains($0.uppercased()) }
        if isTiled ?? (max(profile.width, profile.height) > 256) {
            // A tile of all bands should stay small beside GDAL's cache.
            let pixel = saturatingProduct(profile.bands.count, profile.sampleType.byteCount)
            let sides = min(profile.width, profile.height) >= 2048 ? [512, 256, 128, 64] : [256, 128, 64]
            let side = sides.first { saturatingProduct(pixel, $0 * $0) <= 16 << 20 } ?? 32
            add("TILED", "YES")
            add("BLOCKXSIZE", "\(side)")
            add("BLOCKYSIZE", "\(side)")
        }
        addCompression(profile, predictor: profile.sampleType.isFloatingPoint ? "3" : "2")
        add("BIGTIFF", "IF_SAFER")
        // GDAL takes the fourth of four bands for alpha unless told otherwise; near infrared is none.
        let colors = profile.bands.map(\.color)
        if value(of: "PHOTOMETRIC") == nil {
            add("PHOTOMETRIC", colors.starts(with: [.red, .green, .blue]) ? "RGB" : "MINISBLACK")
            add("ALPHA", "NO")
        }
    }
}
