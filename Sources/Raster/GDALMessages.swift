import CGDAL

/// What GDAL says on this thread while a piece of work runs, kept away from standard error.
///
/// GDAL reports through a callback on the thread that works; handlers form a stack of each thread, so collectors of
/// several threads do not meet.
final class GDALMessages {
    private(set) var texts: [String] = []
    private(set) var failed = false

    /// The messages as an error's cause; nil when there are none.
    var cause: GDALFailure? { texts.isEmpty ? nil : GDALFailure(messages: texts) }

    fileprivate func add(_ severity: CPLErr, _ text: String) {
        if severity == CE_Failure || severity == CE_Fatal { failed = true }
        // A damaged file can complain once for each of its blocks.
        if texts.count < 8, !texts.contains(text) { texts.append(text) }
    }

    /// Runs GDAL calls and hands them the collector of what they say.
    static func collect<Result>(_ work: (GDALMessages) throws -> Result) rethrows -> Result {
        RasterLibrary.prepare()
        let messages = GDALMessages()
        return try withExtendedLifetime(messages) {
            CPLErrorReset()
            CPLPushErrorHandlerEx(
                { severity, _, text in
                    guard severity != CE_None, severity != CE_Debug, let data = CPLGetErrorHandlerUserData() else {
                        return
                    }
                    let messages = Unmanaged<GDALMessages>.fromOpaque(data).takeUnretainedValue()
                    messages.add(severity, text.map { String(cString: $0) } ?? "unknown error")
                },
                Unmanaged.passUnretained(messages).toOpaque())
            defer { CPLPopErrorHandler() }
            return try work(messages)
        }
    }
}
