import Sensors

// Images that are computed from others, part by part. A pixel is unknown where any pixel that it depends on is.

/// The coarse image on the fine grid.
struct InterpolatedReader: PixelReader {
    let coarse: any PixelReader
    let ratio: Int
    let height: Int
    let width: Int
    /// What lies beyond the coarse image.
    let border: Border
    var rowShift = 0.0
    var columnShift = 0.0

    var bands: Int { coarse.bands }

    func read(_ region: PixelRegion) throws -> PixelSamples {
        // The border is filled before, so the interpolator never meets one.
        let upsampler = Upsampler(ratio: ratio, border: .replicate, rowShift: rowShift, columnShift: columnShift)
        let rows = coarseRange(region.rows, upsampler, rowShift)
        let columns = coarseRange(region.columns, upsampler, columnShift)
        let samples = try coarse.read(rows: rows, columns: columns, border: border).withoutUnknown()
        let local = region.shifted(rows: -ratio * rows.lowerBound, columns: -ratio * columns.lowerBound)
        let image = upsampler.apply(to: SceneWindow(whole: samples.image), region: local)
        guard let isValid = samples.isValid else { return PixelSamples(image) }
        let unknown = UnknownPixels(isValid: isValid, height: rows.count, width: columns.count)
        let reach = (upsampler.reach + ratio - 1) / ratio
        func places(_ range: Range<Int>, _ shift: Double) -> [Range<Int>] {
            range.map { position in
                let place = Int(((Double(position - ratio / 2) - shift) / Double(ratio)).rounded(.down))
                return place - reach + 1..<place + reach + 1
            }
        }
        let (rowPlaces, columnPlaces) = (places(local.rows, rowShift), places(local.columns, columnShift))
        return PixelSamples(
            image,
            isValid: rowPlaces.flatMap { rows in
                columnPlaces.map { columns in unknown.isAny(rows: rows, columns: columns) ? 0 : 1 }
            })
    }

    /// The coarse samples that fine positions may need, those beyond the image too.
    private func coarseRange(_ fine: Range<Int>, _ upsampler: Upsampler, _ shift: Double) -> Range<Int> {
        let margin = (upsampler.reach + ratio - 1) / ratio + 2
        func place(_ position: Int) -> Int { Int(((Double(position) - shift) / Double(ratio)).rounded(.down)) }
        return place(fine.lowerBound) - margin..<place(fine.upperBound) + margin + 1
    }
}

/// An image reduced by a whole factor, by antialiased cubic convolution.
struct ReducedReader: PixelReader {
    let fine: any PixelReader
    let ratio: Int

    var bands: Int { fine.bands }
    var height: Int { (fine.height + ratio - 1) / ratio }
    var width: Int { (fine.width + ratio - 1) / ratio }

    func read(_ region: PixelRegion) throws -> PixelSamples {
        func own(_ range: Range<Int>, count: Int) -> Range<Int> {
            range.lowerBound * ratio..<min(count, range.upperBound * ratio)
        }
        let halo = Resize.reductionHalo(by: ratio)
        let covered = PixelRegion(
            rows: own(region.rows, count: fine.height), columns: own(region.columns, count: fine.width))
        let area = covered.expanded(by: halo, height: fine.height, width: fine.width)
        let samples = try fine.read(area).withoutUnknown()
        let window = SceneWindow(samples.image, region: area, sceneHeight: fine.height, sceneWidth: fine.width)
        let image = Resize.reduce(window, by: ratio, kernel: .bicubic, rows: region.rows, columns: region.columns)
        return PixelSamples(
            image,
            isValid: samples.validity(in: area, rows: region.rows, columns: region.columns) {
                $0 * ratio - 2 * ratio..<($0 + 1) * ratio + 2 * ratio
            })
    }
}

/// An image with every band filtered by a filter of its own; border replicate.
struct FilteredReader: PixelReader {
    private(set) var source: any PixelReader
    /// One filter a band.
    let filters: [SymmetricFilter]

