/// A stack of images of one shape in an HDF5 file, such as N × C × H × W of training samples, read image by image.
///
/// The file stays open; what is in memory is what is being read.
///
/// `@unchecked Sendable`: the handle is used within `HDF5File.exclusively` only, by one thread at a time.
package final class ImageStack: @unchecked Sendable {
    /// The file and the array in it: "train.h5:/ms".
    package let name: String
    /// How many images there are.
    package let count: Int
    /// Bands, rows and columns of each.
    package let bands: Int, height: Int, width: Int
    private var handle: HDF5Image.Handle?

    /// Opens an array with four axes, the first of which (MATLAB's last) counts the images.
    ///
    /// - Parameters:
    ///   - array: as ``ArrayFile/arrays(of:)`` gives it.
    ///   - order: the other axes, `c` bands, `h` rows, `w` columns; MATLAB's own arrays are always "hwc".
    /// - Throws: ``RasterError``: `unclearImage`, `unsupportedSamples`, `damaged`.
    package init(_ file: String, array: StoredArray, order: String = "chw") throws {
        let name = "\(file):\(array.name)"
        let text = "\(array.name)[0]@\(array.isMATLAB ? "hwc" : order)"
        guard array.lengths.count == 4, let selection = ArraySelection(text) else {
            throw RasterError(
                .unclearImage, file: file, "\(array.description) is no stack of images.",
                remedy: "Give an array of four axes.")
        }
        let (image, handle) = try HDF5File.exclusively {
            try GDALMessages.collect { messages in
                let image = try HDF5Image(file, selection: selection, messages: messages)
                return (image, try image.open(messages: messages))
            }
        }
        (self.name, self.handle) = (name, handle)
        count = image.count
        (bands, height, width) = image.size
    }

    deinit {
        HDF5File.exclusively { GDALMessages.collect { _ in handle = nil } }
    }

    /// Reads an image, (C, H, W).
    ///
    /// - Parameter index: 0 to ``count`` − 1.
    /// - Throws: ``RasterError``: `outsideImage`, `damaged`.
    package func read(_ index: Int) throws -> [Float] {
        guard (0..<count).contains(index) else {
            throw RasterError(
                .outsideImage, file: name, "there is no image \(index), it has \(count).",
                remedy: "Give 0 to \(count - 1).")
        }
        let window = Window(width: width, height: height)
        return try HDF5File.exclusively {
            try GDALMessages.collect { messages in
                let size = bands * window.pixelCount
                return try [Float](unsafeUninitializedCapacity: size) { pixels, count in
                    guard let handle, let start = pixels.baseAddress,
                        handle.read(window, bands: 0..<bands, at: index, into: start)
                    else {
                        throw RasterError(
                            .damaged, file: name, "image \(index) can't be read; the file is truncated or damaged.",
                            remedy: "Fetch the file again.", cause: messages.cause)
                    }
                    count = size
                }
            }
        }
    }
}
