/// Draws scan paths as tables of numbers.
package enum ScanDrawing {
    /// Rows of cells of equal width, with lines after every `window` cells of both axes where it is given.
    package static func table(_ cells: [[String]], window: Int? = nil) -> [String] {
        let cellWidth = cells.joined().map(\.count).max() ?? 0
        func groups<Element>(_ elements: [Element]) -> [[Element]] {
            guard let window, window < elements.count else { return [elements] }
            return stride(from: 0, to: elements.count, by: window).map {
                Array(elements[$0..<min($0 + window, elements.count)])
            }
        }
        var lines: [String] = []
        for (index, rows) in groups(cells).enumerated() {
            if index > 0 {
                // Bars stand one place beyond the cells at their left.
                let parts = groups(rows[0])
                lines.append(
                    parts.enumerated().map { part, cells in
                        let width = cells.count * (cellWidth + 1) - 1
                        return String(repeating: "-", count: width + (part == 0 || part == parts.count - 1 ? 1 : 2))
                    }.joined(separator: "+"))
            }
            for row in rows {
                let aligned = row.map { String(repeating: " ", count: cellWidth - $0.count) + $0 }
                lines.append(groups(aligned).map { $0.joined(separator: " ") }.joined(separator: " | "))
            }
        }
        return lines
    }

    /// Tables beside each other, each below its title.
    static func sideBySide(_ tables: [(title: String, lines: [String])]) -> String {
        let height = tables.map(\.lines.count).max() ?? 0
        let columns = tables.map { title, lines in
            let lines = [title] + lines
            let width = lines.map(\.count).max() ?? 0
            return (0...height).map { row in
                let line = row < lines.count ? lines[row] : ""
                return line + String(repeating: " ", count: width - line.count)
            }
        }
        return (0...height).map { row in
            let line = columns.map { $0[row] }.joined(separator: "   ")
            return withoutTrailingSpaces(line)
        }.joined(separator: "\n")
    }

    static func withoutTrailingSpaces(_ line: String) -> String {
        String(line.reversed().drop { $0 == " " }.reversed())
    }

    /// Refuses what nobody could look at.
    static func check(pixels: Int) throws(ScanPathError) {
        guard pixels <= 1 << 16 else {
            throw ScanPathError(message: "a drawing of \(pixels) pixels; draw at most \(1 << 16).")
        }
    }
}

extension ScanPath {
    /// A drawing of the path over a small map: at the place of each pixel, the number of its token in the order of time.
    /// Lines show the borders of windows, and several images stand side by side.
    ///
    /// - Throws: ``ScanPathError`` as ``permutation(height:width:device:)`` does, and for more than 65,536 pixels.
    public func drawing(height: Int, width: Int) throws(ScanPathError) -> String {
        let tables = try tables(height: height, width: width)
        guard images > 1 else { return tables.joined().joined(separator: "\n") }
        return ScanDrawing.sideBySide(tables.enumerated().map { ("image \($0.offset)", $0.element) })
    }

    /// Drawings of several paths, side by side, below their descriptions.
    ///
    /// - Throws: ``ScanPathError`` as ``drawing(height:width:)`` does.
    public static func drawing(of paths: [ScanPath], height: Int, width: Int) throws(ScanPathError) -> String {
        var tables: [(String, [String])] = []
        for path in paths {
            let images = try path.tables(height: height, width: width)
            for (image, lines) in images.enumerated() {
                tables.append((path.description + (images.count > 1 ? ", image \(image)" : ""), lines))
            }
        }
        return ScanDrawing.sideBySide(tables)
    }

    /// The lines of a table for each image.
    private func tables(height: Int, width: Int) throws(ScanPathError) -> [[String]] {
        let length = try length(height: height, width: width)
        try ScanDrawing.check(pixels: length)
        var pixels = [Int32](repeating: 0, count: length)
        var positions = pixels
        pixels.withUnsafeMutableBufferPointer { pixels in
            positions.withUnsafeMutableBufferPointer { positions in
                write(height: height, width: width, pixels: pixels, positions: positions)
            }
        }
        return (0..<images).map { image in
            let rows = (0..<height).map { row in
                (0..<width).map { String(positions[(image * height + row) * width + $0]) }
            }
            // Lines around single pixels would show nothing.
            return ScanDrawing.table(rows, window: window == 1 ? nil : window)
        }
    }
}

extension SkipSampledPaths {
    /// A drawing of the paths: at the place of each pixel, its path a to d and the number of its token; zeros that are added
    /// stand in parentheses.
    ///
    /// - Throws: ``ScanPathError`` for more than 65,536 pixels.
    public var drawing: String {
        get throws(ScanPathError) {
            try ScanDrawing.check(pixels: Self.count * length)
            let pixels = pixels.array(of: Int.self)
            let columns = (width + 1) / 2
            let rows = (height + 1) / 2
            var cells = [[String]](repeating: [String](repeating: "", count: 2 * columns), count: 2 * rows)
            for path in 0..<Self.count {
                for token in 0..<length {
                    let (cellRow, cellColumn) =
                        path % 2 == 0
                        ? (token / columns, token % columns) : (token % rows, token / rows)
                    let name = "\(["a", "b", "c", "d"][path])\(token)"
                    let isZero = pixels[path * length + token] < 0
                    cells[2 * cellRow + path % 2][2 * cellColumn + path / 2] =
                        isZero ? "(\(name))" : isPadded ? " \(name) " : name
                }
            }
            return ScanDrawing.table(cells).map(ScanDrawing.withoutTrailingSpaces).joined(separator: "\n")
        }
    }
}
