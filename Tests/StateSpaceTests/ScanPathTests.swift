import StateSpace
import Testing
import Torch

@Suite("Scan paths")
struct ScanPathTests {
    /// Square, oblong, odd and 1-pixel grids.
    static let sides = 1...9
    static let windows: [Int?] = [nil, 1, 2, 3, 4, 7, 100]

    /// The pixels in the order of time, by sorting them: windows first, then images, then pixels.
    private func sorted(_ path: ScanPath, _ height: Int, _ width: Int) -> [Int] {
        struct Place { let pixel: Int, key: [Int] }
        var places: [Place] = []
        for image in 0..<path.images {
            for row in 0..<height {
                for column in 0..<width {
                    let side = path.window ?? max(height, width)
                    let sign = path.direction.isReversed ? -1 : 1
                    var window = [sign * (row / side), sign * (column / side)]
                    var pixel = [sign * row, sign * column]
                    if !path.direction.isByRows {
                        window.reverse()
                        pixel.reverse()
                    }
                    places.append(
                        Place(pixel: (image * height + row) * width + column, key: window + [image] + pixel))
                }
            }
        }
        return places.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.pixel)
    }

    @Test("are the order of their definition, and its inverse, for every size", arguments: ScanPath.Direction.allCases)
    func definition(direction: ScanPath.Direction) throws {
        for height in Self.sides {
            for width in Self.sides {
                for window in Self.windows {
                    for images in 1...3 {
                        let path = ScanPath(direction, window: window, images: images)
                        let (pixels, positions) = try path.permutation(height: height, width: width)
                        let order = pixels.array(of: Int.self)
                        #expect(order == sorted(path, height, width), "\(path) over \(height) × \(width)")
                        var inverse = [Int](repeating: -1, count: order.count)
                        for (token, pixel) in order.enumerated() { inverse[pixel] = token }
                        #expect(positions.array(of: Int.self) == inverse, "\(path) over \(height) × \(width)")
                    }
                }
            }
        }
    }

    @Test("interleave as the authors' example does")
    func workedExample() throws {
        let orders: [(String, [Int])] = [
            (
                "ltr_utd",
                [
                    0, 1, 4, 5, 16, 17, 20, 21, 2, 3, 6, 7, 18, 19, 22, 23, 8, 9, 12, 13, 24, 25, 28, 29, 10, 11, 14,
                    15, 26, 27, 30, 31,
                ]
            ),
            (
                "rtl_dtu",
                [
                    15, 14, 11, 10, 31, 30, 27, 26, 13, 12, 9, 8, 29, 28, 25, 24, 7, 6, 3, 2, 23, 22, 19, 18, 5, 4, 1,
                    0, 21, 20, 17, 16,
                ]
            ),
            (
                "utd_ltr",
                [
                    0, 4, 1, 5, 16, 20, 17, 21, 8, 12, 9, 13, 24, 28, 25, 29, 2, 6, 3, 7, 18, 22, 19, 23, 10, 14, 11,
                    15, 26, 30, 27, 31,
                ]
            ),
            (
                "dtu_rtl",
                [
                    15, 11, 14, 10, 31, 27, 30, 26, 7, 3, 6, 2, 23, 19, 22, 18, 13, 9, 12, 8, 29, 25, 28, 24, 5, 1, 4,
                    0, 21, 17, 20, 16,
                ]
            ),
        ]
        for (name, order) in orders {
            let direction = try #require(ScanPath.Direction(miScan: name))
            #expect(direction.miScanName == name)
            let path = ScanPath.interleaved(windows: 2, direction)
            #expect(try path.permutation(height: 4, width: 4).pixels.array(of: Int.self) == order)
        }
        #expect(ScanPath.Direction(miScan: "up") == nil)
    }

    @Test("interleave pixel by pixel with windows of 1, image by image without windows")
    func extremes() throws {
        let byPixel = try ScanPath.interleaved(images: 3, windows: 1).permutation(height: 1, width: 2)
        #expect(byPixel.pixels.array(of: Int.self) == [0, 2, 4, 1, 3, 5])
        let byImage = try ScanPath.interleaved(windows: nil, .rowsReversed).permutation(height: 1, width: 3)
        #expect(byImage.pixels.array(of: Int.self) == [2, 1, 0, 5, 4, 3])
    }

    @Test("go VMamba's ways in VMamba's order")
    func modes() throws {
        func orders(_ mode: Int) throws -> [Int] {
            let paths = try #require(CrossScan(rawValue: mode)?.paths)
            return try ScanPaths(paths, height: 2, width: 3).pixels.array()
        }
        let (rows, reversed) = ([0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0])
        #expect(try orders(0) == rows + [0, 3, 1, 4, 2, 5] + reversed + [5, 2, 4, 1, 3, 0])
        #expect(try orders(1) == rows + rows + rows + rows)
        #expect(try orders(2) == rows + rows + reversed + reversed)
        #expect(CrossScan(rawValue: 3) == nil)
        #expect(try ScanPaths(ScanPath.bidirectional, height: 2, width: 3).pixels.array() == rows + reversed)
    }

    @Test("are permutations of a large map too")
    func large() throws {
        let (height, width) = (517, 1031)
        let paths = try ScanPaths(
            ScanPath.Direction.allCases.map { .windows(16, $0) } + CrossScan.fourDirections.paths, height: height,
            width: width)
        let pixels = Tensor.range(to: height * width, dtype: .int32)
        for path in 0..<paths.count {
            let there = paths.positions[.at(path)].selected(axis: 0, indices: paths.pixels[.at(path)])
            #expect((there .== pixels).all().item == 1)
        }
    }

    @Test("refuse what is no map, no window, no image, or more than can be counted")
    func refusals() throws {
        func message(_ path: ScanPath, _ height: Int, _ width: Int) -> String {
            do throws(ScanPathError) {
                _ = try path.permutation(height: height, width: width)
                return "no error"
            } catch {
                return error.message
            }
        }
        #expect(message(.rows, 0, 5).contains("a map of 0 × 5 pixels; it has at least one row"))
        #expect(message(.columns, 5, -1).contains("5 × -1"))
        #expect(message(.rows, Int.min, Int.max).contains("at least one row"))
        #expect(message(.rows, 65_536, 65_536).contains("at most 2147483647 pixels can be counted"))
        #expect(message(.rows, Int.max, Int.max).contains("at most 2147483647"))
        #expect(message(.interleaved(images: Int.max, windows: nil), 2, 2).contains("maps of 2 × 2"))
        #expect(message(.windows(0), 2, 2).contains("a window of 0 pixels"))
        #expect(message(.windows(-4), 2, 2).contains("a window of -4 pixels"))
        #expect(message(.windows(.max), 2, 2) == "no error")
        #expect(message(ScanPath(.rows, images: 0), 2, 2).contains("0 images; give 1 or more."))
        #expect(throws: ScanPathError.self) { try ScanPaths([], height: 2, width: 2) }
        #expect(throws: ScanPathError.self) {
            try ScanPaths([.rows, .interleaved(windows: 2)], height: 2, width: 2)
        }
        #expect(throws: ScanPathError.self) { try ScanPath.rows.drawing(height: 0, width: 1) }
        #expect(throws: ScanPathError.self) { try ScanPath.rows.drawing(height: 30_000, width: 60_000) }
        #expect(throws: ScanPathError.self) { try SkipSampledPaths(height: 300, width: 300).drawing }
    }

    @Test("say that there is no such device", .enabled(if: !Device.hasCUDA))
    func device() throws {
        #expect(throws: ScanPathError.self) {
            try ScanPaths([.rows], height: 2, width: 2, device: .cuda(0))
        }
    }
}
