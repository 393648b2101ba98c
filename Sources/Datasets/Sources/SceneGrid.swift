import Raster

/// How the pixels of a multispectral image lie on those of PAN, brought to whole PAN pixels.
///
/// The rest, at most half a PAN pixel, is left: after Wald's protocol, which makes pixels larger by the ratio, it is
/// less than an eighth of a pixel for a ratio of 4.
struct SceneGrid: Sendable {
    /// Size of a multispectral pixel in PAN pixels.
    let ratio: Int
    /// The multispectral pixels that PAN covers wholly.
    let ms: Window
    /// The PAN pixels of these.
    let pan: Window
    /// The PAN pixel, counted in ``pan``, on which the first multispectral sample lies.
    let phase: (rows: Double, columns: Double)

    /// Finds how two images lie to each other: by their georeference, else by their sizes.
    ///
    /// - Parameter sharesEdges: whether the edges of images without georeference lie on each other, not as the field's toolboxes
    ///   have it.
    /// - Throws: ``DatasetError/Code/grid``.
    init(pan: RasterReader, ms: RasterReader, sharesEdges: Bool = false) throws(DatasetError) {
        func fail(_ problem: String, _ remedy: String) -> DatasetError {
            DatasetError(.grid, ms.file, problem, remedy: remedy)
        }
        let (panProfile, msProfile) = (pan.profile, ms.profile)
        let (columns, rows): (Double, Double)
        let corner: (column: Double, row: Double)
        let isGeoreferenced: Bool
        if let panTransform = panProfile.geoTransform, let msTransform = msProfile.geoTransform,
            let toPAN = panTransform.inverse?.after(msTransform)
        {
            guard Projection.areSame(panProfile.projection, msProfile.projection) else {
                throw fail(
                    "it is in \(Projection.shortName(msProfile.projection)), \(pan.file) in "
                        + "\(Projection.shortName(panProfile.projection)).", "Bring one to the other with gdalwarp.")
            }
            let turn = max(
                abs(toPAN.rowStepX) * Double(msProfile.height), abs(toPAN.columnStepY) * Double(msProfile.width))
            guard turn <= 0.1 else {
                throw fail("its grid is turned against that of \(pan.file).", "Bring both to one with gdalwarp.")
            }
            (columns, rows) = (toPAN.columnStepX, toPAN.rowStepY)
            corner = (toPAN.originX, toPAN.originY)
            isGeoreferenced = true
        } else {
            columns = Double(panProfile.width) / Double(msProfile.width)
            rows = Double(panProfile.height) / Double(msProfile.height)
            corner = (0, 0)
            isGeoreferenced = false
        }
        let ratio = columns.rounded()
        let drift = max(
            abs(columns - ratio) * Double(msProfile.width), abs(rows - ratio) * Double(msProfile.height))
        guard drift <= 0.1, (1...1000).contains(ratio) else {
            throw fail(
                "one of its pixels is \(columns) × \(rows) pixels of \(pan.file), which is no whole ratio.",
                "Resample it to one with gdalwarp -tr, or crop both to the same area.")
        }
        guard abs(corner.column) < 1e9, abs(corner.row) < 1e9 else {
            throw fail("it shows another place than \(pan.file).", "Give two images of one place.")
        }
        self.ratio = Int(ratio)
        // Without georeference the field's toolboxes put sample k on pixel r·k + r/2.
        let half = isGeoreferenced || sharesEdges ? (ratio - 1) / 2 : (ratio / 2).rounded(.down)
        phase = (
            half + corner.row - corner.row.rounded(), half + corner.column - corner.column.rounded()
        )
        let offset = (column: Int(corner.column.rounded()), row: Int(corner.row.rounded()))
        let columnsCovered = Self.covered(msProfile.width, panProfile.width, offset.column, self.ratio)
        let rowsCovered = Self.covered(msProfile.height, panProfile.height, offset.row, self.ratio)
        guard !columnsCovered.isEmpty, !rowsCovered.isEmpty else {
            throw fail("it shows another place than \(pan.file).", "Give two images of one place.")
        }
        self.ms = Window(columns: columnsCovered, rows: rowsCovered)
        self.pan = self.ms.scaled(by: self.ratio).shifted(columns: offset.column, rows: offset.row)
    }

    /// The multispectral pixels of an axis that lie within PAN.
    private static func covered(_ count: Int, _ panCount: Int, _ offset: Int, _ ratio: Int) -> Range<Int> {
        let first = max(0, (-offset + ratio - 1) / ratio)
        let end = panCount > offset ? min(count, (panCount - offset) / ratio) : 0
        return first..<max(first, end)
    }
}
