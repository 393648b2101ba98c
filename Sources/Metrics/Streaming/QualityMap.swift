import Sensors

/// Where an image is good and where it is not.
public enum QualityMap: String, Sendable, CaseIterable {
    /// Q2n of each block of 32 × 32 pixels.
    case q2n
    /// The spectral angle of each pixel in degrees; NaN where a spectrum is zero.
    case spectralAngle
    /// Root mean square over bands of the differences, in the unit of the samples.
    case error

    /// Pixels along a pixel of the map.
    public var side: Int { self == .q2n ? Q2n.side : 1 }

    /// What of a tile it is computed from.
    var statistic: PairStatistic { self == .q2n ? .blocks(side: side) : .pixels }

    /// The map of a tile; NaN where something is unknown.
    func values(of tile: PairTile) -> Image {
        if self == .q2n { return Q2n.map(tile) }
        var values: [Double]
        if self == .spectralAngle {
            var angles = SpectralAngles(pixels: tile.region.pixels)
            for band in 0..<tile.reference.bands {
                let planes = tile.planes(band, in: tile.region)
                angles.add(planes.reference.values, planes.fused.values)
            }
            values = angles.degrees
        } else {
            values = [Double](repeating: 0, count: tile.region.pixels)
            for band in 0..<tile.reference.bands {
                let planes = tile.planes(band, in: tile.region)
                for pixel in values.indices {
                    let error = planes.fused.values[pixel] - planes.reference.values[pixel]
                    values[pixel] += error * error
                }
            }
            for pixel in values.indices { values[pixel] = (values[pixel] / Double(tile.reference.bands)).squareRoot() }
        }
        if let isValid = tile.isValid {
            let inside = tile.region.inside(tile.area)
            var pixel = 0
            for row in inside.rows {
                for column in inside.columns {
                    if isValid[row * tile.area.columns.count + column] == 0 { values[pixel] = .nan }
                    pixel += 1
                }
            }
        }
        return Image(bands: 1, height: tile.region.rows.count, width: tile.region.columns.count, values: values)
    }
}
