import FusionKit

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
