import Sensors

/// What indices say of a pair.
public struct PairMeasurement: Sendable {
    /// The values in the order of the indices; an index that such a pair has no value of (too small, nothing known) gives an
    /// error instead.
    public let values: [Result<MetricValue, MetricError>]
    /// Pixels that are known in both images.
    public let pixels: Int
    /// The largest value of the reference.
    public let largestValue: Double
}

/// A reference and a fused image that can be compared, of any size: what ``ImagePair`` is for images in memory.
public struct PairScene: Sendable {
    /// The truth, after the border cut.
    public let reference: any PixelReader
    /// The image to be judged, of the same shape.
    public let fused: any PixelReader
    /// Size of a multispectral pixel in PAN pixels; ERGAS depends on it.
    public let ratio: Double
    /// The largest value that a sample can have; PSNR and SSIM depend on it.
    public let peak: Double

    /// Checks and cuts a pair.
    ///
    /// - Parameters:
    ///   - reference: the truth. A pixel counts where both images know it.
    ///   - fused: same shape and unit.
    ///   - ratio: size of a multispectral pixel in PAN pixels.
    ///   - peak: the largest value that a sample can have, such as 2047 for 11 bits.
    ///   - border: pixels along the border that do not count.
    public init(
        reference: any PixelReader, fused: any PixelReader, ratio: Double, peak: Double, border: BorderCut = .none
    ) throws(MetricError) {
        guard reference.shape == fused.shape else {
            throw .shapes(reference: reference.shape, fused: fused.shape)
        }
        let rows = border.kept(of: reference.height)
        let columns = border.kept(of: reference.width)
        guard reference.bands > 0, !rows.isEmpty, !columns.isEmpty else { throw .empty(reference.shape) }
        self.ratio = ratio
        self.peak = peak
        let kept = PixelRegion(rows: rows, columns: columns)
        self.reference = border == .none ? reference : CroppedReader(whole: reference, part: kept)
        self.fused = border == .none ? fused : CroppedReader(whole: fused, part: kept)
    }

    /// A pair in memory.
    init(_ pair: ImagePair) {
        reference = MemoryReader(pair.reference, isValid: pair.isValid)
        fused = MemoryReader(pair.fused)
        (ratio, peak) = (pair.ratio, pair.peak)
    }

    /// The indices of the scene, in one pass over both images.
    ///
    /// - Parameters:
    ///   - metrics: which indices; what several of them need is summed once.
    ///   - threads: tiles in work at once; see ``bytesPerThread``.
    ///   - progress: called with pixels done and in all, from any thread; an error ends the work.
    /// - Throws: what the readers and `progress` throw.
    public func measure(
        _ metrics: [any ReferenceMetric], threads: Int = 1,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws -> PairMeasurement {
        let statistics = Set(metrics.flatMap { $0.statistics(of: self) } + [.pixels])
        let sums = try sums(statistics, threads: threads, progress: progress)
        return PairMeasurement(
            values: metrics.map { metric in Result { () throws(MetricError) in try metric.value(of: sums) } },
            pixels: Int(sums.pixels?.count ?? 0), largestValue: sums.pixels?.referenceMaxima.max() ?? 0)
    }

    /// The sums that indices follow from.
    func sums(
        _ statistics: Set<PairStatistic>, threads: Int, progress: @escaping @Sendable (Int, Int) throws -> Void
    ) throws -> PairSums {
        let tiles = SceneTiles(height: reference.height, width: reference.width, bands: reference.bands)
        let total = reference.height * reference.width
        let done = Counter()
        return try tiles.reduce(
            into: PairSums(self), threads: threads, progress: { try progress(done.add($0), total) },
            merge: { $0.merge($1) },
            measure: { region in
                PairSums(self, try PairTile(self, region: region, for: statistics), statistics)
            })
    }

    /// A map of quality, tile by tile.
    ///
    /// - Parameters:
    ///   - threads: tiles in work at once.
    ///   - progress: called with pixels done and in all, from any thread; an error ends the work.
    ///   - write: takes a part of the map, (1, H, W), and where it lies in the map; from any thread.
    /// - Throws: ``MetricError/tooSmall(metric:height:width:minimum:)``, and what the readers and closures throw.
    public func map(
        _ map: QualityMap, threads: Int = 1,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) throws -> Void = { _, _ in },
        write: @escaping @Sendable (Image, PixelRegion) throws -> Void
    ) throws {
        let (height, width) = (reference.height, reference.width)
        if min(height, width) < map.side / 2 {
            throw MetricError.tooSmall(metric: "Q2n", height: height, width: width, minimum: map.side / 2)
        }
        let done = Counter()
        let tiles = SceneTiles(height: height, width: width, bands: reference.bands)
        _ = try tiles.reduce(
            into: 0, threads: threads, progress: { try progress(done.add($0), height * width) }, merge: { $0 += $1 },
            measure: { region in
                let image = map.values(of: try PairTile(self, region: region, for: [map.statistic]))
                let (row, column) = (region.rows.lowerBound / map.side, region.columns.lowerBound / map.side)
                try write(
                    image, PixelRegion(rows: row..<row + image.height, columns: column..<column + image.width))
                return 1
            })
    }

    /// Bytes that a thread needs at most, for images of so many bands.
    public static func bytesPerThread(bands: Int) -> Int {
        let side = SceneTiles.side(bands: bands) + 2 * PairTile.margin
        // Both images with a copy each, and the planes of one band.
        return 8 * side * side * (4 * bands + 12)
    }
}
