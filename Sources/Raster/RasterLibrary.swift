import CGDAL

/// The GDAL library that reads and writes every image.
public enum RasterLibrary {
    /// GDAL's release name, such as "3.6.2".
    public static var version: String { String(cString: GDALVersionInfo("RELEASE_NAME")) }

    /// Limits the memory in which GDAL keeps decoded blocks, for all files of the process together.
    ///
    /// GDAL's own limit is 5 % of the machine's memory, or what the environment's `GDAL_CACHEMAX` says. A caller that
    /// has a budget gives GDAL a modest part of it (an eighth, say): reading by windows needs no more than the
    /// blocks that one row of windows touches.
    ///
    /// - Parameter bytes: the limit; below 1 MiB it becomes 1 MiB.
    public static func setCacheLimit(bytes: Int) {
        prepare()
        GDALSetCacheMax64(GIntBig(max(bytes, 1 << 20)))
    }

    /// The limit in force, in bytes.
    public static var cacheLimit: Int {
        prepare()
        return Int(GDALGetCacheMax64())
    }

    /// Registers the drivers once. Threads of GDAL's own (`NUM_THREADS`) report to the handler of the process, which
    /// would print: it is silenced, as failures also reach the call that they make fail.
    static func prepare() { prepared }

    private static let prepared: Void = {
        CPLSetErrorHandler(CPLQuietErrorHandler)
        // A JPEG file that ends early would else be read as if its lower part were grey.
        let strict = "GDAL_ERROR_ON_LIBJPEG_WARNING"
        if CPLGetConfigOption(strict, nil) == nil { CPLSetConfigOption(strict, "TRUE") }
        GDALAllRegister()
    }()
}

/// The strings of a null-terminated list of C strings, as GDAL hands them out.
func strings(of list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> [String] {
    guard let list else { return [] }
    var result: [String] = []
    var index = 0
    while let text = list[index] {
        result.append(String(cString: text))
        index += 1
    }
    return result
}

/// Lends strings as GDAL's null-terminated list.
func withStringList<Result>(
    _ texts: [String], _ work: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) throws -> Result
) rethrows -> Result {
    var list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    for text in texts { list = CSLAddString(list, text) }
    defer { CSLDestroy(list) }
    return try work(list)
}

/// The `KEY=VALUE` strings of a list as a dictionary.
func dictionary(of list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> [String: String] {
    var result: [String: String] = [:]
    for text in strings(of: list) {
        guard let equals = text.firstIndex(of: "=") else { continue }
        result[String(text[..<equals])] = String(text[text.index(after: equals)...])
    }
    return result
}
