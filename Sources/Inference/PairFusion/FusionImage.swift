import Foundation
import Raster
import Sensors

/// One of two images that are fused: where its brightness, its colours and its opacity are.
struct FusionImage: Sendable {
    let reader: RasterReader
    /// The sample that is white.
    let peak: Double
    /// Indices of red, green and blue; nil where the image is grey, also where three equal bands are stored.
    let colour: [Int]?
    /// Whether the sample that is white is only the largest that the type could hold.
    private let isPeakAssumed: Bool
    private let bands: [Int]

    /// Opens an image.
    ///
    /// - Parameter peak: the sample that is white; the largest of the type, or 1 for fractions, when nil.
    /// - Throws: `RasterError`, ``SceneError`` for an image that is neither grey nor a colour picture.
    init(_ file: String, peak: Double?) throws {
        let reader = try RasterReader(file)
        let profile = reader.profile
        bands = profile.dataBands
        self.reader = reader
        let type = profile.withBands(bands).sampleType
        let bits = bands.compactMap { profile.bands[$0].usedBits }.max().flatMap { (1...16).contains($0) ? $0 : nil }
        let largest = bits.map { Double(1 << $0 - 1) } ?? type.range.upperBound
        self.peak = peak ?? (type.isFloatingPoint ? 1 : largest)
        isPeakAssumed = peak == nil && bits == nil
        if bands.contains(where: { profile.bands[$0].color == .palette }) {
            throw SceneError(
                .imageBands, "\(file) holds numbers of colours, not colours.",
                remedy: "Look them up first: gdal_translate -expand rgb.")
        }
        guard bands.count == 1 || bands.count == 3 else {
            throw SceneError(
                .imageBands, "\(file) has \(bands.count) bands; grey and colour images are fused, of one and three.",
                remedy: "Choose bands with gdal_translate -b.")
        }
        colour = try bands.count == 3 && Self.hasColours(reader, bands) ? bands : nil
    }

    var profile: RasterProfile { reader.profile }

    /// The type of the samples.
    var sampleType: SampleType { profile.withBands(bands).sampleType }

    /// Whether some pixel is not grey.
    private static func hasColours(_ reader: RasterReader, _ bands: [Int]) throws -> Bool {
        for window in reader.profile.window.tiles(width: reader.profile.width, height: 256) {
            let values: [Float] = try reader.read(window, bands: bands)
            let count = window.pixelCount
            for pixel in 0..<count
            where values[pixel] != values[count + pixel] || values[pixel] != values[2 * count + pixel] {
                return true
            }
        }
        return false
    }

    /// What to tell the user before the work: samples that are all dark for their type, or outside of what can be fused, and
    /// a camera that was held on its side.
    func notices(peakOption: String) throws -> [String] {
        var notices: [String] = []
        let type = sampleType
        let canSurprise = type.isFloatingPoint || type.range.lowerBound < 0 || isPeakAssumed && type == .uint16
        let range = canSurprise ? try extremes() : nil
        let brightest = range?.upperBound ?? 0
        if isPeakAssumed, type == .uint16, brightest > 0, brightest < 16384 {
            let bits = Int(log2(brightest).rounded(.down)) + 1
            notices.append(
                "\(reader.file): the brightest sample is \(Int(brightest)), and \(Int(peak)) counts as white. If it has "
                    + "\(bits) bits, give \(peakOption) \(1 << bits - 1).")
        }
        // Fractions may overshoot a little.
        if isPeakAssumed, type.isFloatingPoint, brightest > 1.1 {
            notices.append(
                "\(reader.file): the brightest sample is \(brightest), and 1 counts as white; what is above is cut off. Give "
                    + "\(peakOption) \(brightest).")
        }
        if let darkest = range?.lowerBound, darkest < -0.1 * peak {
            notices.append("\(reader.file): samples below 0, down to \(darkest), count as 0.")
        }
        if let orientation = profile.metadata[""]?["EXIF_Orientation"], !["", "0", "1"].contains(orientation) {
            notices.append(
                "\(reader.file): the camera says that the picture is to be turned (EXIF orientation \(orientation)); its "
                    + "pixels are taken as they are stored.")
        }
        return notices
    }

