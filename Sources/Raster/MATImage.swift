import CGDAL

/// An image in a MAT file, read into memory as a whole: what is packed can only be unpacked from its beginning.
struct MATImage: Sendable {
    private let variable: MATVariable
    private let axes: CubeAxes
    /// One for each band, or none.
    private let wavelengths: [Wavelength]

    /// Finds and reads the image that a selection means.
    init(_ file: String, selection: ArraySelection?) throws(RasterError) {
        let container = try MATFile(file)
        let arrays = container.arrays
        let array = try StoredArray.chosen(from: arrays, by: selection, file: file)
        axes = try CubeAxes(of: array, selection: selection, wavelengthCounts: [], file: file)
        wavelengths = Wavelength.list(
            bands: axes.band.map { array.lengths[$0] } ?? 1, beside: array, in: arrays
        ) { list in (try? container.variable(list)).map { ($0.values, "") } }
        variable = try container.variable(array)
    }

    /// The image as one of GDAL's in memory, which uses the numbers where they are.
    ///
    /// - Returns: nil when GDAL refuses; else a dataset that must not outlive the image.
    func open() -> GDALDatasetH? {
        let lengths = variable.array.lengths
        guard lengths[axes.row] <= Int(Int32.max), lengths[axes.column] <= Int(Int32.max),
            let dataset = GDALCreate(
                GDALGetDriverByName("MEM"), "", Int32(lengths[axes.column]), Int32(lengths[axes.row]), 0,
                variable.type.gdalType, nil)
        else { return nil }
        let size = variable.type.byteCount
        /// Bytes from one place of an axis to the next.
        func step(_ axis: Int) -> Int { lengths[..<axis].reduce(size, *) }
        let first = variable.data + (axes.stack.map { $0.index * step($0.axis) } ?? 0)
        for band in 0..<(axes.band.map { lengths[$0] } ?? 1) {
            let place = UInt(bitPattern: first + (axes.band.map { band * step($0) } ?? 0))
            let options = [
                "DATAPOINTER=0x" + String(place, radix: 16), "PIXELOFFSET=\(step(axes.column))",
                "LINEOFFSET=\(step(axes.row))",
            ]
            let isAdded = withStringList(options) { GDALAddBand(dataset, variable.type.gdalType, $0) == CE_None }
            guard isAdded, let handle = GDALGetRasterBand(dataset, Int32(band + 1)) else {
                GDALClose(dataset)
                return nil
            }
            if variable.type == .int8 { GDALSetMetadataItem(handle, "PIXELTYPE", "SIGNEDBYTE", "IMAGE_STRUCTURE") }
        }
        return dataset
    }

    /// Puts into a profile what GDAL does not know.
    func complete(_ profile: inout RasterProfile) {
        profile.driver = "MAT"
        for (index, wavelength) in wavelengths.enumerated() { profile.bands[index].wavelength = wavelength }
    }
}
