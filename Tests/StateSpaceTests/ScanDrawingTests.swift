import Foundation
import StateSpace
import Testing
import Torch

@Suite("Drawings of scan paths")
struct ScanDrawingTests {
    private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private func text(_ file: String) throws -> String {
        try String(contentsOf: Self.package.appendingPathComponent(file), encoding: .utf8)
    }

    private func releasedMerge(window: Int, height: Int, width: Int) throws -> String {
        let merge = try ScanPaths.releasedColumnMerge(window: window, height: height, width: width)
        let pixels = merge.pixels.array(of: Int.self)
        let rows = (0..<height).map { row in (0..<width).map { String(pixels[row * width + $0]) } }
        return ScanDrawing.table(rows, window: window).joined(separator: "\n")
    }

    @Test("number pixels in the order of time, with lines around windows")
    func numbers() throws {
        #expect(try ScanPath.columns.drawing(height: 2, width: 6) == " 0  2  4  6  8 10\n 1  3  5  7  9 11")
        #expect(try ScanPath.windows(2).drawing(height: 2, width: 3) == "0 1 | 4\n2 3 | 5")
        #expect(try ScanPath.windows(1).drawing(height: 1, width: 2) == "0 1")
        #expect(try ScanPath.rows.drawing(height: 1, width: 1) == "0")
        #expect(try SkipSampledPaths(height: 1, width: 1).drawing == " a0  (c0)\n(b0) (d0)")
        #expect(try SkipSampledPaths(height: 2, width: 2).drawing == "a0 c0\nb0 d0")
    }

    @Test("of the page docs/scan-paths.md are what the code draws")
    func page() throws {
        let drawings = try [
            ScanPath.drawing(of: CrossScan.fourDirections.paths, height: 3, width: 4),
            ScanPath.drawing(of: ScanPath.Direction.allCases.map { .windows(2, $0) }, height: 4, width: 6),
            ScanPath.windows(3).drawing(height: 5, width: 7),
            ScanPath.interleaved(windows: 2).drawing(height: 4, width: 4),
            ScanPath.interleaved(windows: 2, .rowsReversed).drawing(height: 4, width: 4),
            ScanPath.interleaved(images: 3, windows: 1).drawing(height: 2, width: 3),
            ScanPath.interleaved(windows: nil, .columns).drawing(height: 2, width: 3),
            SkipSampledPaths(height: 4, width: 6).drawing,
            SkipSampledPaths(height: 3, width: 5).drawing,
            releasedMerge(window: 2, height: 4, width: 6),
        ]
        let blocks = try text("docs/scan-paths.md").components(separatedBy: "```").enumerated()
            .filter { $0.offset % 2 == 1 }.map(\.element)
        #expect(blocks == drawings.map { "text\n\($0)\n" })
    }

    @Test("in comments are what the code draws")
    func comments() throws {
        let drawings: [(String, String)] = try [
            ("ScanPath", ScanPath.rows.drawing(height: 3, width: 4)),
            ("ScanPath", ScanPath.rowsReversed.drawing(height: 3, width: 4)),
            ("ScanPath", ScanPath.columns.drawing(height: 3, width: 4)),
            ("ScanPath", ScanPath.columnsReversed.drawing(height: 3, width: 4)),
            ("ScanPath", ScanPath.windows(2).drawing(height: 4, width: 5)),
            ("ScanPath", ScanPath.interleaved(windows: 2, .rowsReversed).drawing(height: 2, width: 4)),
            ("CrossScan", ScanPath.drawing(of: CrossScan.fourDirections.paths, height: 3, width: 4)),
            ("SkipSampledPaths", SkipSampledPaths(height: 3, width: 5).drawing),
        ]
        for (file, drawing) in drawings {
            let lines = drawing.split(separator: "\n").map { "///     \($0)" }
            let source = try text("Sources/StateSpace/Paths/\(file).swift").split(separator: "\n")
                .map { $0.trimmingCharacters(in: .whitespaces) }
            let found = source.indices.contains { Array(source[$0...].prefix(lines.count)) == lines }
            #expect(found, "\(file).swift does not have this drawing:\n\(lines.joined(separator: "\n"))")
        }
    }
}