    /// The same filters on another reader of the image.
    func reading(_ source: any PixelReader) -> FilteredReader {
        var reader = self
        reader.source = source
        return reader
    }

    /// Pixels around a region that are read.
    var radius: Int { filters.map(\.radius).max() ?? 0 }

    var bands: Int { source.bands }
    var height: Int { source.height }
    var width: Int { source.width }

    func read(_ region: PixelRegion) throws -> PixelSamples {
        let radius = radius
        let area = region.expanded(by: radius, height: height, width: width)
        let samples = try source.read(area).withoutUnknown()
        let window = SceneWindow(samples.image, region: area, sceneHeight: height, sceneWidth: width)
        var values: [Double] = []
        values.reserveCapacity(bands * region.pixels)
        for band in 0..<bands {
            values +=
                SymmetricFilter.apply(
                    [filters[band]], to: window, band: band, rows: region.rows, columns: region.columns
                ).values
        }
        return PixelSamples(
            Image(bands: bands, height: region.rows.count, width: region.columns.count, values: values),
            isValid: samples.validity(in: area, rows: region.rows, columns: region.columns) {
                $0 - radius..<$0 + radius + 1
            })
    }
}

/// Filtered bands at the pixels that stand for those of a coarse image: r·k + phase.
struct DecimatedReader: PixelReader {
    /// The fine pixel at which coarse pixel (0, 0) of a band is read.
    struct Phase: Sendable, Hashable {
        var row: Int
        var column: Int
    }

    let source: any PixelReader
    /// One filter a band.
    let filters: [SymmetricFilter]
    let ratio: Int
    /// One phase a band.
    let phases: [Phase]
    let height: Int
    let width: Int

    var bands: Int { source.bands }

    func read(_ region: PixelRegion) throws -> PixelSamples {
        let radius = filters.map(\.radius).max() ?? 0
        // Whole coarse pixels around, so that the outputs lie at r·k + r/2 of what is read.
        let around = (radius + ratio - 1) / ratio + 1
        func start(_ range: Range<Int>, _ phase: Int) -> Int {
            ratio * (range.lowerBound - around) + phase - ratio / 2
        }
        let length = (ratio * (region.rows.count + 2 * around), ratio * (region.columns.count + 2 * around))
        let rows = phases.map(\.row), columns = phases.map(\.column)
        let top = start(region.rows, rows.min() ?? 0), left = start(region.columns, columns.min() ?? 0)
        let area = PixelRegion(
            rows: top..<start(region.rows, rows.max() ?? 0) + length.0,
            columns: left..<start(region.columns, columns.max() ?? 0) + length.1)
        let samples = try source.read(rows: area.rows, columns: area.columns, border: .replicate).withoutUnknown()
        let unknown = samples.isValid.map {
            UnknownPixels(isValid: $0, height: area.rows.count, width: area.columns.count)
        }
        var result = Image(bands: bands, height: region.rows.count, width: region.columns.count)
        var valid: [UInt8]?
        for band in 0..<bands {
            let row = start(region.rows, phases[band].row) - top
            let column = start(region.columns, phases[band].column) - left
            let window = SceneWindow(
                whole: samples.image.band(band).cropped(
                    rows: row..<row + length.0, columns: column..<column + length.1))
            let filtered = SymmetricFilter.apply(
                [filters[band]], to: window, step: ratio, rows: around..<around + region.rows.count,
                columns: around..<around + region.columns.count)
            result.values.replaceSubrange(band * result.pixels..<(band + 1) * result.pixels, with: filtered.values)
            mark(&valid, region: region, phase: phases[band], area: area, radius: radius, unknown: unknown)
        }
        return PixelSamples(result, isValid: valid)
    }

