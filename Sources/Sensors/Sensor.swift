/// A band of a sensor: the wavelengths that it lets through and how sharp it is.
public struct SensorBand: Sendable, Hashable {
    /// Name as the operator of the satellite gives it, such as "NIR1".
    public let name: String
    /// Wavelengths between the half-power points, in nanometres.
    public let wavelengths: ClosedRange<Double>
    /// Gain of the modulation transfer function at the Nyquist frequency of the band's own grid, 0 to 1.
    public let mtfGain: Double
}

/// A pair of instruments on one satellite: a panchromatic one and a multispectral one.
///
/// MTF gains are those of the DLPan toolbox (Vivone et al., "A new benchmark based on recent advances in multispectral
/// pansharpening", IEEE GRSM 2021); wavelengths are the operators' published band edges.
public struct Sensor: Sendable, Hashable {
    /// Short name used on the command line, such as "WV3".
    public let name: String
    /// Full name, such as "WorldView-3".
    public let title: String
    /// Other spellings that ``named(_:)`` accepts.
    public let aliases: [String]
    /// The multispectral bands in the order of the product's files.
    public let bands: [SensorBand]
    /// The panchromatic band.
    public let panchromatic: SensorBand
    /// Size of a multispectral pixel in panchromatic pixels.
    public let ratio: Int
    /// Bits of a digital number as delivered.
    public let bits: Int

    /// Gains of the multispectral bands at Nyquist.
    public var mtfGains: [Double] { bands.map(\.mtfGain) }

    /// The largest digital number, 2^bits − 1.
    public var peak: Double { Double((1 << bits) - 1) }
}

extension Sensor {
    /// The sensor of a name or an alias, upper or lower case; nil when there is none.
    public static func named(_ name: String) -> Sensor? {
        let key = name.lowercased().filter { $0 != "-" && $0 != " " && $0 != "_" }
        return all.first { sensor in
            ([sensor.name, sensor.title] + sensor.aliases).contains {
                $0.lowercased().filter { $0 != "-" && $0 != " " && $0 != "_" } == key
            }
        }
    }

    /// Every known sensor.
    public static let all: [Sensor] = [
        quickBird, ikonos, geoEye1, worldView4, worldView2, worldView3, gaofen2, landsat8,
    ]

    /// QuickBird, 4 bands, 11 bits.
    public static let quickBird = Sensor(
        name: "QB", title: "QuickBird", aliases: ["QB2"],
        bands: [
            .init(name: "Blue", wavelengths: 450...520, mtfGain: 0.34),
            .init(name: "Green", wavelengths: 520...600, mtfGain: 0.32),
            .init(name: "Red", wavelengths: 630...690, mtfGain: 0.30),
            .init(name: "NIR", wavelengths: 760...900, mtfGain: 0.22),
        ],
        panchromatic: .init(name: "PAN", wavelengths: 450...900, mtfGain: 0.15), ratio: 4, bits: 11)

    /// IKONOS, 4 bands, 11 bits.
    public static let ikonos = Sensor(
        name: "IKONOS", title: "IKONOS", aliases: ["IK"],
        bands: [
            .init(name: "Blue", wavelengths: 445...516, mtfGain: 0.26),
            .init(name: "Green", wavelengths: 506...595, mtfGain: 0.28),
            .init(name: "Red", wavelengths: 632...698, mtfGain: 0.29),
            .init(name: "NIR", wavelengths: 757...853, mtfGain: 0.28),
        ],
        panchromatic: .init(name: "PAN", wavelengths: 526...929, mtfGain: 0.17), ratio: 4, bits: 11)

    /// GeoEye-1, 4 bands, 11 bits.
    public static let geoEye1 = Sensor(
        name: "GE1", title: "GeoEye-1", aliases: ["GeoEye1", "GeoEye"],
        bands: [
            .init(name: "Blue", wavelengths: 450...510, mtfGain: 0.23),
            .init(name: "Green", wavelengths: 510...580, mtfGain: 0.23),
            .init(name: "Red", wavelengths: 655...690, mtfGain: 0.23),
            .init(name: "NIR", wavelengths: 780...920, mtfGain: 0.23),
        ],
        panchromatic: .init(name: "PAN", wavelengths: 450...800, mtfGain: 0.16), ratio: 4, bits: 11)

    /// WorldView-4, 4 bands, 11 bits.
    public static let worldView4 = Sensor(
        name: "WV4", title: "WorldView-4", aliases: [],
        bands: [
            .init(name: "Blue", wavelengths: 450...510, mtfGain: 0.23),
            .init(name: "Green", wavelengths: 510...580, mtfGain: 0.23),
            .init(name: "Red", wavelengths: 655...690, mtfGain: 0.23),
            .init(name: "NIR", wavelengths: 780...920, mtfGain: 0.23),
        ],
        panchromatic: .init(name: "PAN", wavelengths: 450...800, mtfGain: 0.16), ratio: 4, bits: 11)

