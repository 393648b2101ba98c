import CFilter

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
    /// The smallest part of the largest tap that counts: a tap below it changes no result by more than 1e-12 of the image's
    /// range.
    private static let leastTap = 1e-15
    /// Filters whose sums are taken together.
    private static let together = 4

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
        let left = step * columns.lowerBound + step / 2 - radius
        let span = step * (columns.count - 1) + 2 * radius + 1
        let columnTable = window.columnTable(left..<left + span, border: .replicate)
        let layout = Folded(radius: radius, step: step, phaseLength: (span + step - 1) / step)
        let groups = stride(from: 0, to: filters.count, by: together).map { first in
            (first: first, sums: OrbitSums(Array(filters[first...].prefix(together)), layout: layout))
        }
        let top = step * rows.lowerBound + step / 2 - radius
        let height = step * (rows.count - 1) + 2 * radius + 1
        let sorted = sort(
            window.image, band: band, rowTable: window.rowTable(top..<top + height, border: .replicate),
            columnTable: columnTable, layout: layout)
        var folded = [Double](repeating: 0, count: (radius + 1) * layout.rowLength)
        for outputRow in 0..<rows.count {
            fold(sorted, centre: step * outputRow + radius, layout: layout, into: &folded)
            folded.withUnsafeBufferPointer { folded in
                result.values.withUnsafeMutableBufferPointer { values in
                    guard let folded = folded.baseAddress, let values = values.baseAddress else { return }
                    for (first, sums) in groups {
                        let targets = (0..<sums.filters).map {
                            Optional(values + ((first + $0) * rows.count + outputRow) * columns.count)
                        }
                        fk_orbit_sums(
                            folded, sums.orbits, sums.weights, sums.orbits.count, targets, sums.filters, columns.count)
                    }
                }
            }
        }
        return result
    }

    /// The pixels that share a tap, and the taps of up to four filters.
    private struct OrbitSums {
        let filters: Int
        private(set) var orbits: [fk_orbit] = []
        /// One for each orbit and filter.
        private(set) var weights: [Double] = []

        init(_ filters: [SymmetricFilter], layout: Folded) {
            self.filters = filters.count
            let radius = filters[0].radius
            let least = filters.map { leastTap * abs($0.tap(0, 0)) }
            for l in 0...radius {
                for k in 0...l {
                    let taps = filters.map { $0.tap(k, l) }
                    guard zip(taps, least).contains(where: { abs($0) > $1 }) else { continue }
                    for places in layout.places(k, l) {
                        orbits.append(places)
                        weights += taps
                    }
                }
            }
        }
    }

    /// The rows that the outputs reach, columns sorted by their phase modulo the step, so that the pixels of neighbouring
    /// outputs lie side by side.
    private static func sort(
        _ image: Image, band: Int, rowTable: [Int], columnTable: [Int], layout: Folded
    ) -> [Double] {
        [Double](unsafeUninitializedCapacity: rowTable.count * layout.rowLength) { sorted, count in
            image.values.withUnsafeBufferPointer { values in
                var slot = 0
                for row in rowTable {
                    let start = (band * image.height + row) * image.width
                    for phase in 0..<layout.step {
                        let end = slot + layout.phaseLength
                        for position in stride(from: phase, to: columnTable.count, by: layout.step) {
                            sorted[slot] = values[start + columnTable[position]]
                            slot += 1
                        }
                        while slot < end {
                            sorted[slot] = 0
                            slot += 1
                        }
                    }
                }
                count = slot
            }
        }
    }

    /// Adds the rows at equal distance above and below the output row.
    private static func fold(_ sorted: [Double], centre: Int, layout: Folded, into folded: inout [Double]) {
        let length = layout.rowLength
        sorted.withUnsafeBufferPointer { sorted in
            folded.withUnsafeMutableBufferPointer { folded in
                guard let sorted = sorted.baseAddress, let folded = folded.baseAddress else { return }
                folded.update(from: sorted + centre * length, count: length)
                for distance in stride(from: 1, through: layout.radius, by: 1) {
                    let above = sorted + (centre - distance) * length
                    let below = sorted + (centre + distance) * length
                    let target = folded + distance * length
                    for index in 0..<length { target[index] = above[index] + below[index] }
                }
            }
        }
    }

    /// Where the pixels of neighbouring outputs lie in the folded rows.
    private struct Folded {
        let radius: Int
        let step: Int
        /// Columns of one phase; each takes as much room.
        let phaseLength: Int

        var rowLength: Int { step * phaseLength }

        /// Where the pixels at a row distance and a column offset from the outputs begin.
        private func offset(_ distance: Int, _ column: Int) -> Int {
            let position = radius + column
            return (distance * step + position % step) * phaseLength + position / step
        }

        /// Where the up to eight pixels begin that share a tap; in the folded rows they are four at most.
        func places(_ k: Int, _ l: Int) -> [fk_orbit] {
            func orbit(_ places: Int...) -> fk_orbit {
                var orbit = fk_orbit(places: (places[0], places[0], places[0], places[0]), terms: Int32(places.count))
                if places.count > 1 { orbit.places.1 = places[1] }
                if places.count > 2 { (orbit.places.2, orbit.places.3) = (places[2], places[3]) }
                return orbit
            }
            if l == 0 { return [orbit(offset(0, 0))] }
            let sides = (offset(k, l), offset(k, -l))
            if k == l { return [orbit(sides.0, sides.1)] }
            if k == 0 { return [orbit(sides.0, sides.1), orbit(offset(l, 0))] }
            return [orbit(sides.0, sides.1, offset(l, k), offset(l, -k))]
        }
    }
}
