import Raster
import Sensors

/// Which bands people want to see, by what is known of them.
enum BandChoice {
    /// The bands of an image, with what the sensor knows where the file says nothing.
    static func bands(of profile: RasterProfile, at indices: [Int], sensor: Sensor?) -> [ComparisonView.Band] {
        let known = sensor?.bands.count == indices.count ? sensor?.bands : nil
        return indices.enumerated().map { place, index in
            let band = profile.bands[index]
            let ofSensor = known?[place]
            let centre = ofSensor.map { ($0.wavelengths.lowerBound + $0.wavelengths.upperBound) / 2 }
            return ComparisonView.Band(
                name: band.name.isEmpty ? ofSensor?.name ?? "Band \(place + 1)" : band.name,
                wavelength: band.wavelength?.nanometres ?? centre)
        }
    }

    /// Colours as the eye sees them, then with near infrared as red.
    static func compositions(of bands: [ComparisonView.Band]) -> [ComparisonView.Composition] {
        guard bands.count >= 3 else { return [] }
        let visible = [650.0, 550, 480]
        let infrared = [850.0, 650, 550]
        var result: [ComparisonView.Composition] = []
        if let natural = nearest(visible, bands) {
            result.append(.init(name: "true colour", bands: natural))
            if let colours = nearest(infrared, bands) { result.append(.init(name: "false colour", bands: colours)) }
        } else {
            // Blue, green, red, near infrared; or coastal, blue, green, yellow, red and more; or red, green, blue.
            let natural = bands.count == 3 ? [0, 1, 2] : bands.count < 5 ? [2, 1, 0] : [4, 2, 1]
            result.append(.init(name: "true colour", bands: natural))
            if bands.count > 3 {
                let near = bands.count < 8 ? bands.count - 1 : 6
                result.append(.init(name: "false colour", bands: [near, natural[0], natural[1]]))
            }
        }
        return result
    }

    /// The bands nearest to three wavelengths; nil where they are not known, or two of them would be one.
    private static func nearest(_ wavelengths: [Double], _ bands: [ComparisonView.Band]) -> [Int]? {
        let centres = bands.compactMap(\.wavelength)
        guard centres.count == bands.count else { return nil }
        let chosen = wavelengths.map { wanted in
            let places = centres.indices.sorted { abs(centres[$0] - wanted) < abs(centres[$1] - wanted) }
            return places[0]
        }
        let isNear = zip(chosen, wavelengths).allSatisfy { abs(centres[$0] - $1) < 80 }
        return isNear && Set(chosen).count == 3 ? chosen : nil
    }
}