    /// Notes pixels that depend on unknown ones, or that do not lie on the fine image.
    private func mark(
        _ valid: inout [UInt8]?, region: PixelRegion, phase: Phase, area: PixelRegion, radius: Int,
        unknown: UnknownPixels?
    ) {
        if unknown == nil, source.region.contains(area) { return }
        for (i, row) in region.rows.enumerated() {
            for (j, column) in region.columns.enumerated() {
                let (y, x) = (row * ratio + phase.row, column * ratio + phase.column)
                let isInside = (0..<source.height).contains(y) && (0..<source.width).contains(x)
                let (top, left) = (y - area.rows.lowerBound, x - area.columns.lowerBound)
                let isUnknown =
                    unknown?.isAny(
                        rows: top - radius..<top + radius + 1, columns: left - radius..<left + radius + 1) ?? false
                guard !isInside || isUnknown else { continue }
                if valid == nil { valid = [UInt8](repeating: 1, count: region.pixels) }
                valid?[i * region.columns.count + j] = 0
            }
        }
    }
}

/// A single band filtered by the ideal low pass; border symmetric.
struct IdealReader: PixelReader {
    let source: any PixelReader
    let ratio: Int

    var bands: Int { source.bands }
    var height: Int { source.height }
    var width: Int { source.width }

    func read(_ region: PixelRegion) throws -> PixelSamples {
        let radius = IdealFilter.radius
        let area = PixelRegion(
            rows: Border.symmetric.needed(
                by: region.rows.lowerBound - radius..<region.rows.upperBound + radius, count: height),
            columns: Border.symmetric.needed(
                by: region.columns.lowerBound - radius..<region.columns.upperBound + radius, count: width))
        let samples = try source.read(area).withoutUnknown()
        let window = SceneWindow(samples.image, region: area, sceneHeight: height, sceneWidth: width)
        return PixelSamples(
            IdealFilter.apply(to: window, ratio: ratio, region: region),
            isValid: samples.validity(in: area, rows: region.rows, columns: region.columns) {
                $0 - radius..<$0 + radius + 1
            })
    }
}

/// What a low pass leaves out of an image.
struct DetailReader: PixelReader {
    let source: any PixelReader
    let lowPass: any PixelReader
    /// Bands of the result; a single band stands for each of them.
    let bands: Int

    var height: Int { source.height }
    var width: Int { source.width }

    func read(_ region: PixelRegion) throws -> PixelSamples {
        let (sharp, smooth) = (try source.read(region), try lowPass.read(region))
        let count = bands * region.pixels
        let values = [Double](unsafeUninitializedCapacity: count) { details, initialized in
            sharp.image.values.withUnsafeBufferPointer { sharp in
                smooth.image.values.withUnsafeBufferPointer { smooth in
                    // A single band begins again.
                    for start in stride(from: 0, to: count, by: max(1, sharp.count)) {
                        for index in 0..<sharp.count { details[start + index] = sharp[index] - smooth[index] }
                    }
                }
            }
            initialized = count
        }
        return PixelSamples(
            Image(bands: bands, height: region.rows.count, width: region.columns.count, values: values),
            isValid: PixelSamples.both(sharp.isValid, smooth.isValid))
    }
}

extension PixelSamples {
    /// What is known in two images of one size.
    static func both(_ a: [UInt8]?, _ b: [UInt8]?) -> [UInt8]? {
        guard let a else { return b }
        guard let b else { return a }
        return zip(a, b).map { $0 & $1 }
    }

    /// Which results are known, of which each depends on a stretch of rows and one of columns of the scene; these are
    /// its samples in an area.
    func validity(
        in area: PixelRegion, rows: Range<Int>, columns: Range<Int>, reach: (Int) -> Range<Int>
    ) -> [UInt8]? {
        guard let isValid else { return nil }
        let unknown = UnknownPixels(isValid: isValid, height: image.height, width: image.width)
        func inside(_ range: Range<Int>, _ start: Int) -> Range<Int> {
            range.lowerBound - start..<range.upperBound - start
        }
        let columnStretches = columns.map { inside(reach($0), area.columns.lowerBound) }
        return rows.flatMap { row in
            let rowStretch = inside(reach(row), area.rows.lowerBound)
            return columnStretches.map { unknown.isAny(rows: rowStretch, columns: $0) ? UInt8(0) : 1 }
        }
    }
}
