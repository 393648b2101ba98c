import CGDAL

/// What a band's numbers are stored as.
public enum SampleType: String, Hashable, Sendable, CaseIterable {
    case uint8 = "Byte"
    case int8 = "Int8"
    case uint16 = "UInt16"
    case int16 = "Int16"
    case uint32 = "UInt32"
    case int32 = "Int32"
    case uint64 = "UInt64"
    case int64 = "Int64"
    case float32 = "Float32"
    case float64 = "Float64"

    /// A type by the name that GDAL's programs use with `-ot`, in any case; "UInt8" is the same as "Byte".
    public init?(name: String) {
        let wanted = name.lowercased() == "uint8" ? "byte" : name.lowercased()
        guard let match = SampleType.allCases.first(where: { $0.rawValue.lowercased() == wanted }) else { return nil }
        self = match
    }

    /// The name as GDAL's programs use it with `-ot`.
    public var name: String { rawValue }

    /// The size of a number.
    public var byteCount: Int {
        switch self {
        case .uint8, .int8: 1
        case .uint16, .int16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        }
    }

    /// Whether the numbers may be fractions, infinite or NaN.
    public var isFloatingPoint: Bool { self == .float32 || self == .float64 }

    /// The smallest and the largest finite number, rounded to `Double` for 64-bit integers.
    public var range: ClosedRange<Double> {
        switch self {
        case .uint8: 0...255
        case .int8: -128...127
        case .uint16: 0...65535
        case .int16: -32768...32767
        case .uint32: 0...Double(UInt32.max)
        case .int32: Double(Int32.min)...Double(Int32.max)
        case .uint64: 0...Double(UInt64.max)
        case .int64: Double(Int64.min)...Double(Int64.max)
        case .float32: -Double(Float.greatestFiniteMagnitude)...Double(Float.greatestFiniteMagnitude)
        case .float64: -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
        }
    }

    /// Whether a pixel can hold exactly this value (for `float32`: after rounding to `Float`).
    public func canRepresent(_ value: Double) -> Bool {
        switch self {
        case .float32: !value.isFinite || Float(value).isFinite
        case .float64: true
        case .uint64: UInt64(exactly: value) != nil
        case .int64: Int64(exactly: value) != nil
        default: range.contains(value) && value.rounded() == value
        }
    }

    /// GDAL's number for the type; GDAL before 3.7 keeps signed bytes in unsigned ones, with a mark.
    var gdalType: GDALDataType {
        switch self {
        case .uint8, .int8: GDT_Byte
        case .uint16: GDT_UInt16
        case .int16: GDT_Int16
        case .uint32: GDT_UInt32
        case .int32: GDT_Int32
        case .uint64: GDT_UInt64
        case .int64: GDT_Int64
        case .float32: GDT_Float32
        case .float64: GDT_Float64
        }
    }

    /// The type of a band; nil for complex numbers and for what this version does not know.
    init?(band: GDALRasterBandH) {
        let type = GDALGetRasterDataType(band)
        guard let known = SampleType.allCases.first(where: { $0.gdalType == type }) else { return nil }
        let mark = GDALGetMetadataItem(band, "PIXELTYPE", "IMAGE_STRUCTURE").map { String(cString: $0) }
        self = known == .uint8 && mark == "SIGNEDBYTE" ? .int8 : known
    }

    /// The smallest type that holds every number of both.
    package func union(_ other: SampleType) -> SampleType {
        if self == other { return self }
        if self == .int8 { return SampleType.int16.union(other) }
        if other == .int8 { return union(.int16) }
        let type = GDALDataTypeUnion(gdalType, other.gdalType)
        return SampleType.allCases.first { $0.gdalType == type } ?? .float64
    }
}

/// The types in which pixels are handed over: `Float` and `Double`.
public protocol RasterSample: BinaryFloatingPoint, Sendable {
    /// The stored type that is the same.
    static var sampleType: SampleType { get }
}

extension Float: RasterSample {
    /// `float32`.
    public static var sampleType: SampleType { .float32 }
}

extension Double: RasterSample {
    /// `float64`.
    public static var sampleType: SampleType { .float64 }
}
