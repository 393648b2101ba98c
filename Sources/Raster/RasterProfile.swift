/// Everything about an image but its pixels: one value that is read, changed and given to the writer.
///
/// Keeping everything is what happens when nothing is said; whatever a profile drops is a line one can see:
/// ``zoomed(columns:rows:)``, ``cropped(to:)``, ``withBands(_:)``, ``withSampleType(_:)``.
public struct RasterProfile: Hashable, Sendable {
    /// What a band's values mean to the eye.
    public enum ColorInterpretation: String, Hashable, Sendable {
        case undefined = "Undefined"
        case gray = "Gray"
        case palette = "Palette"
        case red = "Red"
        case green = "Green"
        case blue = "Blue"
        case alpha = "Alpha"
    }

    /// What is known of one band.
    public struct Band: Hashable, Sendable {
        /// Its name, such as "B2 Blue"; empty when it has none.
        public var name: String
        /// What the numbers are stored as.
        public var sampleType: SampleType
        /// The bits of a number that are used, where the file says so and they are fewer than its type has: 1 in pictures
        /// of black and white.
        public var usedBits: Int?
        /// The value that stands for "no measurement here".
        public var nodata: Double?
        /// Its colour.
        public var color: ColorInterpretation
        /// physical value = stored value × scale + offset; stored values are what is read and written.
        public var scale: Double
        /// See ``scale``.
        public var offset: Double
        /// The unit of the physical value; empty when unknown.
        public var unit: String
        /// The band's own metadata, without statistics of its pixels.
        public var metadata: [String: String]

        /// A band with nothing known but its type.
        public init(
            name: String = "", sampleType: SampleType, nodata: Double? = nil, color: ColorInterpretation = .undefined,
            scale: Double = 1, offset: Double = 0, unit: String = "", metadata: [String: String] = [:]
        ) {
            (self.name, self.sampleType, self.nodata, self.color) = (name, sampleType, nodata, color)
            (self.scale, self.offset, self.unit, self.metadata) = (scale, offset, unit, metadata)
        }
    }

    /// A point of the image whose place on Earth is known.
    public struct GroundControlPoint: Hashable, Sendable {
        /// The point's name and remark.
        public var name: String, remark: String
        /// Where it is in the image, in pixel corners as everywhere.
        public var column: Double, row: Double
        /// Where it is on Earth, in units of ``RasterProfile/groundControlProjection``.
        public var x: Double, y: Double, z: Double

        /// A point from its place in the image and on Earth.
        public init(
            name: String, remark: String = "", column: Double, row: Double, x: Double, y: Double, z: Double = 0
        ) {
            (self.name, self.remark, self.column, self.row) = (name, remark, column, row)
            (self.x, self.y, self.z) = (x, y, z)
        }
    }

    /// GDAL's short name of the format, such as "GTiff".
    public var driver: String
    /// Columns.
    public var width: Int
    /// Rows.
    public var height: Int
    /// The bands in their order, an alpha band included.
    public var bands: [Band]
    /// The projection as WKT; nil without one.
    public var projection: String?
    /// Where the pixels are; nil without georeference.
    public var geoTransform: GeoTransform?
    /// The ground control points; none in most images.
    public var groundControl: [GroundControlPoint] = []
    /// The projection of the ground control points as WKT.
    public var groundControlProjection: String?
    /// The rational polynomial coefficients of GDAL's `RPC` domain; empty when there are none.
    public var rationalPolynomial: [String: String] = [:]
    /// Columns and rows of the blocks in which the file is stored.
    public var blockWidth = 0, blockHeight = 0
    /// The compression by GDAL's name, such as "DEFLATE"; nil when there is none.
    public var compression: String?
    /// Whether a mask beside the bands, no value in them, says where pixels are valid.
    public var hasMask = false
    /// Metadata by domain; "" is the main one. Domains that describe the file's structure are left out.
    public var metadata: [String: [String: String]] = [:]

    /// A profile without georeference or metadata.
    public init(driver: String = "GTiff", width: Int, height: Int, bands: [Band]) {
        (self.driver, self.width, self.height, self.bands) = (driver, width, height, bands)
    }

