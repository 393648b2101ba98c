import Sensors

/// An image of many bands whose pixels are combinations of few spectra: X = E·A.
struct SubspaceImage: Sendable {
    /// E, bands × spectra.
    let spectra: Matrix
    /// A, (spectra, H, W).
    let shares: Image

    /// All bands in a region, (C, rows, columns).
    func samples(of region: PixelRegion) -> Image {
        let part = Matrix(shares.cropped(rows: region.rows, columns: region.columns))
        return (spectra * part).image(height: region.rows.count, width: region.columns.count)
    }
}
