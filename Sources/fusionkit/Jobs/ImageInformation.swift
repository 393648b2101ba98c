import FusionKit

/// What an image file says of itself.
struct ImageInformation: Encodable, CustomStringConvertible {
    struct Band: Encodable {
        let band: Int
        let name: String
        let type: String
        let nodata: Double?
        let color: String
        let wavelength: Double?
        let wavelengthWidth: Double?
        let wavelengthUnit: String?
    }

    let file: String
    let format: String
    let width: Int
    let height: Int
    let bands: [Band]
    let projection: String?
    let projectionName: String
    let geoTransform: [Double]?
    let hasMask: Bool
    let groundControlPoints: Int
    let hasRationalPolynomial: Bool
    let compression: String?
    let metadata: [String: String]

    init(_ file: String) throws {
        let profile = try RasterReader(file).profile
        self.file = file
        format = profile.driver
        width = profile.width
        height = profile.height
        bands = profile.bands.enumerated().map { index, band in
            Band(
                band: index + 1, name: band.name, type: band.sampleType.name, nodata: band.nodata,
                color: band.color.rawValue, wavelength: band.wavelength?.centre,
                wavelengthWidth: band.wavelength?.width,
                wavelengthUnit: band.wavelength.flatMap { $0.unit.isEmpty ? nil : $0.unit })
        }
        projection = profile.projection
        projectionName = Projection.shortName(profile.projection)
        geoTransform = profile.geoTransform?.coefficients
        hasMask = profile.hasMask
        groundControlPoints = profile.groundControl.count
        hasRationalPolynomial = !profile.rationalPolynomial.isEmpty
        compression = profile.compression
        metadata = profile.metadata[""] ?? [:]
    }

    /// The shortest and the longest wavelength, and of how many bands they are known.
    private var wavelengths: String? {
        let known = bands.filter { $0.wavelength != nil }
        let centres = known.compactMap(\.wavelength)
        guard let least = centres.min(), let most = centres.max() else { return nil }
        let units = Set(known.map { $0.wavelengthUnit ?? "of unknown unit" })
        let count = known.count == bands.count ? "" : ", known of \(counted(known.count, "band"))"
        return "\(least.plain) to \(most.plain) \(units.sorted().joined(separator: " or "))\(count)"
    }

    var description: String {
        var lines = [
            "file           \(file) (\(format)\(compression.map { ", \($0)" } ?? ""))",
            "size           \(width) × \(height) pixels, \(counted(bands.count, "band"))",
            "projection     \(projectionName)",
        ]
        if let numbers = geoTransform {
            lines.append("corner         \(numbers[0].plain), \(numbers[3].plain)")
            lines.append("pixel          \(numbers[1].plain), \(numbers[5].plain)")
            if numbers[2] != 0 || numbers[4] != 0 {
                lines.append("rotation       \(numbers[2].plain), \(numbers[4].plain)")
            }
        } else {
            lines.append("georeference   none")
        }
        if let wavelengths { lines.append("wavelengths    \(wavelengths)") }
        if hasMask { lines.append("mask           yes") }
        if groundControlPoints > 0 { lines.append("control        \(groundControlPoints) ground control points") }
        if hasRationalPolynomial { lines.append("control        rational polynomial coefficients") }
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { lines.append("metadata       \(key)=\(value)") }
        var table = TextTable(["band", "name", "type", "nodata", "colour"], numeric: [0, 3])
        table.rows = bands.map { band in
            ["\(band.band)", band.name, band.type, band.nodata?.plain ?? "none", band.color]
        }
        return lines.joined(separator: "\n") + "\n\n" + table.text
    }
}
