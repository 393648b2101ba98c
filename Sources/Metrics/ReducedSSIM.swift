import Sensors

/// Structural similarity of the images reduced so far that 256 pixels are left of the shorter side, as the later program
/// of its authors (`ssim`) has it.
///
/// Both are averaged over f × f pixels (border symmetric) and every f-th pixel is kept, f = round(min(H, W)/256), at least
/// 1; below 384 pixels it is ``SSIM``. An average over a masked pixel is masked.
public struct ReducedSSIM: ReferenceMetric {
    /// Short name, after its author.
    public let name = "SSIM_wang"
    /// Full name.
    public let title = "structural similarity of reduced images"
    /// A plain number.
    public let unit = ""
    /// Window and reduction.
    public let variant = "reduced to about 256 pixels, Gaussian 11 × 11, σ 1.5, mean over bands"
    /// Origin.
    public let source = "Wang, Bovik, Sheikh, Simoncelli, IEEE TIP 13(4), 2004; program of 2009"
    /// Larger is better.
    public let higherIsBetter = true
    /// −1 to 1.
    public let range = -1.0...1

    /// The metric has no settings.
    public init() {}

    private static func factor(height: Int, width: Int) -> Int {
        max(1, Int((Double(min(height, width)) / 256).rounded()))
    }

    /// The reduced images; windows where nothing is to reduce.
    public func statistics(of scene: PairScene) -> [PairStatistic] {
        let factor = Self.factor(height: scene.reference.height, width: scene.reference.width)
        return factor == 1 ? [.similarity] : [.reduced(factor: factor)]
    }

    /// The index.
    public func value(of sums: PairSums) throws(MetricError) -> MetricValue {
        try sums.requireSide(11, for: name)
        let factor = Self.factor(height: sums.height, width: sums.width)
        if factor == 1 {
            return MetricValue(meanOf: try sums.means(.similarity, for: name))
        }
        do {
            return MetricValue(meanOf: try SSIM().valuesOfBands(sums.reducedPair(factor: factor)) ?? [])
        } catch {
            if case .noValidPixels = error { throw .noValidPixels(metric: name) }
            throw error
        }
    }
}

/// The pixels of two reduced images whose first pixel lies in a tile.
struct ReducedPart: Sendable {
    let region: PixelRegion
    let reference: Image
    let fused: Image
    let isValid: [UInt8]

    /// Averages over factor × factor pixels at every factor-th pixel of a tile.
    init(_ tile: PairTile, factor: Int) {
        func kept(_ range: Range<Int>) -> Range<Int> {
            (range.lowerBound + factor - 1) / factor..<(range.upperBound + factor - 1) / factor
        }
        region = PixelRegion(rows: kept(tile.region.rows), columns: kept(tile.region.columns))
        // The program's filter begins one pixel later than the middle where the factor is even.
        let before = (factor - 1) / 2
        func covered(_ place: Int) -> Range<Int> { place * factor - before..<place * factor - before + factor }
        func indices(_ range: Range<Int>, _ area: Range<Int>, _ count: Int) -> [[Int]] {
            range.map { covered($0).map { Border.symmetric.index($0, count: count) - area.lowerBound } }
        }
        let rows = indices(region.rows, tile.area.rows, tile.height)
        let columns = indices(region.columns, tile.area.columns, tile.width)
        let width = tile.area.columns.count
        func averages(_ image: Image) -> Image {
            var result = Image(bands: image.bands, height: rows.count, width: columns.count)
            for band in 0..<image.bands {
                for (row, rowIndices) in rows.enumerated() {
                    for (column, columnIndices) in columns.enumerated() {
                        var sum = 0.0
                        for i in rowIndices {
                            let start = band * image.pixels + i * width
                            for j in columnIndices { sum += image.values[start + j] }
                        }
                        result[band, row, column] = sum / Double(factor * factor)
                    }
                }
            }
            return result
        }
        reference = averages(tile.reference)
        fused = averages(tile.fused)
        isValid = rows.flatMap { rowIndices in
            columns.map { columnIndices in
                guard let known = tile.isValid else { return 1 }
                return rowIndices.allSatisfy { i in columnIndices.allSatisfy { known[i * width + $0] != 0 } } ? 1 : 0
            }
        }
    }
}

extension PairSums {
    /// The two reduced images, in memory.
    func reducedPair(factor: Int) throws(MetricError) -> ImagePair {
        let reduced = self.reduced[factor] ?? []
        let height = reduced.map(\.region.rows.upperBound).max() ?? 0
        let width = reduced.map(\.region.columns.upperBound).max() ?? 0
        var reference = Image(bands: bands, height: height, width: width)
        var fused = reference
        var isValid = [Bool](repeating: true, count: height * width)
        for part in reduced where part.region.pixels > 0 {
            let (row, column) = (part.region.rows.lowerBound, part.region.columns.lowerBound)
            reference.paste(part.reference, row: row, column: column)
            fused.paste(part.fused, row: row, column: column)
            for i in 0..<part.region.rows.count {
                for j in 0..<part.region.columns.count {
                    isValid[(row + i) * width + column + j] = part.isValid[i * part.region.columns.count + j] != 0
                }
            }
        }
        return try ImagePair(
            reference: reference, fused: fused, ratio: ratio, peak: peak,
            isValid: isValid.contains(false) ? isValid : nil)
    }
}
