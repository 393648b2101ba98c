import CGDAL

/// What pairs of images need to know of projections; a projection is WKT everywhere else.
public enum Projection {
    /// Whether two projections are the same, names and order of axes aside.
    ///
    /// - Parameters:
    ///   - first: WKT; nil for none.
    ///   - second: likewise.
    /// - Returns: true for two equal texts and for none twice; false when a text cannot be understood.
    public static func areSame(_ first: String?, _ second: String?) -> Bool {
        if first == second { return true }
        guard let first, let second else { return false }
        return GDALMessages.collect { _ in
            withReference(first) { one in
                withReference(second) { two in OSRIsSame(one, two) != 0 } ?? false
            } ?? false
        }
    }

    /// A short name for messages: "EPSG:32616" where the projection has or resembles a code, else its name.
    ///
    /// - Parameter wkt: WKT; nil gives "no projection".
    public static func shortName(_ wkt: String?) -> String {
        guard let wkt else { return "no projection" }
        return GDALMessages.collect { _ in
            withReference(wkt) { reference in
                if let code = authorityCode(reference) { return code }
                if OSRAutoIdentifyEPSG(reference) == OGRERR_NONE, let code = authorityCode(reference) { return code }
                return OSRGetName(reference).map { String(cString: $0) } ?? "an unnamed projection"
            } ?? "an unknown projection"
        }
    }

    /// The WKT of a code such as "EPSG:32616" or of anything else that GDAL takes for a projection; nil if nothing.
    public static func wkt(named name: String) -> String? {
        GDALMessages.collect { _ in
            guard let reference = OSRNewSpatialReference(nil) else { return nil }
            defer { OSRDestroySpatialReference(reference) }
            return OSRSetFromUserInput(reference, name) == OGRERR_NONE ? wkt(of: reference) : nil
        }
    }

    /// WKT of the newest kind, which can say everything; nil for none.
    static func wkt(of reference: OGRSpatialReferenceH?) -> String? {
        guard let reference else { return nil }
        return withStringList(["FORMAT=WKT2_2019"]) { options in
            var text: UnsafeMutablePointer<CChar>?
            let constants = options.map { UnsafeRawPointer($0).assumingMemoryBound(to: UnsafePointer<CChar>?.self) }
            let isFine = OSRExportToWktEx(reference, &text, constants) == OGRERR_NONE
            defer { VSIFree(text) }
            guard isFine, let text, text.pointee != 0 else { return nil }
            return String(cString: text)
        }
    }

    private static func authorityCode(_ reference: OGRSpatialReferenceH) -> String? {
        guard let name = OSRGetAuthorityName(reference, nil), let code = OSRGetAuthorityCode(reference, nil) else {
            return nil
        }
        return "\(String(cString: name)):\(String(cString: code))"
    }

    private static func withReference<Result>(_ wkt: String, _ work: (OGRSpatialReferenceH) -> Result) -> Result? {
        guard let reference = OSRNewSpatialReference(wkt) else { return nil }
        defer { OSRDestroySpatialReference(reference) }
        OSRSetAxisMappingStrategy(reference, OAMS_TRADITIONAL_GIS_ORDER)
        return work(reference)
    }
}
