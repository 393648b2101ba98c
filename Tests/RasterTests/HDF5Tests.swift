import CGDAL
import Foundation
import Raster
import Testing

extension ArrayFileTests {
    @Suite("HDF5") struct HDF5Tests {
        private let directory: TemporaryDirectory
        private var file: String { directory.file("cube.h5") }

        init() throws { directory = try TemporaryDirectory() }

        @Test(
            "a cube reads by windows whatever the order of its axes and however it is stored",
            arguments: [
                ("chw", []), ("hwc", []), ("chw", ["COMPRESS=DEFLATE", "BLOCKSIZE=4,8,8"]),
                ("hwc", ["COMPRESS=DEFLATE", "BLOCKSIZE=8,8,37"]), ("hcw", []), ("wch", []),
            ] as [(String, [String])])
        func orders(order: String, options: [String]) throws {
            var cube = TestArray.cube("cube", bands: 37, height: 24, width: 24, order: order)
            cube.options = options
            try writeHDF5(file, [cube])
            let isClear = order == "chw" || order == "hwc"
            let reader = try RasterReader(isClear ? file : "\(file):/cube@\(order)")
            #expect(reader.profile.width == 24 && reader.profile.height == 24 && reader.profile.bands.count == 37)
            #expect(reader.profile.driver == "HDF5" && reader.profile.bands[36].metadata.isEmpty)
            #expect(try reader.files() == [file])
            for window in [reader.profile.window, Window(column: 3, row: 5, width: 7, height: 11)] {
                #expect(try reader.read(window) == TestArray.expected(window, bands: 0..<37))
            }
            let some: [Float] = try reader.read(Window(width: 3, height: 2), bands: [4, 5, 9, 0])
            let window = Window(width: 3, height: 2)
            #expect(
                some == [4..<6, 9..<10, 0..<1].flatMap { TestArray.expected(window, bands: $0) })
        }

        @Test(
            "every type of number reads as it is",
            arguments: [
                (GDT_Byte, SampleType.uint8), (GDT_UInt16, .uint16), (GDT_Int16, .int16), (GDT_UInt32, .uint32),
                (GDT_Int32, .int32), (GDT_Float32, .float32), (GDT_Float64, .float64),
            ])
        func types(stored: GDALDataType, type: SampleType) throws {
            try writeHDF5(file, [.cube("cube", bands: 5, height: 20, width: 30, type: stored)])
            let reader = try RasterReader(file)
            #expect(reader.profile.sampleType == type)
            #expect(try reader.read(reader.profile.window) == TestArray.expected(reader.profile.window, bands: 0..<5))
        }

        @Test("wavelengths come from a list in the file, which also tells the axis of bands")
        func wavelengths() throws {
            // 20 × 30 × 33: the lengths alone do not tell.
            let cube = TestArray.cube("cube", bands: 33, height: 20, width: 30, order: "hwc")
            try writeHDF5(file, [cube])
            let error = rasterError { _ = try RasterReader(file) }
            #expect(error?.code == .unclearImage && error?.remedy.contains("/cube@hwc") == true)
            #expect(try RasterReader("\(file):cube@hwc").profile.bands.count == 33)

            let centres = (0..<33).map { 400 + 10.5 * Double($0) }
            try writeHDF5(
                file,
                [
                    cube, TestArray(name: "wavelengths", lengths: [33], values: centres, type: GDT_Float64),
                    TestArray(name: "fwhm", lengths: [33], values: centres.map { $0 / 100 }, type: GDT_Float64),
                ])
            let bands = try RasterReader(file).profile.bands
            #expect(bands.map(\.wavelength?.centre) == centres)
            #expect(bands.map(\.wavelength?.unit) == .init(repeating: "Nanometers", count: 33))
            #expect(bands[1].wavelength?.width == 4.105 && bands[1].wavelength?.nanometres == 410.5)

            var list = TestArray(name: "lambda", lengths: [33], values: centres.map { $0 / 1000 }, type: GDT_Float64)
            list.unit = "um"
            try writeHDF5(file, [cube, list])
            #expect(try RasterReader(file).profile.bands[0].wavelength == .init(centre: 0.4, unit: "Micrometers"))
        }

        @Test("one of several arrays is named, with what there is in the message")
        func several() throws {
            try writeHDF5(
                file,
                [
                    .cube("ms", bands: 4, height: 20, width: 20), .cube("gt", bands: 4, height: 80, width: 80),
                    TestArray(name: "gain", lengths: [4], values: [1, 2, 3, 4]),
                ])
            let error = rasterError { _ = try RasterReader(file) }
            #expect(error?.code == .unclearImage && error?.problem.contains("2 arrays") == true)
            for text in ["/ms (Float32, 4 × 20 × 20)", "/gt (Float32, 4 × 80 × 80)", "\(file):/"] {
                #expect(error?.remedy.contains(text) == true, "\(String(describing: error))")
            }
            #expect(try RasterReader("\(file):/gt").profile.width == 80)
            #expect(try RasterReader("\(file):ms").profile.width == 20)
            for wrong in ["/nt", "/gain", "/ms[0", "/ms@cc", "/ms@xyz", "/ms[-1]"] {
                #expect(rasterError { _ = try RasterReader("\(file):\(wrong)") }?.code == .unclearImage, "\(wrong)")
            }
        }

