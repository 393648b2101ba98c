import Sensors

/// PAN and the interpolated bands of one part of a scene, all in memory.
struct SceneCrop: SceneMeasurement {
    /// What a block contributes: its pixels of the part.
    struct Part: Sendable {
        let region: PixelRegion
        let bands: Image
        let pan: Image
        let isValid: [Bool]
    }

    let ingredients: Ingredients = []
    let region: PixelRegion
    /// (C, rows, columns); empty before the first block.
    private var bands = Image(bands: 0, height: 0, width: 0)
    /// (1, rows, columns).
    private var pan = Image(bands: 0, height: 0, width: 0)
    /// Which pixels count.
    private(set) var isValid: [Bool] = []

    /// No pixels yet.
    init(region: PixelRegion) { self.region = region }

    /// The bands, (C, rows, columns), and PAN; pixels that do not count have the mean of those that do.
    func filled() -> (bands: Image, pan: Image) {
        let known = isValid.indices.filter { isValid[$0] }
        if known.count == isValid.count { return (bands, pan) }
        func filled(_ image: Image) -> Image {
            var result = image
            for band in 0..<image.bands {
                let start = band * image.pixels
                let mean = known.reduce(0) { $0 + image.values[start + $1] } / Double(max(known.count, 1))
                for pixel in isValid.indices where !isValid[pixel] { result.values[start + pixel] = mean }
            }
            return result
        }
        return (filled(bands), filled(pan))
    }

    func measure(_ block: PreparedBlock) -> Part {
        let own = PixelRegion(
            rows: block.region.rows.clamped(to: region.rows), columns: block.region.columns.clamped(to: region.columns))
        let rows =
            own.rows.lowerBound - block.region.rows.lowerBound..<own.rows.upperBound
            - block.region.rows.lowerBound
        let columns =
            own.columns.lowerBound - block.region.columns.lowerBound..<own.columns.upperBound
            - block.region.columns.lowerBound
        guard !rows.isEmpty, !columns.isEmpty else {
            let nothing = Image(bands: 0, height: 0, width: 0)
            return Part(region: own, bands: nothing, pan: nothing, isValid: [])
        }
        return Part(
            region: own, bands: block.interpolated.cropped(rows: rows, columns: columns),
            pan: block.pan.cropped(rows: rows, columns: columns),
            isValid: rows.flatMap { row in
                columns.map { block.isValid?[row * block.region.columns.count + $0] ?? true }
            })
    }

    mutating func merge(_ part: Part) {
        guard part.pan.bands > 0 else { return }
        if isValid.isEmpty {
            bands = Image(bands: part.bands.bands, height: region.rows.count, width: region.columns.count)
            pan = Image(bands: 1, height: region.rows.count, width: region.columns.count)
            isValid = [Bool](repeating: false, count: region.pixels)
        }
        let row = part.region.rows.lowerBound - region.rows.lowerBound
        let column = part.region.columns.lowerBound - region.columns.lowerBound
        bands.paste(part.bands, row: row, column: column)
        pan.paste(part.pan, row: row, column: column)
        for (index, valid) in part.isValid.enumerated() {
            let (y, x) = (row + index / part.pan.width, column + index % part.pan.width)
            isValid[y * region.columns.count + x] = valid
        }
    }
}

/// Two measurements in one pass.
struct MeasurementPair<First: SceneMeasurement, Second: SceneMeasurement>: SceneMeasurement {
    /// What a block contributes to both.
    struct Part: Sendable {
        let first: First.Part
        let second: Second.Part
    }

    var first: First
    var second: Second

    var ingredients: Ingredients {
        let all = first.ingredients.union(second.ingredients)
        // Where one of them reads bands, the mean of the bands alone does not do.
        let meanDoes = first.ingredients.intersection(second.ingredients).contains(.meanBandOnly)
        return meanDoes ? all : all.subtracting(.meanBandOnly)
    }

    func measure(_ block: PreparedBlock) -> Part {
        Part(first: first.measure(block), second: second.measure(block))
    }

    mutating func merge(_ part: Part) {
        first.merge(part.first)
        second.merge(part.second)
    }
}
