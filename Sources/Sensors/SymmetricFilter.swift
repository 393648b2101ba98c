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

    /// The filter with 0 in place of negative taps, scaled to the sum 1.
    package var positive: SymmetricFilter {
        let clipped = SymmetricFilter(radius: radius) { max(0, tap($0, $1)) }
        let sum = clipped.sum
        return SymmetricFilter(radius: radius) { clipped.tap($0, $1) / sum }
    }
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
        var orbits = (0...radius).flatMap { l in
            (0...l).map { k in Orbit(k: k, l: l, taps: filters.map { $0.tap(k, l) }) }
        }.filter { orbit in orbit.taps.contains { $0 != 0 } }
        // Four at a time: the group is filled with pixels of the centre, weighted 0.
        while orbits.count % 4 != 0 { orbits.append(Orbit(k: 0, l: 0, taps: filters.map { _ in 0 })) }

        let left = step * columns.lowerBound + step / 2 - radius
        let span = step * (columns.count - 1) + 2 * radius + 1
        let columnTable = window.columnTable(left..<left + span, border: .replicate)
        let phaseLength = (span + step - 1) / step
        var folded = [Double](repeating: 0, count: (radius + 1) * phaseLength * step)
        var sums = [Double](repeating: 0, count: 4 * chunk)

        for (outputRow, row) in rows.enumerated() {
            let centre = step * row + step / 2
            let rowTable = window.rowTable(centre - radius..<centre + radius + 1, border: .replicate)
            fold(window.image, band: band, rowTable: rowTable, columnTable: columnTable, step: step, into: &folded)
            let layout = Folded(radius: radius, step: step, phaseLength: phaseLength)
            folded.withUnsafeBufferPointer { folded in
                sums.withUnsafeMutableBufferPointer { sums in
                    result.values.withUnsafeMutableBufferPointer { values in
                        guard let folded = folded.baseAddress, let sums = sums.baseAddress,
                            let values = values.baseAddress
                        else { return }
                        for start in stride(from: 0, to: columns.count, by: chunk) {
                            let count = min(chunk, columns.count - start)
                            for group in stride(from: 0, to: orbits.count, by: 4) {
                                for member in 0..<4 {
                                    layout.sum(
                                        orbits[group + member], of: folded + start, count: count,
                                        into: sums + member * chunk)
                                }
                                for filter in filters.indices {
                                    let target = values + (filter * rows.count + outputRow) * columns.count + start
                                    let (w0, w1) = (orbits[group].taps[filter], orbits[group + 1].taps[filter])
                                    let (w2, w3) = (orbits[group + 2].taps[filter], orbits[group + 3].taps[filter])
                                    for n in 0..<count {
                                        target[n] =
                                            (((target[n] + w0 * sums[n]) + w1 * sums[chunk + n])
                                                + w2 * sums[2 * chunk + n]) + w3 * sums[3 * chunk + n]
                                    }
                                }
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

    /// Where the pixels of neighbouring outputs lie in the folded rows.
    private struct Folded {
        let radius: Int
        let step: Int
        let phaseLength: Int

        /// Where the pixels at a row distance and a column offset from the outputs begin.
        @inline(__always)
        private func offset(_ distance: Int, _ column: Int) -> Int {
            let position = radius + column
            return (distance * step + position % step) * phaseLength + position / step
        }

        /// Adds the up to eight pixels that share a tap, for `count` outputs.
        func sum(
            _ orbit: Orbit, of folded: UnsafePointer<Double>, count: Int, into sums: UnsafeMutablePointer<Double>
        ) {
            let (k, l) = (orbit.k, orbit.l)
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