        @Test("an image of a stack is named by its place") func stack() throws {
            let images = (0..<3).map { index -> [Double] in
                TestArray.cube("", bands: 4, height: 16, width: 16).values.map { $0 + 1000 * Double(index) }
            }
            try writeHDF5(
                file, [TestArray(name: "ms", lengths: [3, 4, 16, 16], values: images.flatMap { $0 })], group: "train")
            let error = rasterError { _ = try RasterReader(file) }
            #expect(error?.code == .unclearImage && error?.remedy.contains("/train/ms[2]") == true)
            for index in 0..<3 {
                let reader = try RasterReader("\(file):/train/ms[\(index)]")
                #expect(reader.profile.bands.count == 4 && reader.profile.height == 16)
                let window = Window(column: 2, row: 3, width: 5, height: 4)
                #expect(
                    try reader.read(window)
                        == TestArray.expected(window, bands: 0..<4).map { $0 + 1000 * Float(index) })
            }
            #expect(rasterError { _ = try RasterReader("\(file):/train/ms[3]") }?.code == .unclearImage)
            #expect(rasterError { _ = try RasterReader("\(file):/train/ms[0]@hw") }?.code == .unclearImage)
        }

        @Test("nodata and NaN are no measurements") func nodata() throws {
            var cube = TestArray.cube("cube", bands: 3, height: 12, width: 12)
            cube.nodata = -9999
            cube.values[5] = -9999
            cube.values[144 + 7] = .nan
            try writeHDF5(file, [cube])
            let reader = try RasterReader(file)
            #expect(reader.profile.nodata == -9999)
            let window = reader.profile.window
            let mask = try reader.readMask(window)
            #expect(mask.indices.filter { mask[$0] == 0 } == [5, 7])
            var pixels = [Float](repeating: 0, count: 3 * 144)
            var valid = [UInt8](repeating: 9, count: 144)
            try pixels.withUnsafeMutableBufferPointer { pixels in
                try valid.withUnsafeMutableBufferPointer { try reader.read(window, into: pixels, valid: $0) }
            }
            #expect(valid == mask)
        }

        @Test("many threads read one file") func threads() throws {
            try writeHDF5(file, [.cube("cube", bands: 31, height: 64, width: 64)])
            let reader = try RasterReader(file)
            let windows = reader.profile.window.tiles(width: 9, height: 17)
            DispatchQueue.concurrentPerform(iterations: windows.count) { index in
                let values: [Float]? = try? reader.read(windows[index])
                #expect(values == TestArray.expected(windows[index], bands: 0..<31))
            }
        }

        @Test("bytes changed at random never crash", arguments: [[], ["COMPRESS=DEFLATE"]])
        func mutated(options: [String]) throws {
            var cube = TestArray.cube("cube", bands: 5, height: 24, width: 24)
            cube.options = options
            try writeHDF5(file, [cube])
            let whole = try Data(contentsOf: URL(fileURLWithPath: file))
            let target = directory.file("mutated.h5")
            var random = SplitMix64(seed: 3)
            for _ in 0..<200 {
                var bytes = whole
                for _ in 0..<Int.random(in: 1...5, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
                }
                try bytes.write(to: URL(fileURLWithPath: target))
                _ = rasterError {
                    let reader = try RasterReader(target)
                    if reader.profile.sampleCount < 1 << 22 {
                        _ = try reader.read(reader.profile.window, as: Float.self)
                    }
                }
            }
        }

        @Test("a file cut off anywhere is refused or reads right", arguments: [[], ["COMPRESS=DEFLATE"]])
        func truncated(options: [String]) throws {
            var cube = TestArray.cube("cube", bands: 5, height: 24, width: 24)
            cube.options = options
            try writeHDF5(file, [cube])
            let whole = try Data(contentsOf: URL(fileURLWithPath: file))
            let cut = directory.file("cut.h5")
            var accepted = 0
            for length in stride(from: 0, to: whole.count, by: 173) {
                try whole.prefix(length).write(to: URL(fileURLWithPath: cut))
                do {
                    let reader = try RasterReader(cut)
                    let values: [Float] = try reader.read(reader.profile.window)
                    #expect(values == TestArray.expected(reader.profile.window, bands: 0..<5), "cut at \(length)")
                    accepted += 1
                } catch let error as RasterError {
                    #expect([.damaged, .notAnImage].contains(error.code), "\(error)")
                }
            }
            #expect(accepted == 0)
        }
    }
}
