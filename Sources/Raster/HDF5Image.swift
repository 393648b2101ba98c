import CGDAL

/// An image in an HDF5 file: which array, and which of its axes are rows, columns and bands.
///
/// Only one thread may use it or ``HDF5File`` at a time.
struct HDF5Image: Sendable {
    let file: String
    private let array: StoredArray
    private let axes: CubeAxes
    /// One for each band, or none.
    private let wavelengths: [Wavelength]

    /// Finds the image that a selection means.
    init(_ file: String, selection: ArraySelection?, messages: GDALMessages) throws(RasterError) {
        let container = try HDF5File(file, messages: messages)
        let arrays = container.arrays()
        let array = try StoredArray.chosen(from: arrays, by: selection, file: file)
        let counts = Set(arrays.filter(\.isWavelengths).map(\.placeCount))
        let axes = try CubeAxes(of: array, selection: selection, wavelengthCounts: counts, file: file)
        let bands = axes.band.map { array.lengths[$0] } ?? 1
        wavelengths = Wavelength.list(bands: bands, beside: array, in: arrays) { container.list($0) }
        (self.file, self.array, self.axes) = (file, array, axes)
    }

    /// How many images the array holds, and the (bands, rows, columns) of each.
    var count: Int { axes.stack.map { array.lengths[$0.axis] } ?? 1 }
    var size: (bands: Int, height: Int, width: Int) {
        (axes.band.map { array.lengths[$0] } ?? 1, array.lengths[axes.row], array.lengths[axes.column])
    }

    /// An axis of the array as HDF5 counts.
    private func stored(_ axis: Int) -> Int { array.isMATLAB ? array.lengths.count - 1 - axis : axis }

    /// The array, open.
    final class Handle {
        let dataset: GDALDatasetH
        private let image: HDF5Image
        private let array: GDALMDArrayH

        fileprivate init(_ image: HDF5Image, messages: GDALMessages) throws(RasterError) {
            let container = try HDF5File(image.file, messages: messages)
            array = try container.open(image.array.name, messages: messages)
            self.image = image
            guard let dataset = image.dataset(of: array) else {
                GDALMDArrayRelease(array)
                throw RasterError(
                    .damaged, file: image.file, "\(image.array.description) can't be read as an image.",
                    remedy: "Fetch the file again.", cause: messages.cause)
            }
            self.dataset = dataset
        }

        deinit {
            GDALClose(dataset)
            GDALMDArrayRelease(array)
        }

        /// Reads a window of consecutive bands, (C, H, W): all of them at once, as bands of one pixel may lie together.
        ///
        /// - Parameter index: the place in a stack; that of the selection when nil.
        func read<Sample: RasterSample>(
            _ window: Window, bands: Range<Int>, at index: Int? = nil, into pixels: UnsafeMutablePointer<Sample>
        ) -> Bool {
            let rank = image.array.lengths.count
            var start = [GUInt64](repeating: 0, count: rank)
            var count = [Int](repeating: 1, count: rank)
            var strides = [GPtrDiff_t](repeating: 0, count: rank)
            func set(_ axis: Int, _ first: Int, _ length: Int, _ stride: Int) {
                let axis = image.stored(axis)
                (start[axis], count[axis], strides[axis]) = (GUInt64(first), length, GPtrDiff_t(stride))
            }
            set(image.axes.row, window.row, window.height, window.width)
            set(image.axes.column, window.column, window.width, 1)
            if let band = image.axes.band { set(band, bands.lowerBound, bands.count, window.pixelCount) }
            if let stack = image.axes.stack { set(stack.axis, index ?? stack.index, 1, 0) }
            let type = GDALExtendedDataTypeCreate(Sample.sampleType.gdalType)
            defer { GDALExtendedDataTypeRelease(type) }
            return GDALMDArrayRead(array, start, count, nil, strides, type, pixels, nil, 0) != 0
        }
    }

    /// Opens the array.
    func open(messages: GDALMessages) throws(RasterError) -> Handle { try Handle(self, messages: messages) }

    /// The image as a dataset of GDAL's other interface, which knows types, nodata and place.
    private func dataset(of array: GDALMDArrayH) -> GDALDatasetH? {
        guard let stack = axes.stack else {
            return GDALMDArrayAsClassicDataset(array, stored(axes.column), stored(axes.row))
        }
        let place = stored(stack.axis)
        let expression = (0..<self.array.lengths.count).map { $0 == place ? "\(stack.index)" : ":" }
        guard let view = GDALMDArrayGetView(array, "[\(expression.joined(separator: ","))]") else { return nil }
        defer { GDALMDArrayRelease(view) }
        func inView(_ axis: Int) -> Int { stored(axis) > place ? stored(axis) - 1 : stored(axis) }
        return GDALMDArrayAsClassicDataset(view, inView(axes.column), inView(axes.row))
    }

    /// Puts into a profile what GDAL does not know.
    func complete(_ profile: inout RasterProfile) {
        profile.driver = array.isMATLAB ? "MAT" : "HDF5"
        for index in profile.bands.indices {
            // Places along the axes, which say nothing new.
            profile.bands[index].metadata = profile.bands[index].metadata.filter { !$0.key.hasPrefix("DIM_") }
            if !wavelengths.isEmpty { profile.bands[index].wavelength = wavelengths[index] }
        }
    }
}
