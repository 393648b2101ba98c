import CMatIO
import Datasets
import Foundation
import Raster
import Testing

extension ArrayFileTests {
    @Suite("Scenes of the test toolbox") struct ArrayScenesTests {
        let directory: TemporaryDirectory

        init() throws { directory = try TemporaryDirectory() }

        /// A scene as MATLAB has it: rows × columns × bands.
        private func scene(_ sample: Int, side: Int = 8, bands: Int = 4, names: [String]) -> [TestArray] {
            func array(_ name: String, _ side: Int, _ bands: Int) -> TestArray {
                TestArray(name: name, lengths: bands == 1 ? [side, side] : [side, side, bands]) { place in
                    number(sample, place.count > 2 ? place[2] : 0, place[0], place[1])
                }
            }
            let sides = [side / 2, side, side]
            return zip(names, zip(sides, [bands, 1, bands])).map { array($0, $1.0, $1.1) }
        }

        @Test(
            "are read from MAT files of both kinds",
            arguments: [MAT_FT_MAT5.rawValue, MAT_FT_MAT73.rawValue],
            [["I_MS_LR", "I_PAN", "I_GT"], ["ms", "pan", "gt"]])
        func kinds(version: UInt32, names: [String]) throws {
            for sample in 0..<3 {
                try writeMAT(
                    directory.file("scene\(sample).mat"), scene(sample, names: names),
                    version: mat_ft(rawValue: version))
            }
            let source = try ArrayScenesSource(folder: directory.path, peak: 2047)
            #expect(source.count == 3 && source.ratio == 2)
            for sample in 0..<3 {
                let images = try source.sample(sample).images
                let reference = SampleImage(bands: 4, height: 8, width: 8) {
                    Float(number(sample, $0, $1, $2)) / 2047
                }
                #expect(images[.reference] == reference)
                #expect(images[.pan]?[0, 5, 2] == reference[0, 5, 2])
                #expect(images[.ms]?[3, 1, 2] == reference[3, 1, 2])
            }
        }

        @Test("need one ratio, and files at all")
        func misfit() throws {
            #expect(datasetError { _ = try ArrayScenesSource(folder: directory.path, peak: 1) }?.code == .empty)
            let names = ["ms", "pan", "gt"]
            try writeMAT(directory.file("a.mat"), scene(0, names: names), version: MAT_FT_MAT5)
            var other = scene(1, names: names)
            other[0].lengths = [2, 2, 4]
            try writeMAT(directory.file("b.mat"), other, version: MAT_FT_MAT5)
            let source = try ArrayScenesSource(folder: directory.path, peak: 2047)
            let error = datasetError { _ = try source.sample(1) }
            #expect(error?.code == .shape && error?.place.hasSuffix("b.mat") == true)
            let none = directory.file("none")
            #expect(datasetError { _ = try ArrayScenesSource(folder: none, peak: 1) }?.code == .noFolder)
        }

        @Test("refuse a MAT file that is cut off")
        func cutOff() throws {
            let file = directory.file("a.mat")
            try writeMAT(file, scene(0, names: ["ms", "pan", "gt"]), version: MAT_FT_MAT5)
            let data = try #require(FileManager.default.contents(atPath: file))
            try data.prefix(data.count / 2).write(to: URL(fileURLWithPath: file))
            #expect(throws: RasterError.self) { _ = try ArrayScenesSource(files: [file], peak: 2047) }
        }
    }
}
