import CMatIO
import Foundation
import Raster
import Testing

extension ArrayFileTests {
    @Suite("MAT") struct MATTests {
        private let directory: TemporaryDirectory
        private var file: String { directory.file("scene.mat") }

        init() throws { directory = try TemporaryDirectory() }

        /// The versions, plain and packed.
        static let kinds: [(mat_ft, Bool)] = [
            (MAT_FT_MAT5, false), (MAT_FT_MAT5, true), (MAT_FT_MAT73, false), (MAT_FT_MAT73, true),
        ]

        @Test("a cube of rows, columns and bands reads by windows", arguments: kinds)
        func cube(version: mat_ft, compression: Bool) throws {
            // By length alone the rows would be taken for bands.
            try writeMAT(
                file, [.cube("hsi", bands: 40, height: 5, width: 30)], version: version, compression: compression)
            let reader = try RasterReader(file)
            #expect(reader.profile.height == 5 && reader.profile.width == 30 && reader.profile.bands.count == 40)
            #expect(reader.profile.driver == "MAT" && reader.profile.sampleType == .float64)
            for window in [reader.profile.window, Window(column: 3, row: 2, width: 11, height: 3)] {
                #expect(try reader.read(window) == TestArray.expected(window, bands: 0..<40))
                #expect(try reader.readMask(window).allSatisfy { $0 == 1 })
            }
            #expect(try reader.files() == [file])
            #expect(try RasterReader("\(file):hsi").profile.bands.count == 40)
            #expect(try RasterReader("\(file):hsi@chw").profile.bands.count == 5)
        }

        @Test("every class of numbers reads as it is", arguments: kinds)
        func classes(version: mat_ft, compression: Bool) throws {
            func check<Number: BinaryInteger>(_ kind: matio_classes, _: Number.Type, _ type: SampleType) throws {
                try writeMAT(
                    file, [.cube("x", bands: 3, height: 6, width: 7, kind, Number.self)], version: version,
                    compression: compression)
                let reader = try RasterReader(file)
                #expect(reader.profile.sampleType == type)
                let found: [Double] = try reader.read(reader.profile.window)
                let wanted = TestArray.expected(reader.profile.window, bands: 0..<3)
                #expect(found == wanted.map { Double($0) }, "\(type)")
            }
            try check(MAT_C_UINT8, UInt8.self, .uint8)
            try check(MAT_C_UINT16, UInt16.self, .uint16)
            try check(MAT_C_INT16, Int16.self, .int16)
            try check(MAT_C_UINT32, UInt32.self, .uint32)
            try check(MAT_C_INT32, Int32.self, .int32)
            try check(MAT_C_UINT64, UInt64.self, .uint64)
            try check(MAT_C_INT64, Int64.self, .int64)
        }

        @Test("signed bytes have their sign") func signed() throws {
            try writeMAT(file, [TestVariable("x", [2, 3], MAT_C_INT8, [1, -2, 3, -4, 5, -128] as [Int8])])
            let reader = try RasterReader(file)
            #expect(reader.profile.sampleType == .int8)
            #expect(try reader.read(reader.profile.window) == [1, 3, 5, -2, -4, -128] as [Float])
        }

        @Test("wavelengths come from a row or a column of numbers", arguments: kinds)
        func wavelengths(version: mat_ft, compression: Bool) throws {
            let centres = (0..<31).map { 400 + 10 * Double($0) }
            for lengths in [[1, 31], [31, 1]] {
                try writeMAT(
                    file,
                    [
                        TestVariable("wavelength", lengths, MAT_C_DOUBLE, centres),
                        .cube("cube", bands: 31, height: 8, width: 9),
                        TestVariable("note", [1, 4], MAT_C_CHAR, Array("text".utf8)),
                    ], version: version, compression: compression)
                let bands = try RasterReader(file).profile.bands
                #expect(bands.map(\.wavelength?.centre) == centres)
                #expect(bands[30].wavelength?.unit == "Nanometers")
            }
        }

        @Test("one of several variables is named, and a stack has its images last", arguments: kinds)
        func several(version: mat_ft, compression: Bool) throws {
            let stack = (0..<2 * 3 * 4 * 5).map { Double($0) }
            try writeMAT(
                file,
                [
                    .cube("msi", bands: 3, height: 8, width: 9), .cube("hsi", bands: 31, height: 4, width: 5),
                    TestVariable("stack", [2, 3, 4, 5], MAT_C_DOUBLE, stack),
                ], version: version, compression: compression)
            let error = rasterError { _ = try RasterReader(file) }
            #expect(error?.code == .unclearImage && error?.remedy.contains("8 × 9 × 3") == true)
            #expect(try RasterReader("\(file):msi").profile.bands.count == 3)
            let reader = try RasterReader("\(file):stack[4]")
            #expect(reader.profile.height == 2 && reader.profile.width == 3 && reader.profile.bands.count == 4)
            let pixel: [Float] = try reader.read(Window(column: 2, row: 1, width: 1, height: 1))
            let first = 1 + 2 * 2 + 24 * 4
            #expect(pixel == [first, first + 6, first + 12, first + 18].map { Float($0) })
            #expect(rasterError { _ = try RasterReader("\(file):stack[5]") }?.code == .unclearImage)
            #expect(rasterError { _ = try RasterReader("\(file):nothing") }?.code == .unclearImage)
        }

