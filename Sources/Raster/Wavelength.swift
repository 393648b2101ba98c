/// The light that a band of a spectrometer sees.
public struct Wavelength: Hashable, Sendable {
    /// The centre, in ``unit``.
    public var centre: Double
    /// Full width at half maximum, in ``unit``; nil when unknown.
    public var width: Double?
    /// The unit as the file spells it, such as "Nanometers"; empty when unknown.
    public var unit: String

    /// A wavelength; ENVI spells units "Nanometers" and "Micrometers".
    public init(centre: Double, width: Double? = nil, unit: String = "") {
        (self.centre, self.width, self.unit) = (centre, width, unit)
    }

    /// The centre in nanometres; nil where the unit is none of length.
    public var nanometres: Double? { Self.nanometres(of: unit).map { centre * $0 } }

    /// The full width at half maximum in nanometres.
    var widthInNanometres: Double? { Self.nanometres(of: unit).flatMap { factor in width.map { $0 * factor } } }

    /// How many nanometres a unit is.
    private static func nanometres(of unit: String) -> Double? {
        switch standardName(of: unit) {
        case "Nanometers": 1
        case "Micrometers": 1000
        default: nil
        }
    }

    /// A unit as ENVI spells it, where it is one that is known.
    static func standardName(of unit: String) -> String {
        switch unit.lowercased() {
        case "nm", "nanometer", "nanometers", "nanometre", "nanometres": "Nanometers"
        case "um", "µm", "μm", "micron", "microns", "micrometer", "micrometers", "micrometre", "micrometres":
            "Micrometers"
        default: unit
        }
    }

    /// The wavelength that a band's name ends with, as in "408.5 nm" or "Band 12 (0.4085 Micrometers)".
    init?(inName name: String) {
        var rest = name[...]
        if rest.last == ")" {
            guard let bracket = rest.lastIndex(of: "(") else { return nil }
            rest = rest[rest.index(after: bracket)...].dropLast()
        }
        let words = rest.split(separator: " ")
        guard words.count == 2, let centre = Double(words[0]), centre > 0, centre.isFinite,
            Self.nanometres(of: String(words[1])) != nil
        else { return nil }
        self.init(centre: centre, unit: Self.standardName(of: String(words[1])))
    }

    /// The unit of a list that does not say it: light that is measured has 0.2 to 100 micrometres, in either unit.
    static func likelyUnit(of centres: [Double]) -> String {
        if centres.allSatisfy({ (200...100_000).contains($0) }) { return "Nanometers" }
        return centres.allSatisfy { (0.2...100).contains($0) } ? "Micrometers" : ""
    }
}

extension RasterProfile.Band {
    /// The keys under which GDAL's drivers and programs around them keep wavelengths.
    static let wavelengthKey = "wavelength", wavelengthUnitsKey = "wavelength_units", widthKey = "fwhm"
    static let wavelengthKeys: Set<String> = [wavelengthKey, wavelengthUnitsKey, widthKey]

    /// The wavelength that ``metadata`` gives, as `wavelength`, `wavelength_units` and `fwhm` in any case.
    public var wavelength: Wavelength? {
        get {
            guard let centre = item(Self.wavelengthKey).flatMap(Double.init), centre.isFinite else { return nil }
            let width = item(Self.widthKey).flatMap(Double.init).flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
            return Wavelength(centre: centre, width: width, unit: item(Self.wavelengthUnitsKey) ?? "")
        }
        set {
            metadata = metadata.filter { !Self.wavelengthKeys.contains($0.key.lowercased()) }
            guard let newValue else { return }
            metadata[Self.wavelengthKey] = newValue.centre.shortest
            metadata[Self.widthKey] = newValue.width?.shortest
            if !newValue.unit.isEmpty { metadata[Self.wavelengthUnitsKey] = newValue.unit }
        }
    }

    /// An item of the metadata, whose key may be in any case.
    private func item(_ key: String) -> String? {
        metadata[key] ?? metadata.first { $0.key.lowercased() == key }?.value
    }
}

extension Double {
    /// The fewest digits that give the number again, without a fraction of nought.
    var shortest: String {
        let text = "\(self)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
