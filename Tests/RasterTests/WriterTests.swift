import CGDAL
import Foundation
import Raster
import Testing

@Suite("Stored values") struct WriterTests {
    static let integers: [SampleType] = [.uint8, .uint16, .int16, .uint32, .int32]

    /// Writes one row and reads it back.
    private func stored<Sample: RasterSample>(
        _ values: [Sample], _ type: SampleType, nodata: Double? = nil, valid: [UInt8]? = nil
    ) throws -> [Double] {
        let directory = try TemporaryDirectory()
        let profile = RasterProfile(
            width: values.count, height: 1, bands: [.init(sampleType: type, nodata: nodata)])
        let writer = try RasterWriter(directory.file("a.tif"), profile: profile)
        try writer.write(values, to: profile.window, valid: valid)
        try writer.finish()
        let reader = try RasterReader(directory.file("a.tif"))
        #expect(reader.profile.sampleType == type)
        return try reader.read(reader.profile.window)
    }

    @Test("rounds half away from zero", arguments: integers)
    func rounding(type: SampleType) throws {
        #expect(try stored([0.49, 0.5, 1.5, 2.5, 2.499, 99.999] as [Double], type) == [0, 1, 2, 3, 2, 100])
        let justBelow = Double(0.5).nextDown
        #expect(try stored([justBelow], type) == [0])
        if type.range.lowerBound < 0 {
            #expect(try stored([-0.49, -0.5, -1.5, -2.5] as [Float], type) == [0, -1, -2, -3])
        }
    }

    @Test("saturates and never wraps", arguments: integers)
    func saturation(type: SampleType) throws {
        let (low, high) = (type.range.lowerBound, type.range.upperBound)
        let values = [high + 0.4, high + 1, high * 2 + 3, 1e30, Double.infinity, low - 0.4, low - 1, -1e30, -.infinity]
        let expected = [high, high, high, high, high, low, low, low, low]
        #expect(try stored(values, type) == expected)
        #expect(try stored(values.map(Float.init), type) == expected)
        #expect(try stored([high - 1, low + 1], type) == [high - 1, low + 1])
    }

    @Test("NaN and invalid pixels become nodata, or 0 without one", arguments: integers)
    func invalid(type: SampleType) throws {
        #expect(try stored([.nan, 5, 6] as [Float], type, nodata: 7, valid: [1, 1, 0]) == [7, 5, 7])
        #expect(try stored([.nan, 5, 6] as [Float], type, valid: [1, 1, 0]) == [0, 5, 0])
    }

    @Test("a valid value never lands on nodata: it moves to the neighbour on its side", arguments: integers)
    func collision(type: SampleType) throws {
        #expect(try stored([6.6, 7, 7.4, 6.4] as [Double], type, nodata: 7) == [6, 8, 8, 6])
        let (low, high) = (type.range.lowerBound, type.range.upperBound)
        #expect(try stored([low, low - 9, low + 0.3], type, nodata: low) == [low + 1, low + 1, low + 1])
        #expect(try stored([high, high + 9, high - 0.3], type, nodata: high) == [high - 1, high - 1, high - 1])
    }

    @Test("floating-point values are kept, finite ones stay finite, and NaN stays NaN without nodata")
    func floats() throws {
        let values = try stored([1.25, 1e300, -1e300, .nan] as [Double], .float32)
        #expect(values[0] == 1.25 && values[1] == Double(Float.greatestFiniteMagnitude))
        #expect(values[2] == -Double(Float.greatestFiniteMagnitude) && values[3].isNaN)
        #expect(try stored([1.25, 1e300, .infinity] as [Double], .float64) == [1.25, 1e300, .infinity])
    }

