import CGDAL
import Datasets
import Foundation
import Raster
import Testing

extension ArrayFileTests {
    @Suite("Stacks of samples in HDF5 files") struct StackSourceTests {
        let directory: TemporaryDirectory

        init() throws { directory = try TemporaryDirectory() }

        /// PanCollection's arrays for some samples of 3 bands.
        private func collection(_ count: Int, hasReference: Bool = true) -> [TestArray] {
            var arrays = [
                stack("ms", [count, 3, 4, 4]), stack("lms", [count, 3, 16, 16]), stack("pan", [count, 1, 16, 16]),
            ]
            if hasReference { arrays.append(stack("gt", [count, 3, 16, 16])) }
            return arrays
        }

        private func write(_ arrays: [TestArray], to name: String = "samples.h5") throws -> String {
            let file = directory.file(name)
            try writeHDF5(file, arrays)
            return file
        }

        @Test("gives each number of PanCollection's arrays, divided by the peak")
        func panCollection() throws {
            let source = try StackSource(try write(collection(5)), peak: 2047)
            #expect(source.count == 5 && source.ratio == 4 && source.bands == 3 && source.hasReference)
            for index in [4, 0, 2] {
                let sample = try source.sample(index)
                let sizes: [SampleRole: (Int, Int)] = [.ms: (3, 4), .pan: (1, 16), .reference: (3, 16)]
                #expect(sample.images.count == 3)
                for (role, (bands, side)) in sizes {
                    let expected = SampleImage(bands: bands, height: side, width: side) { band, row, column in
                        Float(number(index, band, row, column)) / 2047
                    }
                    #expect(sample.images[role] == expected, "\(role)")
                }
            }
        }

        @Test("has no reference at full resolution")
        func fullResolution() throws {
            let source = try StackSource(try write(collection(2, hasReference: false)), peak: 2047)
            #expect(!source.hasReference)
            let roles = try source.sample(1).images.keys
            #expect(Set(roles) == [.ms, .pan])
        }

        @Test("takes HISR's names and values in 0…1 as they are", arguments: [GDT_Float32, GDT_Float64])
        func hisr(type: GDALDataType) throws {
            let file = try write([
                stack("GT", [2, 5, 16, 16], type: type, scale: 1.0 / 2048),
                stack("LRHSI", [2, 5, 2, 2], type: type, scale: 1.0 / 2048),
                stack("HSI_up", [2, 5, 16, 16], type: type),
                stack("RGB", [2, 3, 16, 16], type: type, scale: 1.0 / 2048),
            ])
            let source = try StackSource(file, peak: 1, layout: .hisr)
            #expect(source.ratio == 8)
            let images = try source.sample(1).images
            #expect(images[.pan]?.bands == 3)
            #expect(images[.reference]?[4, 15, 3] == Float(number(1, 4, 15, 3) / 2048))
        }

        @Test("takes bands last when the layout says so")
        func bandsLast() throws {
            func turned(_ name: String, _ lengths: [Int]) -> TestArray {
                TestArray(name: name, lengths: lengths) { number($0[0], $0[3], $0[1], $0[2]) }
            }
            let file = try write([
                turned("GT", [2, 8, 8, 6]), turned("LRHSI", [2, 4, 4, 6]), turned("RGB", [2, 8, 8, 3]),
            ])
            var layout = ArrayLayout.hisr
            layout.order = .bandsLast
            let source = try StackSource(file, peak: 2047, layout: layout)
            #expect(source.ratio == 2)
            let reference = try source.sample(1).images[.reference]
            let expected = SampleImage(bands: 6, height: 8, width: 8) { Float(number(1, $0, $1, $2)) / 2047 }
            #expect(reference == expected)
        }

        @Test("reads integers too", arguments: [GDT_UInt16, GDT_Int32, GDT_Float32])
        func types(type: GDALDataType) throws {
            let source = try StackSource(
                try write([stack("ms", [3, 2, 2, 2], type: type), stack("pan", [3, 1, 4, 4], type: type)]), peak: 2047)
            let value = try source.sample(2).images[.pan]?[0, 3, 1]
            #expect(value == Float(number(2, 0, 3, 1)) / 2047)
        }

