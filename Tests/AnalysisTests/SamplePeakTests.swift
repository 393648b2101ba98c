import Analysis
import Foundation
import Raster
import Sensors
import Testing

@Suite("The largest number of samples") struct SamplePeakTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// A truth of one band with these samples.
    private func truth(
        _ samples: [Float], type: SampleType = .uint16, metadata: [String: String] = [:], nodata: Double? = nil
    ) throws -> RasterReader {
        let file = directory.file("truth-\(UUID().uuidString).tif")
        var profile = RasterProfile(
            width: samples.count, height: 1, bands: [.init(name: "", sampleType: type, nodata: nodata)])
        profile.metadata[""] = metadata
        let writer = try RasterWriter(file, profile: profile)
        try writer.write(samples, to: profile.window, valid: samples.map { Double($0) == nodata ? 0 : 1 })
        try writer.finish()
        return try RasterReader(file)
    }

    private func peak(_ truth: RasterReader, given: Double? = nil, sensor: Sensor? = nil) throws -> SamplePeak {
        try SamplePeak(of: truth, given: given, sensor: sensor)
    }

    @Test("is what the user says, then the sensor's, then the metadata's, then the type's") func order() throws {
        let notes = ["FUSIONKIT_BITS": "10"]
        let plain = try truth([5, 1900], metadata: notes)
        let given = try peak(plain, given: 4000, sensor: .landsat8)
        #expect(given.value == 4000 && given.origin == .given)
        let sensor = try peak(plain, sensor: .landsat8)
        #expect(sensor.value == 65535 && sensor.origin == .sensor && sensor.explanation.contains("Landsat 8"))
        let metadata = try peak(plain)
        #expect(metadata.value == 1023 && metadata.origin == .metadata && metadata.advice == nil)
        let byte = try truth([5, 99], type: .uint8)
        let type = try peak(byte)
        #expect(type.value == 255 && type.origin == .type)
        // A product of 8 bits of an instrument of 11.
        #expect(try peak(byte, sensor: .worldView2).value == 255)
    }

    @Test(
        "else it is a guess from the largest sample, and that is said",
        arguments: [
            ([0, 900], 2047), ([0, 2047], 2047), ([0, 2048], 4095), ([3, 24311], 32767), ([0.25, 1.5], 1),
            ([0, 1], 2047),
        ] as [([Float], Double)])
    func guess(samples: [Float], expected: Double) throws {
        let type: SampleType = samples.allSatisfy { $0 == $0.rounded() } ? .uint16 : .float32
        let found = try peak(truth(samples, type: type))
        #expect(found.value == expected && found.origin == .guess, "\(found)")
        let advice = try #require(found.advice)
        #expect(advice.contains("Give --peak") && advice.contains("guess"), "\(advice)")
    }

    @Test("nodata takes no part in a guess, and a guess is that of the first truth") func nodata() throws {
        let first = try peak(truth([60000, 900], nodata: 60000))
        #expect(first.value == 2047)
        let other = try truth([5, 24311])
        let same = try SamplePeak(of: other, given: nil, sensor: nil, earlier: first)
        #expect(same == first)
        let sensor = try SamplePeak(of: other, given: nil, sensor: .landsat8, earlier: first)
        #expect(sensor.value == 65535)
        #expect(first.mismatch(largest: 24311, in: "t.tif")?.contains("t.tif has values up to 24311") == true)
        #expect(first.mismatch(largest: 1900, in: "t.tif") == nil)
    }
}

@Suite("Numbers in tables") struct ResultTextTests {
    @Test("have no sign without a digit, and no more digits than anybody reads") func numbers() {
        #expect((-0.00001).tableText == "0.0000" && (-0.0).text("%.9g") == "0")
        #expect((-0.5).tableText == "-0.5000" && Double.nan.tableText == "NaN")
        #expect((-Double.infinity).tableText == "-inf")
        #expect(3e38.tableText == "3.0000e+38" && 123456.5.tableText == "123456.5000")
    }
}
