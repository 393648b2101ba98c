import Sensors

extension SharpenedScene {
    /// The filters that bring the sharpened image to the multispectral grid: those of the bands without negative taps,
    /// their sum 1.
    package var reprojectionFilters: [SymmetricFilter] { bandFilters.map { $0.positive } }

    /// Where PAN fits each band best.
    ///
    /// For every band the phase (i, j) out of r × r for which the mean local correlation (windows of 4 × 4) of the band
    /// with every r-th pixel of low-pass PAN, beginning at (i, j), is largest; of equal ones the first by column.
    package func coregistration(threads: Int = 1) throws -> [(row: Int, column: Int)] {
        let work = SceneWork(threads: threads, total: ms.height * ms.width) { _, _ in }
        return try coregistration(work).map { ($0.row, $0.column) }
    }

    func coregistration(_ work: SceneWork) throws -> [DecimatedReader.Phase] {
        let tiles = SceneTiles(height: ms.height, width: ms.width, bands: max(ms.bands, ratio * ratio))
        let (ms, ratio) = (ms, ratio)
        // Quirk: PAN is filtered by the first band's filter, for all bands (golden files metrics_fr_*).
        let smooth = FilteredReader(source: pan, filters: [reprojectionFilters[0]])
        let first = firstPixel
        let phased = PhaseReader(
            fine: smooth, ratio: ratio, firstRow: first.row, firstColumn: first.column, height: ms.height,
            width: ms.width)
        let halfWidth = 2
        let sums = try tiles.reduce(
            into: Means(channels: ms.bands * ratio * ratio), threads: work.threads, progress: work.progress,
            merge: { $0.merge($1) },
            measure: { region in
                let reach = LocallyCentred.reach(halfWidth: halfWidth)
                let area = region.expanded(by: reach, height: ms.height, width: ms.width)
                let (bands, phases) = (try ms.read(area), try phased.read(area))
                let isValid = PixelSamples.both(bands.isValid, phases.isValid)
                let known = PixelSamples(bands.image, isValid: isValid).validity(
                    in: area, rows: region.rows, columns: region.columns
                ) { $0 - reach + 1..<$0 + reach + 1 }
                func centred(_ samples: PixelSamples) -> [LocallyCentred] {
                    let image = PixelSamples(samples.image, isValid: isValid).withoutUnknown().image
                    let whole = PixelRegion(rows: 0..<area.rows.count, columns: 0..<area.columns.count)
                    return (0..<image.bands).map {
                        LocallyCentred(
                            Plane(image, band: $0, whole), area: area, region: region, halfWidth: halfWidth,
                            height: ms.height, width: ms.width)
                    }
                }
                let pans = centred(phases)
                var means = Means(channels: ms.bands * pans.count)
                means.count = Double(known.map { $0.reduce(0) { $0 + Int($1) } } ?? region.pixels)
                for (band, plane) in centred(bands).enumerated() {
                    for (phase, pan) in pans.enumerated() {
                        let map = plane.correlation(with: pan).values
                        means.sums[band * pans.count + phase] =
                            known.map { known in zip(map, known).reduce(0) { $1.1 == 0 ? $0 : $0 + $1.0 } }
                            ?? map.reduce(0, +)
                    }
                }
                return means
            })
        return (0..<ms.bands).map { band in
            let scores = sums.sums[band * ratio * ratio..<(band + 1) * ratio * ratio]
            let first = scores.startIndex
            let best = scores.indices.reduce(first) { scores[$1] > scores[$0] ? $1 : $0 } - first
            // Phases follow each other down the columns.
            return DecimatedReader.Phase(row: best % ratio, column: best / ratio)
        }
    }
}

/// Every r-th pixel of a single band, from every phase: band c·r + i begins at row i and column c.
private struct PhaseReader: PixelReader {
    let fine: any PixelReader
    let ratio: Int
    let firstRow: Int
    let firstColumn: Int
    let height: Int
    let width: Int

    var bands: Int { ratio * ratio }

    func read(_ region: PixelRegion) throws -> PixelSamples {
        func range(_ coarse: Range<Int>, _ first: Int) -> Range<Int> {
            coarse.lowerBound * ratio + first..<coarse.upperBound * ratio + first
        }
        let (rows, columns) = (range(region.rows, firstRow), range(region.columns, firstColumn))
        let samples = try fine.read(rows: rows, columns: columns, border: .replicate)
        var result = Image(bands: bands, height: region.rows.count, width: region.columns.count)
        let (height, width, source) = (result.height, result.width, samples.image.width)
        result.values.withUnsafeMutableBufferPointer { phases in
            samples.image.values.withUnsafeBufferPointer { values in
                for phase in 0..<bands {
                    for row in 0..<height {
                        let start = (row * ratio + phase % ratio) * source + phase / ratio
                        let target = (phase * height + row) * width
                        for column in 0..<width { phases[target + column] = values[start + column * ratio] }
                    }
                }
            }
        }
        let isInside = fine.region.contains(PixelRegion(rows: rows, columns: columns))
        if isInside, samples.isValid == nil { return PixelSamples(result) }
        func isKnown(_ row: Int, _ column: Int) -> Bool {
            (0..<fine.height).contains(row + rows.lowerBound) && (0..<fine.width).contains(column + columns.lowerBound)
                && samples.isValid.map { $0[row * source + column] != 0 } ?? true
        }
        let isValid = (0..<result.pixels).map { place -> UInt8 in
            let (top, left) = (place / width * ratio, place % width * ratio)
            let areKnown = (top..<top + ratio).allSatisfy { row in
                (left..<left + ratio).allSatisfy { isKnown(row, $0) }
            }
            return areKnown ? 1 : 0
        }
        return PixelSamples(result, isValid: isValid.contains(0) ? isValid : nil)
    }
}