    /// WorldView-2, 8 bands, 11 bits.
    public static let worldView2 = Sensor(
        name: "WV2", title: "WorldView-2", aliases: [],
        bands: [
            .init(name: "Coastal", wavelengths: 400...450, mtfGain: 0.35),
            .init(name: "Blue", wavelengths: 450...510, mtfGain: 0.35),
            .init(name: "Green", wavelengths: 510...580, mtfGain: 0.35),
            .init(name: "Yellow", wavelengths: 585...625, mtfGain: 0.35),
            .init(name: "Red", wavelengths: 630...690, mtfGain: 0.35),
            .init(name: "RedEdge", wavelengths: 705...745, mtfGain: 0.35),
            .init(name: "NIR1", wavelengths: 770...895, mtfGain: 0.35),
            .init(name: "NIR2", wavelengths: 860...1040, mtfGain: 0.27),
        ],
        panchromatic: .init(name: "PAN", wavelengths: 450...800, mtfGain: 0.11), ratio: 4, bits: 11)

    /// WorldView-3, 8 visible and near-infrared bands, 11 bits.
    public static let worldView3 = Sensor(
        name: "WV3", title: "WorldView-3", aliases: [],
        bands: [
            .init(name: "Coastal", wavelengths: 400...450, mtfGain: 0.325),
            .init(name: "Blue", wavelengths: 450...510, mtfGain: 0.355),
            .init(name: "Green", wavelengths: 510...580, mtfGain: 0.360),
            .init(name: "Yellow", wavelengths: 585...625, mtfGain: 0.350),
            .init(name: "Red", wavelengths: 630...690, mtfGain: 0.365),
            .init(name: "RedEdge", wavelengths: 705...745, mtfGain: 0.360),
            .init(name: "NIR1", wavelengths: 770...895, mtfGain: 0.335),
            .init(name: "NIR2", wavelengths: 860...1040, mtfGain: 0.315),
        ],
        panchromatic: .init(name: "PAN", wavelengths: 450...800, mtfGain: 0.14), ratio: 4, bits: 11)

    /// Gaofen-2, 4 bands, 10 bits. No gains are published; the usual 0.30 and 0.15 stand in.
    public static let gaofen2 = Sensor(
        name: "GF2", title: "Gaofen-2", aliases: ["GaoFen2"],
        bands: [
            .init(name: "Blue", wavelengths: 450...520, mtfGain: 0.30),
            .init(name: "Green", wavelengths: 520...590, mtfGain: 0.30),
            .init(name: "Red", wavelengths: 630...690, mtfGain: 0.30),
            .init(name: "NIR", wavelengths: 770...890, mtfGain: 0.30),
        ],
        panchromatic: .init(name: "PAN", wavelengths: 450...900, mtfGain: 0.15), ratio: 4, bits: 10)

    /// Landsat 8 OLI, bands 2 to 5 with the panchromatic band 8, 16 bits. No gains are published; 0.30 and 0.15 stand in.
    public static let landsat8 = Sensor(
        name: "L8", title: "Landsat 8", aliases: ["OLI", "LANDSAT8", "Landsat"],
        bands: [
            .init(name: "Blue", wavelengths: 452...512, mtfGain: 0.30),
            .init(name: "Green", wavelengths: 533...590, mtfGain: 0.30),
            .init(name: "Red", wavelengths: 636...673, mtfGain: 0.30),
            .init(name: "NIR", wavelengths: 851...879, mtfGain: 0.30),
        ],
        panchromatic: .init(name: "PAN", wavelengths: 503...676, mtfGain: 0.15), ratio: 2, bits: 16)

    /// The MTF gain at Nyquist that everybody assumes of a multispectral instrument that nobody knows.
    public static let usualGain = 0.30

    /// A sensor about which nothing is known: every gain 0.30 unless given, PAN 0.15.
    ///
    /// - Parameters:
    ///   - bands: number of multispectral bands; they carry no wavelengths worth using.
    ///   - gain: that of every band at Nyquist.
    public static func unknown(bands: Int, ratio: Int, bits: Int, gain: Double = usualGain) -> Sensor {
        Sensor(
            name: "none", title: "unknown sensor", aliases: [],
            bands: (0..<bands).map { .init(name: "Band \($0 + 1)", wavelengths: 400...1000, mtfGain: gain) },
            panchromatic: .init(name: "PAN", wavelengths: 400...1000, mtfGain: 0.15), ratio: ratio, bits: bits)
    }
}
