import Datasets
import Foundation
import Raster
import Sensors
import Testing

@Suite("Patches of a scene") struct ScenePatchTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// A file that a test writes.
    private struct TestImage {
        var width: Int
        var height: Int
        var bands = 1
        /// Metres of a pixel; nil without georeference.
        var pixel: Double?
        var corner = (x: 500_000.0, y: 4_000_000.0)
        var projection = "EPSG:32616"
        var nodata: Double?

        func write(_ file: String, value: (_ band: Int, _ row: Int, _ column: Int) -> Double) throws {
            let band = RasterProfile.Band(sampleType: .uint16, nodata: nodata)
            var profile = RasterProfile(
                width: width, height: height, bands: [RasterProfile.Band](repeating: band, count: bands))
            if let pixel {
                profile.geoTransform = GeoTransform(
                    originX: corner.x, originY: corner.y, columnStepX: pixel, rowStepY: -pixel)
                profile.projection = Projection.wkt(named: projection)
            }
            let writer = try RasterWriter(file, profile: profile, options: .init(overwrites: true))
            var pixels: [Double] = []
            for band in 0..<bands {
                for row in 0..<height {
                    for column in 0..<width { pixels.append(value(band, row, column)) }
                }
            }
            let valid = nodata.map { nodata in pixels.prefix(width * height).map { $0 == nodata ? UInt8(0) : 1 } }
            try writer.write(pixels, to: profile.window, valid: valid)
            try writer.finish()
        }
    }

    private var panFile: String { directory.file("pan.tif") }
    private var msFile: String { directory.file("ms.tif") }

    /// Writes a pair with numbers of 11 bits; those of a pixel are 0 where a function says so.
    private func write(
        pan: TestImage, ms: TestImage, isMSKnown: (_ row: Int, _ column: Int) -> Bool = { _, _ in true },
        isPANKnown: (_ row: Int, _ column: Int) -> Bool = { _, _ in true }
    ) throws {
        var random = SampleRandom(seed: 11)
        try ms.write(msFile) { _, row, column in
            let value = Double(1 + random.below(1900))
            return isMSKnown(row, column) ? value : 0
        }
        try pan.write(panFile) { _, row, column in
            let value = Double(1 + random.below(1900))
            return isPANKnown(row, column) ? value : 0
        }
    }

    /// The whole image of a file.
    private func image(_ file: String) throws -> Image {
        let reader = try RasterReader(file)
        let values: [Double] = try reader.read(reader.profile.window)
        return Image(
            bands: reader.profile.bands.count, height: reader.profile.height, width: reader.profile.width,
            values: values)
    }

    @Test("are those of the whole scene under Wald's protocol, to the bit")
    func wald() throws {
        try write(
            pan: TestImage(width: 96 * 4, height: 80 * 4), ms: TestImage(width: 96, height: 80, bands: 4))
        let source = try ScenePatchSource(pan: panFile, ms: msFile, sensor: .ikonos, patch: 16, stride: 8)
        #expect(source.count == 9 * 11 && source.ratio == 4)
        let whole = try WaldProtocol.reduce(ms: try image(msFile), pan: try image(panFile), sensor: .ikonos, ratio: 4)
        for index in [0, 10, 45, 53, 98] {
            let (row, column) = (index / 11 * 8, index % 11 * 8)
            let sample = try source.sample(index)
            let expected: [SampleRole: Image] = [
                .reference: whole.truth.cropped(rows: row..<row + 16, columns: column..<column + 16),
                .pan: whole.pan.cropped(rows: row..<row + 16, columns: column..<column + 16),
                .ms: whole.ms.cropped(rows: row / 4..<row / 4 + 4, columns: column / 4..<column / 4 + 4),
            ]
            for (role, image) in expected {
                let values = image.values.map { Float($0) / 2047 }
                #expect(sample.images[role]?.values == values, "\(role) of patch \(index)")
            }
        }
    }

    @Test("at full resolution are the pixels themselves, without a truth")
    func fullResolution() throws {
        try write(pan: TestImage(width: 128, height: 64), ms: TestImage(width: 32, height: 16, bands: 4))
        let source = try ScenePatchSource(
            pan: panFile, ms: msFile, sensor: .ikonos, resolution: .full, patch: 32, peak: 1000)
        #expect(source.count == 8)
        let (pan, ms) = (try image(panFile), try image(msFile))
        // A peak of half the numbers is refused.
        #expect(datasetError { _ = try source.sample(0) }?.code == .peak)
        let plain = try ScenePatchSource(pan: panFile, ms: msFile, sensor: .ikonos, resolution: .full, patch: 32)
        let images = try plain.sample(6).images
        #expect(images[.reference] == nil)
        let panPart = pan.cropped(rows: 32..<64, columns: 64..<96).values.map { Float($0) / 2047 }
        let msPart = ms.cropped(rows: 8..<16, columns: 16..<24).values.map { Float($0) / 2047 }
        #expect(images[.pan]?.values == panPart)
        #expect(images[.ms]?.values == msPart)
    }

    @Test("lie where the georeference puts them, in the part that both images show")
    func georeferenced() throws {
        // The multispectral image begins 8 PAN pixels left of PAN and 12 below its upper edge.
        let pan = TestImage(width: 160, height: 160, pixel: 1)
        let ms = TestImage(width: 40, height: 40, bands: 4, pixel: 4, corner: (500_000 - 8, 4_000_000 - 12))
        try write(pan: pan, ms: ms)
        let source = try ScenePatchSource(pan: panFile, ms: msFile, sensor: .ikonos, resolution: .full, patch: 16)
        // 38 columns and 37 rows of multispectral pixels lie within PAN.
        #expect(source.count == 9 * 9)
        let images = try source.sample(10).images
        let (panWhole, msWhole) = (try image(panFile), try image(msFile))
        let panPart = panWhole.cropped(rows: 28..<44, columns: 16..<32).values.map { Float($0) / 2047 }
        let msPart = msWhole.cropped(rows: 4..<8, columns: 6..<10).values.map { Float($0) / 2047 }
        #expect(images[.pan]?.values == panPart)
        #expect(images[.ms]?.values == msPart)
    }

    @Test("that depend on an unknown pixel are left out")
    func nodata() throws {
        var (pan, ms) = (TestImage(width: 1024, height: 256), TestImage(width: 256, height: 64, bands: 4))
        (pan.nodata, ms.nodata) = (0, 0)
        try write(pan: pan, ms: ms, isMSKnown: { $0 != 40 || $1 != 60 }, isPANKnown: { $0 != 0 || $1 != 900 })
        let full = try ScenePatchSource(pan: panFile, ms: msFile, sensor: .ikonos, resolution: .full, patch: 64)
        let unknown: Set<Int> = [3 + 2 * 16, 14]
        #expect(full.count == 64 - unknown.count)
        for index in 0..<full.count {
            for image in try full.sample(index).images.values { #expect(image.values.allSatisfy { $0 > 0 }) }
        }
        // At reduced resolution filters reach 20 multispectral pixels: the patches of 32 from columns 32 and 64 on depend on
        // column 60, in both rows of patches; PAN's column 900 is 225 there, within the reach of those from 192 and 224.
        let reduced = try ScenePatchSource(pan: panFile, ms: msFile, sensor: .ikonos, patch: 32)
        let kept = try (0..<reduced.count).map { try reduced.sample($0).name }
        let columns = kept.map { $0.suffix(while: { $0.isNumber }) }
        #expect(columns == ["0", "96", "128", "160", "0", "96", "128", "160", "192", "224"])
    }

    @Test("are refused where grids don't fit, or no patch is known")
    func refused() throws {
        func error(_ pan: TestImage, _ ms: TestImage, patch: Int = 16) throws -> DatasetError? {
            try write(pan: pan, ms: ms)
            return datasetError { _ = try ScenePatchSource(pan: panFile, ms: msFile, sensor: .ikonos, patch: patch) }
        }
        let (pan, ms) = (TestImage(width: 128, height: 128, pixel: 1), TestImage(width: 32, height: 32, pixel: 4))
        #expect(try error(pan, ms) == nil)
        var other = ms
        other.pixel = 3.3
        #expect(try error(pan, other)?.code == .grid)
        other = ms
        other.projection = "EPSG:32617"
        #expect(try error(pan, other)?.description.contains("EPSG:32617") == true)
        other = ms
        other.corner.x += 1000
        #expect(try error(pan, other)?.description.contains("another place") == true)
        #expect(try error(pan, ms, patch: 18)?.code == .setting)
        #expect(try error(pan, ms, patch: 64)?.code == .empty)
        var plain = (pan, ms)
        (plain.0.pixel, plain.1.pixel, plain.0.width) = (nil, nil, 130)
        #expect(try error(plain.0, plain.1)?.code == .grid)
        try write(pan: pan, ms: TestImage(width: 32, height: 32, bands: 5, pixel: 4))
        #expect(throws: WaldProtocolError.self) {
            _ = try ScenePatchSource(pan: panFile, ms: msFile, sensor: .ikonos, patch: 16)
        }
    }

    @Test(
        "of a real scene agree with its reduced version",
        .enabled(if: sharedData != nil, "the scenes are not on this machine"))
    func real() throws {
        let data = try #require(sharedData) + "/satellite"
        let source = try ScenePatchSource(
            pan: data + "/wv2/pan.tif", ms: data + "/wv2/ms.tif", sensor: .worldView2, patch: 64)
        #expect(source.count == 25)
        let images = try source.sample(7).images
        let rows = (64..<128, 16..<32)
        let columns = (128..<192, 32..<48)
        for (role, file) in [(SampleRole.ms, "ms"), (.pan, "pan"), (.reference, "gt")] {
            let whole = try image("\(data)/wv2_rr/\(file).tif")
            let part = whole.cropped(
                rows: role == .ms ? rows.1 : rows.0, columns: role == .ms ? columns.1 : columns.0)
            let values = try #require(images[role]).values
            let distance = zip(values, part.values).map { abs(Double($0) * 2047 - $1) }.max() ?? 1e9
            // The files hold whole numbers.
            #expect(distance <= 0.51, "\(role)")
        }
    }
}

extension String {
    /// The end of the text, as long as characters fulfil a condition.
    fileprivate func suffix(while isWanted: (Character) -> Bool) -> String {
        String(reversed().prefix(while: isWanted).reversed())
    }
}
