/// A square filter that looks the same when it is mirrored or turned by 90°, such as an MTF filter.
///
/// Of its (2R+1)² taps only those at 0 ≤ k ≤ l ≤ R differ; the pixels that share one are added before they are
/// weighted, which turns 1681 multiplications an output into fewer than 231, and the sums serve all filters of a sensor.
public struct SymmetricFilter: Sendable, Hashable {
    /// Taps on each side of the centre.
    public let radius: Int
    /// The distinct taps in the order (0,0), (0,1), (1,1), (0,2), …: row distance k ≤ column distance l, by l then k.
    let octant: [Double]

    /// A filter from its distinct taps.
    ///
    /// - Parameter tap: the tap at row distance k and column distance l, 0 ≤ k ≤ l ≤ radius.
    init(radius: Int, tap: (_ k: Int, _ l: Int) -> Double) {
        self.radius = radius
        octant = (0...radius).flatMap { l in (0...l).map { k in tap(k, l) } }
    }

    /// The tap at a row distance and a column distance from the centre, −radius to radius.
    public func tap(_ row: Int, _ column: Int) -> Double {
        let (k, l) = (min(abs(row), abs(column)), max(abs(row), abs(column)))
        return octant[l * (l + 1) / 2 + k]
    }

    /// All taps, row by row, (2·radius+1)².
    public var taps: [Double] {
        (-radius...radius).flatMap { row in (-radius...radius).map { column in tap(row, column) } }
    }

    /// The sum of all taps: what the filter makes of a constant 1.
    public var sum: Double { taps.reduce(0, +) }
}

extension SymmetricFilter {
    /// One octant position whose taps are not all zero.
    private struct Orbit {
        let k: Int
        let l: Int
        let taps: [Double]
    }

    /// Outputs that are computed together, so that sums stay in the first cache.
    private static let chunk = 64

    /// Filters one band of a window with several filters of one radius, at every `step`-th pixel.
    ///
    /// Border of the scene: replicate. Output (i, j) lies at pixel (step·i + step/2, step·j + step/2) of the scene: with
    /// step 1 at every pixel, with step r at the pixels that nearest-neighbour decimation by r keeps.
    ///
    /// - Parameters:
    ///   - window: pixels of the scene, at least those within `radius` of an output.
    ///   - band: which band of the window.
    ///   - rows: output rows i.
    ///   - columns: output columns j.
    /// - Returns: one band a filter, (filters, rows, columns).
    /// - Complexity: about 440 additions an output and 190 multiplications an output and filter, with radius 20.
    public static func apply(
        _ filters: [SymmetricFilter], to window: SceneWindow, band: Int = 0, step: Int = 1,
        rows: Range<Int>, columns: Range<Int>
    ) -> Image {
        var result = Image(bands: filters.count, height: rows.count, width: columns.count)
        guard let radius = filters.first?.radius, !rows.isEmpty, !columns.isEmpty else { return result }
        precondition(filters.allSatisfy { $0.radius == radius }, "filters of several sizes")
        let orbits = (0...radius).flatMap { l in
            (0...l).map { k in Orbit(k: k, l: l, taps: filters.map { $0.tap(k, l) }) }
        }.filter { orbit in orbit.taps.contains { $0 != 0 } }

        let left = step * columns.lowerBound + step / 2 - radius
        let span = step * (columns.count - 1) + 2 * radius + 1
        let columnTable = window.columnTable(left..<left + span, border: .replicate)
        let phaseLength = (span + step - 1) / step
        let rowLength = phaseLength * step
        var folded = [Double](repeating: 0, count: (radius + 1) * rowLength)
        var sums = [Double](repeating: 0, count: chunk)

        for (outputRow, row) in rows.enumerated() {
            let centre = step * row + step / 2
            let rowTable = window.rowTable(centre - radius..<centre + radius + 1, border: .replicate)
            fold(window.image, band: band, rowTable: rowTable, columnTable: columnTable, step: step, into: &folded)
            for start in stride(from: 0, to: columns.count, by: chunk) {
                let count = min(chunk, columns.count - start)
                for orbit in orbits {
                    sum(orbit, of: folded, radius: radius, step: step, start: start, count: count, into: &sums)
                    for (index, weight) in orbit.taps.enumerated() {
                        let target = (index * rows.count + outputRow) * columns.count + start
                        sums.withUnsafeBufferPointer { sums in
                            result.values.withUnsafeMutableBufferPointer { values in
                                for n in 0..<count { values[target + n] += weight * sums[n] }
                            }
                        }
                    }
                }
            }
        }
        return result
    }

    /// Adds the rows at equal distance above and below the output row, and sorts columns by their phase modulo `step`
    /// so that the pixels of neighbouring outputs lie side by side.
    private static func fold(
        _ image: Image, band: Int, rowTable: [Int], columnTable: [Int], step: Int, into folded: inout [Double]
    ) {
        let radius = rowTable.count / 2
        let rowLength = folded.count / (radius + 1)
        let phaseLength = rowLength / step
        image.values.withUnsafeBufferPointer { values in
            folded.withUnsafeMutableBufferPointer { folded in
                for distance in 0...radius {
                    let above = (band * image.height + rowTable[radius - distance]) * image.width
                    let below = (band * image.height + rowTable[radius + distance]) * image.width
                    for phase in 0..<step {
                        let target = distance * rowLength + phase * phaseLength
                        var slot = 0
                        for position in stride(from: phase, to: columnTable.count, by: step) {
                            let column = columnTable[position]
                            folded[target + slot] =
                                distance == 0 ? values[above + column] : values[above + column] + values[below + column]
                            slot += 1
                        }
                    }
                }
            }
        }
    }

    /// Adds the up to eight pixels that share a tap, for `count` outputs from `start` on.
    private static func sum(
        _ orbit: Orbit, of folded: [Double], radius: Int, step: Int, start: Int, count: Int,
        into sums: inout [Double]
    ) {
        let rowLength = folded.count / (radius + 1)
        let phaseLength = rowLength / step
        /// Where the pixels at a row distance and a column offset from the outputs begin.
        func offset(_ distance: Int, _ column: Int) -> Int {
            let position = radius + column
            return distance * rowLength + (position % step) * phaseLength + position / step + start
        }
        let (k, l) = (orbit.k, orbit.l)
        folded.withUnsafeBufferPointer { folded in
            sums.withUnsafeMutableBufferPointer { sums in
                guard let folded = folded.baseAddress, let sums = sums.baseAddress else { return }
                let a = folded + offset(k, l)
                if l == 0 {
                    for n in 0..<count { sums[n] = a[n] }
                    return
                }
                let b = folded + offset(k, -l)
                if k == l {
                    for n in 0..<count { sums[n] = a[n] + b[n] }
                    return
                }
                let c = folded + offset(l, k)
                if k == 0 {
                    for n in 0..<count { sums[n] = (a[n] + b[n]) + c[n] }
                    return
                }
                let d = folded + offset(l, -k)
                for n in 0..<count { sums[n] = (a[n] + b[n]) + (c[n] + d[n]) }
            }
        }
    }
}
