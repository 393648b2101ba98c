import FusionKit

/// A picture of several images beside each other, of equal height, stretched for the eye.
struct SideBySide {
    let files: [String]
    /// Bands (from 1) to show as red, green and blue, or one as grey; chosen by their colours or number when nil.
    let bands: [Int]?
    /// Whether images of as many bands share their stretch.
    let sharesStretch: Bool
    /// Rows of the picture at most.
    let maximumHeight: Int

    /// Percentiles that become black and white.
    static let percentiles = [2.0, 98]
    private static let gap = 8

    /// The picture: (3, H, W).
    func render() throws -> (bytes: [UInt8], width: Int, height: Int) {
        let readers = try files.map { try RasterReader($0) }
        let height = min(maximumHeight, readers.map(\.profile.height).max() ?? 1)
        let panels = try readers.map { try Panel($0, bands: shownBands($0), height: height) }
        var stretches = panels.map { $0.stretch(with: [$0]) }
        if sharesStretch {
            stretches = panels.map { panel in
                panel.stretch(with: panels.filter { $0.planes.count == panel.planes.count })
            }
        }
        let width = panels.reduce(0) { $0 + $1.width } + Self.gap * (panels.count - 1)
        var bytes = [UInt8](repeating: 255, count: 3 * width * height)
        var left = 0
        for (panel, stretch) in zip(panels, stretches) {
            for color in 0..<3 {
                let plane = min(color, panel.planes.count - 1)
                let (black, white) = stretch[plane]
                for row in 0..<height {
                    let target = (color * height + row) * width + left
                    for column in 0..<panel.width {
                        let value = panel.planes[plane][row * panel.width + column]
                        let scaled = value.isNaN ? 0 : 255 * (value - black) / max(white - black, .leastNormalMagnitude)
                        bytes[target + column] = UInt8(min(max(scaled.rounded(), 0), 255))
                    }
                }
            }
            left += panel.width + Self.gap
        }
        return (bytes, width, height)
    }

    /// The bands to show, from 0.
    private func shownBands(_ reader: RasterReader) throws -> [Int] {
        let data = reader.profile.dataBands
        if data.count < 3 { return [data.first ?? 0] }
        if let bands {
            if let band = bands.first(where: { !(1...reader.profile.bands.count).contains($0) }) {
                throw Failure(
                    .usage,
                    "\(reader.file): there is no band \(band), it has \(reader.profile.bands.count). "
                        + "Give others with --bands.")
            }
            return bands.map { $0 - 1 }
        }
        let colors = reader.profile.bands.map(\.color)
        if let red = colors.firstIndex(of: .red), let green = colors.firstIndex(of: .green),
            let blue = colors.firstIndex(of: .blue)
        {
            return [red, green, blue]
        }
        // Blue, green, red, near infrared; or coastal, blue, green, yellow, red and more.
        return (data.count < 5 ? [2, 1, 0] : [4, 2, 1]).map { data[$0] }
    }
}

/// One image at the height of the picture; each pixel is the nearest one of the file, NaN where that is unknown.
private struct Panel {
    let planes: [[Float]]
    let width: Int

    init(_ reader: RasterReader, bands: [Int], height: Int) throws {
        let (sourceWidth, sourceHeight) = (reader.profile.width, reader.profile.height)
        let scale = Double(height) / Double(sourceHeight)
        let width = max(1, Int((Double(sourceWidth) * scale).rounded()))
        func source(_ index: Int, _ count: Int, _ sourceCount: Int) -> Int {
            min(sourceCount - 1, Int((Double(index) + 0.5) * Double(sourceCount) / Double(count)))
        }
        let columns = (0..<width).map { source($0, width, sourceWidth) }
        var planes = [[Float]](repeating: [], count: bands.count)
        var values = [Float](repeating: 0, count: sourceWidth * bands.count)
        var valid = [UInt8](repeating: 0, count: sourceWidth)
        for row in 0..<height {
            let window = Window(column: 0, row: source(row, height, sourceHeight), width: sourceWidth, height: 1)
            try values.withUnsafeMutableBufferPointer { values in
                try valid.withUnsafeMutableBufferPointer {
                    try reader.read(window, bands: bands, into: values, valid: $0)
                }
            }
            for band in bands.indices {
                planes[band] += columns.map { valid[$0] != 0 ? values[band * sourceWidth + $0] : .nan }
            }
        }
        self.planes = planes
        self.width = width
    }

    /// Black and white of each plane, from the known pixels of some panels.
    func stretch(with panels: [Panel]) -> [(black: Float, white: Float)] {
        planes.indices.map { plane in
            let known = panels.flatMap { $0.planes[plane].lazy.filter { !$0.isNaN }.map(Double.init) }
            let limits = Percentile.of(known, at: SideBySide.percentiles)
            return (Float(limits[0]), Float(limits[1]))
        }
    }
}