        @Test("says which array is missing and what there is")
        func missing() throws {
            let file = try write(collection(2).filter { $0.name != "pan" })
            let error = datasetError { _ = try StackSource(file, peak: 2047) }
            #expect(error?.code == .missingArray)
            #expect(error?.description.contains("no array pan") == true)
            #expect(error?.description.contains("/lms") == true)
        }

        @Test(
            "refuses arrays that don't fit together, with both shapes",
            arguments: [
                ("ms", [2, 4, 4, 4], "the same bands"), ("pan", [2, 1, 16, 12], "whole number of times"),
                ("gt", [2, 3, 12, 16], "same rows and columns"), ("lms", [2, 3, 4, 4], "same rows and columns"),
                ("gt", [3, 3, 16, 16], "3"), ("pan", [2, 16, 16], "no stack"),
            ])
        func misfit(name: String, lengths: [Int], text: String) throws {
            var arrays = collection(2).filter { $0.name != name }
            arrays.append(TestArray(name: name, lengths: lengths) { _ in 1 })
            let file = try write(arrays)
            let error = datasetError { _ = try StackSource(file, peak: 2047) }
            #expect(error?.code == .shape)
            let description = error?.description ?? ""
            #expect(description.contains(text) && description.contains("samples.h5:/\(name)"), "\(description)")
        }

        @Test("refuses a peak that the numbers are far beyond, and NaN")
        func values() throws {
            let beyond = try StackSource(try write(collection(3)), peak: 1)
            #expect(datasetError { _ = try beyond.sample(2) }?.code == .peak)
            var arrays = collection(3)
            arrays[2].value = { $0 == [1, 0, 3, 3] ? .nan : 1 }
            let source = try StackSource(try write(arrays, to: "nan.h5"), peak: 2047)
            _ = try source.sample(0)
            let error = datasetError { _ = try source.sample(1) }
            #expect(error?.code == .notFinite)
            #expect(error?.place.hasSuffix("nan.h5:/pan[1]") == true)
            #expect(datasetError { _ = try StackSource(source.file, peak: 0) }?.code == .peak)
        }

        @Test("refuses files that are cut off, empty, or no files of arrays")
        func damaged() throws {
            let file = try write(collection(20))
            let data = try #require(FileManager.default.contents(atPath: file))
            let short = directory.file("short.h5")
            for part in [data.count * 9 / 10, data.count / 2, 100, 0] {
                try data.prefix(part).write(to: URL(fileURLWithPath: short))
                #expect(throws: RasterError.self, "\(part) bytes") { _ = try StackSource(short, peak: 2047) }
            }
            try Data("no numbers".utf8).write(to: URL(fileURLWithPath: short))
            #expect(throws: RasterError.self) { _ = try StackSource(short, peak: 2047) }
            #expect(throws: RasterError.self) { _ = try StackSource(directory.path, peak: 2047) }
            #expect(throws: RasterError.self) { _ = try StackSource(directory.file("none.h5"), peak: 2047) }
        }

        @Test("gives the same batches with any number of workers")
        func workers() throws {
            let source = try StackSource(try write(collection(21)), peak: 2047)
            let plain = try loaded(source, workers: 0)
            #expect(plain.count == 6)
            for workers in [1, 3] {
                let batches = try loaded(source, workers: workers)
                #expect(batches.map(\.images) == plain.map(\.images))
            }
        }

        private func loaded(_ source: StackSource, workers: Int) throws -> [Batch] {
            let augmentation = Augmentation(flips: true, turns: true, crop: 8, gain: 0.1, bandJitter: 0.1, noise: 0.01)
            let loader = try SampleLoader(
                source, augmentation: augmentation, batchSize: 4, seed: 7, workers: workers)
            return try all(loader.batches(epoch: 2))
        }
    }
}