    /// The whole image.
    public var window: Window { Window(width: width, height: height) }
    /// Pixels of one band; `Int.max` where it would not fit.
    public var pixelCount: Int { saturatingProduct(width, height) }
    /// Numbers in all bands; `Int.max` where it would not fit. Compare it with the memory before allocating: the
    /// header of a damaged file may claim any size.
    public var sampleCount: Int { saturatingProduct(pixelCount, bands.count) }
    /// Bytes of all bands without compression; `Int.max` where it would not fit.
    public var byteCount: Int {
        saturatingProduct(pixelCount, bands.reduce(0) { $0 + $1.sampleType.byteCount })
    }
    /// The smallest type that holds the numbers of all bands.
    public var sampleType: SampleType {
        guard let first = bands.first else { return .uint8 }
        return bands.dropFirst().reduce(first.sampleType) { $0.union($1.sampleType) }
    }
    /// The index (from 0) of the band that says where pixels are valid, when there is one.
    public var alphaBand: Int? { bands.firstIndex { $0.color == .alpha } }
    /// The indices (from 0) of all bands but the alpha band.
    public var dataBands: [Int] { bands.indices.filter { bands[$0].color != .alpha } }
    /// The nodata value that a writer uses for all data bands, as GeoTIFF and others keep only one: that of the first
    /// band that has one.
    public var nodata: Double? { dataBands.lazy.compactMap { bands[$0].nodata }.first }
    /// Whether anything says where on Earth the image is.
    public var isGeoreferenced: Bool {
        geoTransform != nil || !groundControl.isEmpty || !rationalPolynomial.isEmpty
    }

    /// The profile of the same extent with another number of pixels.
    ///
    /// Georeference and ground control points follow; rational polynomials and resolution tags hold for the old grid
    /// only and are dropped.
    /// - Parameters:
    ///   - columns: how many times more columns; the width is rounded.
    ///   - rows: how many times more rows; the height is rounded.
    public func zoomed(columns: Double, rows: Double) -> RasterProfile {
        var profile = onOtherGrid()
        profile.width = Int((Double(width) * columns).rounded())
        profile.height = Int((Double(height) * rows).rounded())
        profile.geoTransform = geoTransform?.zoomed(columns: columns, rows: rows)
        for index in groundControl.indices {
            profile.groundControl[index].column *= columns
            profile.groundControl[index].row *= rows
        }
        return profile
    }

    /// The profile of the image that a window cuts out; drops what ``zoomed(columns:rows:)`` drops.
    public func cropped(to window: Window) -> RasterProfile {
        var profile = onOtherGrid()
        (profile.width, profile.height) = (window.width, window.height)
        profile.geoTransform = geoTransform?.of(window)
        for index in groundControl.indices {
            profile.groundControl[index].column -= Double(window.column)
            profile.groundControl[index].row -= Double(window.row)
        }
        return profile
    }

    /// The profile with the bands of these indices (from 0), in this order.
    public func withBands(_ indices: [Int]) -> RasterProfile {
        var profile = self
        profile.bands = indices.map { bands[$0] }
        return profile
    }

    /// The profile with another sample type in all bands.
    ///
    /// A nodata value that the type cannot hold becomes NaN in floating-point types and the smallest number in
    /// integers. Scale and offset stay.
    public func withSampleType(_ type: SampleType) -> RasterProfile {
        var profile = self
        for index in bands.indices {
            profile.bands[index].sampleType = type
            if let nodata = bands[index].nodata, !type.canRepresent(nodata) {
                profile.bands[index].nodata = type.isFloatingPoint ? .nan : type.range.lowerBound
            }
        }
        return profile
    }

    private func onOtherGrid() -> RasterProfile {
        var profile = self
        profile.rationalPolynomial = [:]
        (profile.blockWidth, profile.blockHeight) = (0, 0)
        for key in ["TIFFTAG_XRESOLUTION", "TIFFTAG_YRESOLUTION", "TIFFTAG_RESOLUTIONUNIT"] {
            profile.metadata[""]?[key] = nil
        }
        return profile
    }
}
