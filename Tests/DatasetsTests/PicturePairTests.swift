import Datasets
import Foundation
import Raster
import Testing

@Suite("Pairs of pictures") struct PicturePairTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// Writes a grey picture whose pixels tell a number, the row and the column.
    private func writeGrey(_ file: String, number: Int = 0, height: Int = 6, width: Int = 5) throws {
        let pixels = (0..<height * width).map { UInt8((number * 50 + $0) % 256) }
        try Picture.write(pixels, width: width, height: height, to: file)
    }

    @Test("are matched by name, whatever their endings, and are in 0…1")
    func matched() throws {
        let (visible, infrared) = (try directory.folder("vi"), try directory.folder("ir"))
        for (number, name) in ["b", "a", "c"].enumerated() {
            try writeGrey("\(visible)/\(name).png", number: number)
            try writeGrey("\(infrared)/\(name).bmp", number: number + 1)
        }
        try Data("notes".utf8).write(to: URL(fileURLWithPath: "\(visible)/readme.txt"))
        let source = try PicturePairSource(folder: directory.path)
        #expect(source.count == 3 && source.ratio == 1)
        #expect(source.pairs.map { ($0.first as NSString).lastPathComponent } == ["a.png", "b.png", "c.png"])
        let images = try source.sample(0).images
        let first = SampleImage(bands: 1, height: 6, width: 5) { Float(50 + $1 * 5 + $2 + $0) / 255 }
        let second = SampleImage(bands: 1, height: 6, width: 5) { Float(100 + $1 * 5 + $2 + $0) / 255 }
        #expect(images == [.first: first, .second: second])
    }

    @Test("are found below a folder in the layouts of the field")
    func layouts() throws {
        let pairs = [
            ("set00/V000/visible", "set00/V000/lwir"), ("set00/V001/visible", "set00/V001/lwir"),
            ("MRI_CT/MRI", "MRI_CT/CT"), ("MRI_PET/MRI", "MRI_PET/PET"), ("cells/PC", "cells/GFP"),
        ]
        for (first, second) in pairs {
            try writeGrey(try directory.folder(first) + "/I1.png")
            try writeGrey(try directory.folder(second) + "/I1.png")
        }
        let source = try PicturePairSource(folder: directory.path)
        let found = Set(source.pairs.map { "\($0.first) \($0.second)" })
        let expected = pairs.map { directory.file("\($0.0)/I1.png") + " " + directory.file("\($0.1)/I1.png") }
        #expect(found == Set(expected))
    }

    @Test("give the luma of colours as OpenCV rounds it, and 16 bits without rounding")
    func luma() throws {
        let (first, second) = (try directory.folder("first"), try directory.folder("second"))
        let colour: [UInt8] = [200, 10, 30, 250, 90, 77]
        try Picture.write(colour, width: 2, height: 1, to: "\(first)/a.png")
        let profile = RasterProfile(
            driver: "GTiff", width: 2, height: 1, bands: [RasterProfile.Band(sampleType: .uint16)])
        let writer = try RasterWriter("\(second)/a.tif", profile: profile)
        try writer.write([1000, 65535] as [Double], to: profile.window)
        try writer.finish()
        let images = try PicturePairSource(first: first, second: second).sample(0).images
        // 0.299 R + 0.587 G + 0.114 B of (200, 30, 90) and (10, 250, 77), rounded.
        #expect(images[.first]?.values == [Float(88) / 255, Float(159) / 255])
        #expect(images[.second]?.values == [Float(1000) / 65535, 1])
    }

    @Test("are refused where one lacks its partner, with the names")
    func noPartner() throws {
        let (visible, infrared) = (try directory.folder("vi"), try directory.folder("ir"))
        for name in ["a", "b", "c"] { try writeGrey("\(visible)/\(name).png") }
        for name in ["a", "b", "d"] { try writeGrey("\(infrared)/\(name).png") }
        let error = datasetError { _ = try PicturePairSource(folder: directory.path) }
        #expect(error?.code == .noPartner && error?.place == visible)
        #expect(error?.description.contains("1 of 3 pictures have no partner in \(infrared): c.") == true)
        try writeGrey("\(visible)/b.bmp")
        let twice = datasetError { _ = try PicturePairSource(first: visible, second: infrared) }
        #expect(twice?.description.contains("the same name") == true)
    }

    @Test("are refused where their sizes differ, or a file is cut off")
    func damaged() throws {
        let (visible, infrared) = (try directory.folder("vi"), try directory.folder("ir"))
        try writeGrey("\(visible)/a.png")
        try writeGrey("\(infrared)/a.png", width: 7)
        try writeGrey("\(visible)/b.png", height: 200, width: 200)
        try writeGrey("\(infrared)/b.png", height: 200, width: 200)
        let source = try PicturePairSource(folder: directory.path)
        let error = datasetError { _ = try source.sample(0) }
        #expect(error?.code == .shape)
        #expect(error?.description.contains("6 × 5") == true && error?.description.contains("6 × 7") == true)
        let data = try #require(FileManager.default.contents(atPath: "\(infrared)/b.png"))
        try data.prefix(data.count / 2).write(to: URL(fileURLWithPath: "\(infrared)/b.png"))
        #expect(throws: RasterError.self) { _ = try source.sample(1) }
    }

    @Test("are refused where there are none")
    func empty() throws {
        #expect(datasetError { _ = try PicturePairSource(folder: directory.path) }?.code == .empty)
        let (visible, infrared) = (try directory.folder("vi"), try directory.folder("ir"))
        #expect(datasetError { _ = try PicturePairSource(first: visible, second: infrared) }?.code == .empty)
        #expect(datasetError { _ = try PicturePairSource(folder: directory.file("none")) }?.code == .noFolder)
    }

    @Test("of the test data are all found", .enabled(if: sharedData != nil, "the pictures are not on this machine"))
    func real() throws {
        let data = try #require(sharedData)
        let pairs = try PicturePairSource(folder: data + "/irvis")
        #expect(pairs.count == 6)
        let medical = try PicturePairSource(folder: data + "/medical")
        #expect(medical.count >= 4)
        for source in [pairs, medical] {
            for index in 0..<source.count {
                for image in try source.sample(index).images.values {
                    let range = (image.values.min() ?? -1)...(image.values.max() ?? -1)
                    #expect(range.lowerBound >= 0 && range.upperBound <= 1 && range.upperBound > 0.3)
                }
            }
        }
    }
}
