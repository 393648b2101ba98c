import CGDAL
import Foundation

/// Where the pixels of a name come from.
enum ImageSource: Sendable {
    /// What GDAL opens as an image.
    case image(String)
    /// An array of an HDF5 file, read by windows.
    case hdf5(HDF5Image)
    /// A variable of a MAT file, in memory.
    case mat(MATImage)

    /// Finds out what a name means.
    init(_ name: String, messages: GDALMessages) throws(RasterError) {
        let (file, text) = ArraySelection.split(name) ?? (name, nil)
        guard FileSystem.isRegular(file) else {
            self = .image(name)
            return
        }
        let selection = try text.map { text throws(RasterError) in
            guard let selection = ArraySelection(text) else {
                throw RasterError(
                    .unclearImage, file: name, "\"\(text)\" names no array.",
                    remedy:
                        "Write \(file):/NAME, with [0] for the first image of a stack and @hwc for the order of axes.")
            }
            return selection
        }
        if HDF5File.isHDF5(file) {
            if selection != nil || Self.isPlainHDF5(file) {
                HDF5File.lock.lock()
                defer { HDF5File.lock.unlock() }
                self = .hdf5(try HDF5Image(file, selection: selection, messages: messages))
                return
            }
        } else if MATFile.isMAT(file) {
            self = .mat(try MATImage(file, selection: selection))
            return
        }
        self = .image(selection == nil ? ENVIHeader.pixels(of: file) ?? file : name)
    }

    /// Whether GDAL reads it with the HDF5 library, be it through another driver.
    var usesHDF5: Bool {
        switch self {
        case .hdf5: true
        case .mat: false
        case .image(let file):
            HDF5File.isHDF5(file) || ["HDF5:", "NETCDF:", "BAG:", "KEA:"].contains { file.hasPrefix($0) }
        }
    }

    /// Whether no driver but that for HDF5 in general knows a file: netCDF, KEA and others have conventions of their own.
    private static func isPlainHDF5(_ file: String) -> Bool {
        guard let driver = GDALIdentifyDriverEx(file, UInt32(GDAL_OF_RASTER), nil, nil),
            let name = GDALGetDriverShortName(driver)
        else { return true }
        return String(cString: name).hasPrefix("HDF5")
    }
}

/// An open image, for one thread at a time.
struct OpenImage {
    /// What GDAL knows of it.
    let dataset: GDALDatasetH
    /// The array that the pixels are read from, where that is better than through ``dataset``.
    let array: HDF5Image.Handle?

    /// Closes it; an array closes itself.
    func close() { if array == nil { GDALClose(dataset) } }
}