    @Test(
        "a floating-point value near nodata stays valid for GDAL, which compares with a tolerance",
        arguments: [-9999.0, 0, 1, Double(-Float.greatestFiniteMagnitude), Double(Float.greatestFiniteMagnitude)])
    func floatCollision(nodata: Double) throws {
        let directory = try TemporaryDirectory()
        let value = Float(nodata)
        let profile = RasterProfile(width: 4, height: 1, bands: [.init(sampleType: .float32, nodata: nodata)])
        let writer = try RasterWriter(directory.file("a.tif"), profile: profile)
        try writer.write([value, value.nextUp, .nan, 5], to: profile.window)
        try writer.finish()
        let reader = try RasterReader(directory.file("a.tif"))
        let found: [Float] = try reader.read(profile.window)
        #expect(found[0] != value && found[0].isFinite && found[2] == value)
        #expect(abs(found[0] - value) <= max(abs(value) * 1e-5, 1e-30))
        // The reader counts values so large that GDAL's tolerance overflows as nodata too: ask only where it does not.
        if abs(nodata) < 1e30 {
            #expect(try reader.readMask(profile.window) == [1, value.nextUp.isFinite ? 1 : 0, 0, 1])
        }
    }

    @Test("NaN is a nodata value of floating-point types")
    func nanNodata() throws {
        let directory = try TemporaryDirectory()
        let profile = RasterProfile(width: 3, height: 1, bands: [.init(sampleType: .float64, nodata: .nan)])
        let writer = try RasterWriter(directory.file("a.tif"), profile: profile)
        try writer.write([1, 2, 3] as [Double], to: profile.window, valid: [1, 0, 1])
        try writer.finish()
        let reader = try RasterReader(directory.file("a.tif"))
        #expect(reader.profile.bands[0].nodata?.isNaN == true)
        #expect(try reader.readMask(profile.window) == [1, 0, 1])
    }

    @Test("a nodata value that the type cannot hold is refused; changing the type replaces it")
    func unrepresentable() throws {
        let directory = try TemporaryDirectory()
        let profile = RasterProfile(width: 3, height: 1, bands: [.init(sampleType: .uint16, nodata: -9999)])
        let error = rasterError { _ = try RasterWriter(directory.file("a.tif"), profile: profile) }
        #expect(error?.code == .invalidNodata)
        #expect(error?.description.contains("-9999") == true && error?.description.contains("65535") == true)
        #expect(profile.withSampleType(.uint8).bands[0].nodata == 0)
        #expect(profile.withSampleType(.int16).bands[0].nodata == -9999)
        #expect(directory.names.isEmpty)
    }

    @Test("an alpha band and a mask follow from validity")
    func alphaAndMask() throws {
        let directory = try TemporaryDirectory()
        var profile = RasterProfile(
            width: 3, height: 1,
            bands: [.init(sampleType: .uint8, color: .gray), .init(sampleType: .uint8, color: .alpha)])
        for (name, hasMask) in [("alpha.tif", false), ("mask.tif", true), ("mask.cog.tif", true)] {
            profile.hasMask = hasMask
            if hasMask { profile.bands = [.init(sampleType: .uint8, color: .gray)] }
            let writer = try RasterWriter(
                directory.file(name), profile: profile,
                options: .init(format: name.contains("cog") ? "COG" : nil))
            try writer.write([0, 20, .nan] as [Float], to: profile.window, valid: [1, 0, 1])
            try writer.finish()
            let reader = try RasterReader(directory.file(name))
            #expect(reader.profile.hasMask == hasMask)
            #expect(reader.profile.dataBands == [0])
            #expect(try reader.readMask(profile.window) == [1, 0, 0], "\(name)")
        }
        #expect(directory.names == ["alpha.tif", "mask.cog.tif", "mask.tif"])
    }

    @Test("what is never written is nodata")
    func unwritten() throws {
        let directory = try TemporaryDirectory()
        let profile = RasterProfile(width: 600, height: 300, bands: [.init(sampleType: .int16, nodata: -1)])
        let writer = try RasterWriter(directory.file("a.tif"), profile: profile)
        try writer.write([7] as [Float], to: Window(column: 599, row: 299, width: 1, height: 1))
        try writer.finish()
        let reader = try RasterReader(directory.file("a.tif"))
        let mask = try reader.readMask(profile.window)
        #expect(mask.reduce(0) { $0 + Int($1) } == 1 && mask.last == 1)
    }
}
