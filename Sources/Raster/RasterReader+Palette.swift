import CGDAL

extension RasterReader {
    /// A colour of 8 bits each.
    package struct PaletteColor: Hashable, Sendable {
        /// The three parts.
        package let red: UInt8, green: UInt8, blue: UInt8
    }

    /// The colours that the numbers of a band stand for; empty where they stand for themselves.
    ///
    /// - Parameter band: from 0.
    package func palette(of band: Int) throws -> [PaletteColor] {
        try pool.withImage { image, _ in
            guard let handle = GDALGetRasterBand(image.dataset, Int32(band + 1)),
                let table = GDALGetRasterColorTable(handle)
            else { return [] }
            return (0..<GDALGetColorEntryCount(table)).map { index in
                var entry = GDALColorEntry()
                _ = GDALGetColorEntryAsRGB(table, index, &entry)
                return PaletteColor(
                    red: UInt8(clamping: entry.c1), green: UInt8(clamping: entry.c2), blue: UInt8(clamping: entry.c3))
            }
        }
    }
}