    /// The smallest and the largest sample; nil where none is a number.
    private func extremes() throws -> ClosedRange<Double>? {
        var (low, high) = (Float.infinity, -Float.infinity)
        for window in reader.profile.window.tiles(width: reader.profile.width, height: 256) {
            let values: [Float] = try reader.read(window, bands: bands)
            for value in values where value.isFinite { (low, high) = (min(low, value), max(high, value)) }
        }
        return low <= high ? Double(low)...Double(high) : nil
    }

    /// The brightness of a window, (H, W) in 0…1, 0 where nothing is known; and which pixels are known, nil where all are.
    func luma(_ window: Window) throws -> (values: [Float], valid: [UInt8]?) {
        let (image, valid) = try samples(window, of: colour ?? [bands[0]])
        let luma: [Double]
        if image.bands == 1 {
            luma = image.values
        } else if sampleType == .uint8 {
            luma = image.bytes.luma().values.map(Double.init)
        } else {
            luma = image.luma().values
        }
        return (luma.map { Float(min(max($0 / peak, 0), 1)) }, valid)
    }

    /// The colours of a window with another brightness, (3, H, W) in this image's unit.
    ///
    /// - Parameters:
    ///   - luma: (H, W) in 0…1.
    ///   - bands: red, green, blue.
    func recoloured(_ window: Window, _ bands: [Int], luma: [Float], in space: LumaSpace) throws -> [Float] {
        let image = try samples(window, of: bands).image
        if sampleType == .uint8, peak == 255 {
            let fused = ByteImage(
                bands: 1, height: window.height, width: window.width,
                values: luma.map { UInt8(min(max($0, 0), 1) * 255 + 0.5) })
            return image.bytes.replacingLuma(with: fused, in: space).values.map(Float.init)
        }
        let fused = Image(
            bands: 1, height: window.height, width: window.width, values: luma.map { Double($0) * peak })
        return image.replacingLuma(with: fused, in: space, peak: peak).values.map { Float($0) }
    }

    /// The opacity of a window, (H, W) in 0…1; nil where the image has none.
    func opacity(_ window: Window) throws -> [Float]? {
        guard let band = profile.alphaBand else { return nil }
        let type = profile.bands[band].sampleType
        let opaque = Float(type.isFloatingPoint ? 1 : type.range.upperBound)
        let values: [Float] = try reader.read(window, bands: [band])
        return values.map { min(max($0 / opaque, 0), 1) }
    }

    /// Samples with zeros for what is not known.
    private func samples(_ window: Window, of bands: [Int]) throws -> (image: Image, valid: [UInt8]?) {
        var values = [Double](repeating: 0, count: window.pixelCount * bands.count)
        var valid = [UInt8](repeating: 1, count: window.pixelCount)
        // What is transparent has a colour all the same.
        let marksUnknown =
            profile.alphaBand == nil
            && (profile.hasMask || bands.contains { profile.bands[$0].nodata != nil } || sampleType.isFloatingPoint)
        try values.withUnsafeMutableBufferPointer { values in
            guard marksUnknown else { return try reader.read(window, bands: bands, into: values) }
            try valid.withUnsafeMutableBufferPointer { try reader.read(window, bands: bands, into: values, valid: $0) }
        }
        for pixel in valid.indices where valid[pixel] == 0 {
            for band in bands.indices { values[band * window.pixelCount + pixel] = 0 }
        }
        for index in values.indices where !values[index].isFinite { values[index] = 0 }
        return (
            Image(bands: bands.count, height: window.height, width: window.width, values: values),
            marksUnknown && valid.contains(0) ? valid : nil
        )
    }
}

extension Image {
    /// The samples as bytes.
    fileprivate var bytes: ByteImage {
        ByteImage(bands: bands, height: height, width: width, values: values.map { UInt8(min(max($0, 0), 255)) })
    }
}
