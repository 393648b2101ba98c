import Raster
import Testing

@Suite("Axes of a cube") struct CubeAxesTests {
    private func axes(
        _ lengths: [Int], names: [String]? = nil, _ selection: String = "", isMATLAB: Bool = false,
        wavelengths: Set<Int> = []
    ) throws -> CubeAxes {
        let array = StoredArray(name: "/cube", lengths: lengths, axes: names, isMATLAB: isMATLAB)
        return try CubeAxes(
            of: array, selection: ArraySelection(selection), wavelengthCounts: wavelengths, file: "a.h5")
    }

    @Test(
        "lengths tell where they can",
        arguments: [
            ([31, 512, 512], 0), ([512, 512, 31], 2), ([224, 96, 96], 0), ([24, 24, 198], 2), ([103, 610, 340], 0),
            ([610, 340, 103], 2), ([1, 64, 64], 0), ([4, 64, 256], 0),
        ])
    func lengths(lengths: [Int], band: Int) throws {
        let found = try axes(lengths)
        #expect(found.band == band && found.row == (band == 0 ? 1 : 0) && found.column == found.row + 1)
    }

    @Test("lengths that tell nothing are asked for", arguments: [[64, 64, 64], [224, 512, 217], [20, 30, 33]])
    func unclear(lengths: [Int]) throws {
        #expect(rasterError { _ = try axes(lengths) }?.code == .unclearImage)
        #expect(try axes(lengths, "@chw").band == 0)
        #expect(try axes(lengths, "@hwc").band == 2)
        #expect(try axes(lengths, "@hcw").band == 1)
        #expect(try axes(lengths, names: ["y", "x", "bands"]).band == 2)
        if lengths[0] != lengths[2] { #expect(try axes(lengths, wavelengths: [lengths[2]]).band == 2) }
    }

    @Test("MATLAB's arrays are rows, columns, bands, images") func matlab() throws {
        let cube = try axes([4, 64, 64], isMATLAB: true)
        #expect(cube.row == 0 && cube.column == 1 && cube.band == 2 && cube.stack == nil)
        let stack = try axes([64, 64, 4, 9], "[8]", isMATLAB: true)
        #expect(stack.stack?.axis == 3 && stack.stack?.index == 8 && stack.band == 2)
    }

    @Test("a stack's images come first") func stack() throws {
        let found = try axes([9, 8, 16, 16], "[2]")
        #expect(found.stack?.axis == 0 && found.stack?.index == 2 && found.band == 1 && found.row == 2)
        let gray = try axes([9, 16, 16], "[2]")
        #expect(gray.band == nil && gray.row == 1 && gray.column == 2)
        #expect(try axes([1, 8, 16, 16]).stack?.index == 0)
        for wrong in ["", "[9]"] {
            #expect(rasterError { _ = try axes([9, 8, 16, 16], wrong) }?.code == .unclearImage)
        }
        #expect(rasterError { _ = try axes([16, 16], "[0]") }?.code == .unclearImage)
    }

    @Test("a selection is a name, a place and an order, each of which may be left out")
    func selection() {
        let full = ArraySelection("/a/b[3]@hwc")
        #expect(full?.name == "/a/b" && full?.index == 3 && full?.order == "hwc")
        #expect(ArraySelection("b")?.name == "b" && ArraySelection("b")?.index == nil)
        #expect(ArraySelection("@WH")?.order == "wh" && ArraySelection("[2]")?.index == 2)
        for wrong in ["b@xy", "b[x]", "b[-1]", "b@", "b[1]@hwcc"] { #expect(ArraySelection(wrong) == nil, "\(wrong)") }
    }
}
