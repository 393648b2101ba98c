/// A square map of value noise: random numbers on lattices of several cell sizes, smoothly interpolated and summed.
struct SceneTexture {
    let side: Int
    /// `side × side` numbers, row by row; mean 0 and variance about 1.
    let values: [Float]

    /// - Parameters:
    ///   - cells: size of a lattice cell in pixels and its weight, for each octave.
    ///   - key: seed of this map.
    init(side: Int, cells: [(size: Double, weight: Double)], key: UInt64) {
        self.side = side
        // Value noise between uniform numbers of −1 to 1 has a variance of about 1/3 × 0.55.
        let norm = (cells.reduce(0) { $0 + $1.weight * $1.weight } * 0.55 / 3).squareRoot()
        var sum = [Float](repeating: 0, count: side * side)
        for (octave, cell) in cells.enumerated() {
            let octaveKey = SceneRandom.mix(key &+ UInt64(octave + 1) &* 0x9E37_79B9_7F4A_7C15)
            Self.add(
                octaveKey, cellSize: max(cell.size, 1), weight: Float(cell.weight / norm), to: &sum, side: side)
        }
        values = sum
    }

    /// The random number of a lattice point, −1 to 1.
    @inline(__always)
    static func lattice(_ column: Int, _ row: Int, key: UInt64) -> Float {
        let point =
            UInt64(bitPattern: Int64(column)) &* 0xD1B5_4A32_D192_ED03
            &+ UInt64(bitPattern: Int64(row)) &* 0xABC9_8388_FB8F_AC03
        return Float(Int32(truncatingIfNeeded: SceneRandom.mix(point ^ key) >> 32)) * 0x1p-31
    }

    private static func add(_ key: UInt64, cellSize: Double, weight: Float, to sum: inout [Float], side: Int) {
        // Each octave starts at a place of its own, so that lattice lines do not coincide.
        let offset = Double(key & 0xFFFF) / 65536 + 0.5
        let steps = (0..<side).map { index -> (cell: Int, blend: Float) in
            let position = Double(index) / cellSize + offset
            let cell = Int(position)
            let fraction = Float(position - Double(cell))
            return (cell, fraction * fraction * (3 - 2 * fraction))
        }
        let columns = (steps.last?.cell ?? 0) + 2
        var line = [Float](repeating: 0, count: columns)
        for row in 0..<side {
            let (latticeRow, blend) = steps[row]
            for column in 0..<columns {
                let upper = lattice(column, latticeRow, key: key)
                let lower = lattice(column, latticeRow + 1, key: key)
                line[column] = (upper + blend * (lower - upper)) * weight
            }
            let start = row * side
            for column in 0..<side {
                let (cell, blend) = steps[column]
                sum[start + column] += line[cell] + blend * (line[cell + 1] - line[cell])
            }
        }
    }

    /// Smooth noise at one place, for decisions of the layout: −1 to 1, with cells of size 1.
    static func smooth(_ x: Double, _ y: Double, key: UInt64) -> Double {
        let (column, row) = (x.rounded(.down), y.rounded(.down))
        let (u, v) = (x - column, y - row)
        let (blendX, blendY) = (u * u * (3 - 2 * u), v * v * (3 - 2 * v))
        func corner(_ dx: Int, _ dy: Int) -> Double { Double(lattice(Int(column) + dx, Int(row) + dy, key: key)) }
        let upper = corner(0, 0) + blendX * (corner(1, 0) - corner(0, 0))
        let lower = corner(0, 1) + blendX * (corner(1, 1) - corner(0, 1))
        return upper + blendY * (lower - upper)
    }
}
