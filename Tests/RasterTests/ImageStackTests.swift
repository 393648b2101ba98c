import CGDAL
import Raster
import Testing

extension ArrayFileTests {
    @Suite("Image stack") struct ImageStackTests {
        let directory: TemporaryDirectory

        init() throws { directory = try TemporaryDirectory() }

        @Test("gives each image of an array, and knows how many there are")
        func images() throws {
            let file = directory.file("stack.h5")
            let values = (0..<3 * 2 * 4 * 5).map { Double($0) }
            try writeHDF5(file, [TestArray(name: "ms", lengths: [3, 2, 4, 5], values: values, type: GDT_Float64)])
            let array = try #require(try ArrayFile.arrays(of: file).first { $0.name == "/ms" })
            let stack = try ImageStack(file, array: array)
            #expect(stack.count == 3 && stack.bands == 2 && stack.height == 4 && stack.width == 5)
            for index in [2, 0, 1] {
                let expected = values[index * 40..<(index + 1) * 40].map { Float($0) }
                #expect(try stack.read(index) == expected)
            }
            #expect(rasterError { _ = try stack.read(3) }?.code == .outsideImage)
        }

        @Test("needs four axes")
        func axes() throws {
            let file = directory.file("cube.h5")
            try writeHDF5(file, [.cube("cube", bands: 3, height: 8, width: 8)])
            let array = try #require(try ArrayFile.arrays(of: file).first { $0.name == "/cube" })
            #expect(rasterError { _ = try ImageStack(file, array: array) }?.code == .unclearImage)
        }

        @Test("is looked for in files of arrays only")
        func otherFiles() throws {
            let file = directory.file("plain.tif")
            try makeFile(file, width: 4, height: 4, bands: 1, type: GDT_Byte, pixels: [])
            #expect(rasterError { _ = try ArrayFile.arrays(of: file) }?.code == .notAnImage)
            #expect(rasterError { _ = try ArrayFile.arrays(of: directory.path) }?.code == .isDirectory)
            #expect(rasterError { _ = try ArrayFile.arrays(of: file + "f") }?.code == .notFound)
        }
    }
}

@Suite("Palette") struct PaletteTests {
    @Test("gives the colours that numbers stand for, and none where they stand for themselves")
    func colours() throws {
        let directory = try TemporaryDirectory()
        let file = directory.file("palette.tif")
        try makeFile(file, width: 2, height: 1, bands: 1, type: GDT_Byte, pixels: [0, 1]) { dataset in
            let table = GDALCreateColorTable(GPI_RGB)
            defer { GDALDestroyColorTable(table) }
            var colour = GDALColorEntry(c1: 200, c2: 30, c3: 90, c4: 255)
            GDALSetColorEntry(table, 1, &colour)
            GDALSetRasterColorTable(GDALGetRasterBand(dataset, 1), table)
        }
        let colours = try RasterReader(file).palette(of: 0)
        #expect(colours.count == 256)
        #expect(colours[1].red == 200 && colours[1].green == 30 && colours[1].blue == 90)
        let plain = directory.file("plain.tif")
        try makeFile(plain, width: 2, height: 1, bands: 1, type: GDT_Byte, pixels: [0, 1])
        #expect(try RasterReader(plain).palette(of: 0).isEmpty)
    }
}