        @Test("complex numbers and texts are no images") func unsuitable() throws {
            var complex = TestVariable("z", [4, 4], MAT_C_DOUBLE, [Double](repeating: 1, count: 16))
            complex.isComplex = true
            try writeMAT(file, [complex, TestVariable("note", [1, 4], MAT_C_CHAR, Array("text".utf8))])
            #expect(rasterError { _ = try RasterReader(file) }?.code == .unclearImage)
            #expect(rasterError { _ = try RasterReader("\(file):z") }?.code == .unsupportedSamples)
        }

        @Test("a file cut off anywhere is refused", arguments: kinds)
        func truncated(version: mat_ft, compression: Bool) throws {
            try writeMAT(
                file, [.cube("hsi", bands: 7, height: 16, width: 16)], version: version, compression: compression)
            let whole = try Data(contentsOf: URL(fileURLWithPath: file))
            let cut = directory.file("cut.mat")
            for length in stride(from: 0, to: whole.count, by: 37) {
                try whole.prefix(length).write(to: URL(fileURLWithPath: cut))
                let error = rasterError {
                    let reader = try RasterReader(cut)
                    let values: [Float] = try reader.read(reader.profile.window)
                    #expect(values == TestArray.expected(reader.profile.window, bands: 0..<7))
                }
                #expect(error != nil && error?.problem.isEmpty == false, "cut at \(length) of \(whole.count)")
            }
        }

        @Test("bytes changed at random never crash", arguments: [false, true])
        func mutated(compression: Bool) throws {
            try writeMAT(
                file,
                [
                    .cube("hsi", bands: 5, height: 9, width: 8),
                    TestVariable("wavelength", [1, 5], MAT_C_DOUBLE, [1, 2, 3, 4, 5] as [Double]),
                ], compression: compression)
            let whole = try Data(contentsOf: URL(fileURLWithPath: file))
            let target = directory.file("mutated.mat")
            var random = SplitMix64(seed: 11)
            for _ in 0..<2000 {
                var bytes = whole
                for _ in 0..<Int.random(in: 1...5, using: &random) {
                    bytes[Int.random(in: 0..<min(900, bytes.count), using: &random)] = .random(
                        in: 0...255, using: &random)
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

        @Test("noise, which does not pack, comes back") func noisePacked() throws {
            var random = SplitMix64(seed: 21)
            let values = (0..<60 * 50 * 7).map { _ in Double(bitPattern: random.next() >> 2) }
            try writeMAT(file, [TestVariable("noise", [60, 50, 7], MAT_C_DOUBLE, values)], compression: true)
            let reader = try RasterReader(file)
            let column: [Double] = try reader.read(Window(column: 49, row: 0, width: 1, height: 60), bands: [6])
            #expect(column == Array(values.suffix(60)))
        }

        @Test("a byte changed within a packed variable is found by its checksum") func checksum() throws {
            try writeMAT(file, [.cube("hsi", bands: 5, height: 9, width: 8)], compression: true)
            let whole = try Data(contentsOf: URL(fileURLWithPath: file))
            let target = directory.file("changed.mat")
            for place in 136..<whole.count {
                var bytes = whole
                bytes[place] ^= 0x10
                try bytes.write(to: URL(fileURLWithPath: target))
                // The last bits of what is packed may mean nothing.
                guard let reader = try? RasterReader(target) else { continue }
                let values: [Float] = try reader.read(reader.profile.window)
                #expect(values == TestArray.expected(reader.profile.window, bands: 0..<5), "byte \(place)")
            }
        }

        @Test("a claim of more numbers than the file can hold is refused before any is allocated")
        func hugeClaim() throws {
            try writeMAT(file, [.cube("hsi", bands: 4, height: 4, width: 4)])
            var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
            // The lengths follow the heading, the element's tag, the flags and the tag of the lengths.
            let place = 128 + 8 + 16 + 8
            #expect(Array(bytes[place..<place + 4]) == [4, 0, 0, 0])
            for offset in stride(from: place, to: place + 12, by: 4) {
                bytes.replaceSubrange(offset..<offset + 4, with: [0, 0, 1, 0])
            }
            try bytes.write(to: URL(fileURLWithPath: file))
            #expect(rasterError { _ = try RasterReader(file) }?.code == .damaged)
        }

        @Test("random bytes with the name of a MAT file are none") func noise() throws {
            var random = SplitMix64(seed: 9)
            for length in [1, 7, 64, 5000] {
                let bytes = Data((0..<length).map { _ in UInt8.random(in: 0...255, using: &random) })
                try bytes.write(to: URL(fileURLWithPath: file))
                let error = rasterError { _ = try RasterReader(file) }
                #expect(error != nil && error?.description.contains(file) == true)
            }
        }
    }
}
