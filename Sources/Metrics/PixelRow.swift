import Sensors

/// Samples of every band at the same places of a row.
struct BandRow {
    private let first: UnsafePointer<Double>
    private let stride: Int
    let count: Int

    /// - Parameter stride: samples from a band to the next one.
    init(_ first: UnsafePointer<Double>, stride: Int, count: Int) {
        (self.first, self.stride, self.count) = (first, stride, count)
    }

    subscript(band: Int) -> UnsafeBufferPointer<Double> { .init(start: first + band * stride, count: count) }
}

/// The rows of a region of an image.
struct KnownRows {
    private let image: Image
    private let columns: Range<Int>

    init(_ image: Image, in region: PixelRegion) {
        self.image = image
        columns = region.columns
    }

    /// The known places of a stretch of a mask; nil where all are known.
    static func places(_ isValid: ArraySlice<UInt8>) -> [Int]? {
        guard isValid.contains(0) else { return nil }
        return isValid.indices.filter { isValid[$0] != 0 }.map { $0 - isValid.startIndex }
    }

    /// Hands out a row where it lies in memory, or a copy of the samples at the places that are known.
    func withRow(_ row: Int, places: [Int]?, _ body: (BandRow) -> Void) {
        let start = row * image.width + columns.lowerBound
        guard let places else {
            image.values.withUnsafeBufferPointer { values in
                guard let first = values.baseAddress else { return }
                body(BandRow(first + start, stride: image.pixels, count: columns.count))
            }
            return
        }
        let known = (0..<image.bands).flatMap { band in
            places.map { image.values[band * image.pixels + start + $0] }
        }
        known.withUnsafeBufferPointer { known in
            guard let first = known.baseAddress else { return }
            body(BandRow(first, stride: places.count, count: places.count))
        }
    }
}

extension PixelSums.Band {
    /// The sums of a row of a band.
    init(_ reference: UnsafeBufferPointer<Double>, _ fused: UnsafeBufferPointer<Double>) {
        let size = Double(reference.count)
        let whole = reference.count / 4 * 4
        var (referenceSums, fusedSums) = (SIMD4<Double>(), SIMD4<Double>())
        for start in stride(from: 0, to: whole, by: 4) {
            referenceSums += reference.vector(start)
            fusedSums += fused.vector(start)
        }
        referenceMean = reference[whole...].reduce(referenceSums.sum(), +) / size
        fusedMean = fused[whole...].reduce(fusedSums.sum(), +) / size
        var (errors, spreads, fusedSpreads, products) = (
            SIMD4<Double>(), SIMD4<Double>(), SIMD4<Double>(), SIMD4<Double>()
        )
        for start in stride(from: 0, to: whole, by: 4) {
            let (truth, value) = (reference.vector(start), fused.vector(start))
            let (error, a, b) = (truth - value, truth - referenceMean, value - fusedMean)
            errors += error * error
            spreads += a * a
            fusedSpreads += b * b
            products += a * b
        }
        (squaredError, referenceSpread) = (errors.sum(), spreads.sum())
        (fusedSpread, product) = (fusedSpreads.sum(), products.sum())
        for index in whole..<reference.count {
            let (error, a, b) = (
                reference[index] - fused[index], reference[index] - referenceMean, fused[index] - fusedMean
            )
            squaredError += error * error
            referenceSpread += a * a
            fusedSpread += b * b
            product += a * b
        }
        referenceLimits = reference.limits
        fusedLimits = fused.limits
    }
}

extension UnsafePointer<Double> {
    /// Four values from a place on.
    @inline(__always)
    func vector(_ start: Int) -> SIMD4<Double> {
        UnsafeRawPointer(self + start).loadUnaligned(as: SIMD4<Double>.self)
    }
}

extension UnsafeBufferPointer<Double> {
    /// Four values from a place on.
    @inline(__always)
    func vector(_ start: Int) -> SIMD4<Double> { baseAddress.unsafelyUnwrapped.vector(start) }

    /// The smallest and the largest of at least one value.
    fileprivate var limits: ClosedRange<Double> {
        // Two of each, so that no comparison waits for the one before.
        var (low, otherLow, high, otherHigh) = (self[0], self[0], self[0], self[0])
        for index in stride(from: 0, to: count - 1, by: 2) {
            let (value, other) = (self[index], self[index + 1])
            low = value < low ? value : low
            otherLow = other < otherLow ? other : otherLow
            high = value > high ? value : high
            otherHigh = other > otherHigh ? other : otherHigh
        }
        let last = self[count - 1]
        return Swift.min(low, otherLow, last)...Swift.max(high, otherHigh, last)
    }
}
