import FusionKit

/// A part of an image file as indices read it; alpha is no band, and tells with nodata values and masks what is known.
struct RasterPixels: PixelReader {
    let reader: RasterReader
    let window: Window
    private let dataBands: [Int]

    /// - Parameter window: the part; the whole image when nil.
    init(_ reader: RasterReader, window: Window? = nil) {
        self.reader = reader
        self.window = window ?? reader.profile.window
        dataBands = reader.profile.dataBands
    }

    var bands: Int { dataBands.count }
    var height: Int { window.height }
    var width: Int { window.width }

    func read(_ region: PixelRegion) throws -> PixelSamples {
        let part = Window(columns: region.columns, rows: region.rows)
            .shifted(columns: window.column, rows: window.row)
        let (values, valid) = try reader.samples(part, dataBands)
        return PixelSamples(
            Image(bands: bands, height: part.height, width: part.width, values: values),
            isValid: valid.flatMap { $0.contains(0) ? $0 : nil })
    }
}

extension RasterReader {
    /// Throws when the pixels of another image do not lie on those of a window of this one; says when they lie a little
    /// beside.
    func checkGrid(of other: RasterReader, window: Window, talk: Talk) throws {
        guard let place = profile.geoTransform?.of(window), let otherPlace = other.profile.geoTransform else { return }
        guard Projection.areSame(profile.projection, other.profile.projection) else {
            throw Failure(
                .data,
                "\(other.file) is in \(Projection.shortName(other.profile.projection)), \(file) in "
                    + "\(Projection.shortName(profile.projection)). Bring one to the other's projection with gdalwarp.")
        }
        guard let toThis = place.inverse?.after(otherPlace) else { return }
        let far = toThis.position(column: Double(window.width), row: Double(window.height))
        let shifts = [toThis.originX, toThis.originY, far.x - Double(window.width), far.y - Double(window.height)]
        let shift = String(format: "%.2f columns, %.2f rows", toThis.originX, toThis.originY)
        guard shifts.allSatisfy({ abs($0) < 0.5 }) else {
            throw Failure(
                .data,
                "The pixels of \(other.file) do not lie on those of \(file): they begin \(shift) away. "
                    + "Cut both to the same area with gdal_translate -projwin.")
        }
        // Reduced PAN of some products lies a fraction of a pixel beside its truth: comparable, but not without a word.
        if shifts.contains(where: { abs($0) > 0.05 }) {
            talk.warn(
                "the pixels of \(other.file) lie \(shift) beside those of \(file); each is compared with the nearest.")
        }
    }
}
