import CGDAL
import Foundation

/// Open handles of one image, each used by one thread at a time.
///
/// A GDAL handle must not be used by two threads at once, but may move from one to the next. So a read takes an idle
/// handle, or opens one more, and gives it back: there are as many as there were reads at the same time.
///
/// `@unchecked Sendable`: `idle` is touched under `lock` only, and a handle that was taken out belongs to its taker.
final class DatasetPool: @unchecked Sendable {
    private let file: String
    private let source: ImageSource
    private let usesHDF5: Bool
    private let lock = NSLock()
    private var idle: [OpenImage] = []

    /// Finds out what the name of an image means; a MAT file is read.
    init(file: String) throws {
        self.file = file
        source = try GDALMessages.collect { try ImageSource(file, messages: $0) }
        usesHDF5 = source.usesHDF5
    }

    deinit {
        let handles = idle
        idle = []
        exclusively { GDALMessages.collect { _ in handles.forEach { $0.close() } } }
    }

    /// Lends a handle, and the messages of GDAL while it is used.
    func withImage<Result>(_ work: (OpenImage, GDALMessages) throws -> Result) throws -> Result {
        try exclusively {
            try GDALMessages.collect { messages in
                let taken = lock.withLock { idle.popLast() }
                let image = try taken ?? open(messages)
                defer { lock.withLock { idle.append(image) } }
                return try work(image, messages)
            }
        }
    }

    /// What the image says of itself.
    func profile() throws -> RasterProfile {
        var profile = try withImage { image, _ in try RasterProfile(dataset: image.dataset, file: file) }
        switch source {
        case .image: break
        case .hdf5(let image): image.complete(&profile)
        case .mat(let image): image.complete(&profile)
        }
        return profile
    }

    /// The files that the image is made of.
    func files() throws -> [String] {
        if case .image = source {
            return try withImage { image, _ in
                let list = GDALGetFileList(image.dataset)
                defer { CSLDestroy(list) }
                return strings(of: list)
            }
        }
        return [ArraySelection.split(file)?.file ?? file]
    }

    /// Keeps other threads away from a library that is not made for them.
    private func exclusively<Result>(_ work: () throws -> Result) rethrows -> Result {
        guard usesHDF5 else { return try work() }
        HDF5File.lock.lock()
        defer { HDF5File.lock.unlock() }
        return try work()
    }

    private func open(_ messages: GDALMessages) throws(RasterError) -> OpenImage {
        switch source {
        case .image(let file):
            return OpenImage(dataset: try Self.open(file, messages: messages), array: nil)
        case .hdf5(let image):
            let handle = try image.open(messages: messages)
            return OpenImage(dataset: handle.dataset, array: handle)
        case .mat(let image):
            if let dataset = image.open() { return OpenImage(dataset: dataset, array: nil) }
            throw RasterError(
                .damaged, file: file, "GDAL can't take its numbers for an image.", remedy: "Look at the cause.",
                cause: messages.cause)
        }
    }

    private static func open(_ file: String, messages: GDALMessages) throws(RasterError) -> GDALDatasetH {
        var status = stat()
        if stat(file, &status) == 0, [S_IFIFO, S_IFSOCK, S_IFCHR].contains(status.st_mode & S_IFMT) {
            throw RasterError(
                .notAnImage, file: file, "it is a pipe or a device, not a file.",
                remedy: "Write the image to a file first.")
        }
        // Without this, handles of one VRT share the handles of its sources, across our threads.
        CPLSetThreadLocalConfigOption("VRT_SHARED_SOURCE", "NO")
        defer { CPLSetThreadLocalConfigOption("VRT_SHARED_SOURCE", nil) }
        guard let dataset = GDALOpenEx(file, fusionkitReadOnlyRasterFlags(), nil, nil, nil) else {
            throw openingFailure(file, messages: messages)
        }
        return dataset
    }

    private static func openingFailure(_ file: String, messages: GDALMessages) -> RasterError {
        if !file.hasPrefix("/vsi"), let error = localFailure(file, messages: messages) { return error }
        if let driver = GDALIdentifyDriverEx(file, UInt32(GDAL_OF_RASTER), nil, nil) {
            let name = GDALGetDriverShortName(driver).map { String(cString: $0) } ?? ""
            return RasterError(
                .damaged, file: file, "it begins like a \(name) image, but is truncated or damaged.",
                remedy: "Fetch the file again.", cause: messages.cause)
        }
        return RasterError(
            .notAnImage, file: file, "it is not an image that GDAL \(RasterLibrary.version) can read.",
            remedy: "Give a GeoTIFF or another raster format.", cause: messages.cause)
    }

    /// What the file system alone can tell.
    private static func localFailure(_ file: String, messages: GDALMessages) -> RasterError? {
        var status = stat()
        guard stat(file, &status) == 0 else {
            let failure = SystemFailure(call: "stat", errorNumber: errno)
            if failure.errorNumber == EACCES { return notReadable(file, failure) }
            // The name may be that of a part of a file, `NETCDF:"a.nc":x`: then GDAL has said what is wrong.
            return RasterError(
                .notFound, file: file, "there is no such file.", remedy: "Check the path.",
                cause: file.contains(":") ? messages.cause : nil)
        }
        if status.st_mode & S_IFMT == S_IFDIR {
            return RasterError(
                .isDirectory, file: file, "it is a directory, not an image.", remedy: "Name a file in it.")
        }
        if access(file, R_OK) != 0 {
            return notReadable(file, SystemFailure(call: "access", errorNumber: errno))
        }
        if status.st_size == 0 {
            return RasterError(.damaged, file: file, "it is empty (0 bytes).", remedy: "Fetch the file again.")
        }
        return nil
    }

    private static func notReadable(_ file: String, _ failure: SystemFailure) -> RasterError {
        RasterError(
            .notReadable, file: file, "it may not be read.", remedy: "Check its permissions.", cause: failure)
    }
}
