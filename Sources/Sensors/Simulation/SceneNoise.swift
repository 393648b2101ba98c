/// A rectangle of pixels of a scene; pixel (0, 0) is the upper left one of PAN, and its surroundings have negative places.
struct SceneFrame {
    let left: Int
    let top: Int
    let width: Int
    let height: Int

    var pixels: Int { width * height }

    func moved(x: Int, y: Int) -> SceneFrame {
        SceneFrame(left: left + x, top: top + y, width: width, height: height)
    }
}

/// Value noise over the plane: random numbers on lattices of several cell sizes, smoothly interpolated and summed. A
/// value follows from its place alone, so any part of a scene can be made by itself.
struct SceneNoise {
    /// A lattice.
    struct Octave {
        let key: UInt64
        /// Size of a cell in pixels.
        let cell: Double
        let weight: Float
        /// Each octave starts at a place of its own, so that lattice lines do not coincide.
        let offset: Double
    }

    let octaves: [Octave]

    /// Mean 0 and variance about 1.
    ///
    /// - Parameters:
    ///   - cells: size of a lattice cell in pixels and its weight, for each octave.
    ///   - key: seed of this noise.
    init(cells: [(size: Double, weight: Double)], key: UInt64) {
        // Value noise between uniform numbers of −1 to 1 has a variance of about 1/3 × 0.55.
        let norm = (cells.reduce(0) { $0 + $1.weight * $1.weight } * 0.55 / 3).squareRoot()
        octaves = cells.enumerated().map { index, cell in
            let key = SceneRandom.mix(key &+ UInt64(index + 1) &* 0x9E37_79B9_7F4A_7C15)
            return Octave(
                key: key, cell: max(cell.size, 1), weight: Float(cell.weight / norm),
                offset: Double(key & 0xFFFF) / 65536 + 0.5)
        }
    }

    /// The values of the pixels of a frame, row by row.
    func map(_ frame: SceneFrame) -> [Float] {
        var sum = [Float](repeating: 0, count: frame.pixels)
        sum.withUnsafeMutableBufferPointer { sum in
            for octave in octaves { octave.add(to: sum, frame) }
        }
        return sum
    }

    /// The value at one place.
    func value(x: Double, y: Double) -> Double {
        octaves.reduce(0) { sum, octave in
            let (u, v) = (x / octave.cell + octave.offset, y / octave.cell + octave.offset)
            return sum + Double(octave.weight) * Self.smooth(u, v, key: octave.key)
        }
    }

    /// The random number of a lattice point, −1 to 1.
    @inline(__always)
    static func lattice(_ column: Int, _ row: Int, key: UInt64) -> Float {
        let point =
            UInt64(bitPattern: Int64(column)) &* 0xD1B5_4A32_D192_ED03
            &+ UInt64(bitPattern: Int64(row)) &* 0xABC9_8388_FB8F_AC03
        return Float(Int32(truncatingIfNeeded: SceneRandom.mix(point ^ key) >> 32)) * 0x1p-31
    }

    /// Smooth noise at one place with cells of size 1: −1 to 1.
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

extension SceneNoise.Octave {
    private func position(_ index: Int) -> (cell: Int, blend: Float) {
        let position = Double(index) / cell + offset
        let column = position.rounded(.down)
        let fraction = Float(position - column)
        return (Int(column), fraction * fraction * (3 - 2 * fraction))
    }

    /// Adds the lattice to the pixels of a frame: each lattice line is stretched to the pixels once, and rows lie between
    /// two of them.
    fileprivate func add(to sum: UnsafeMutableBufferPointer<Float>, _ frame: SceneFrame) {
        let width = frame.width
        let steps = (0..<width).map { position(frame.left + $0) }
        let first = steps[0].cell
        let columns = steps[width - 1].cell - first + 2
        var line = [Float](repeating: 0, count: columns)
        var upper = [Float](repeating: 0, count: width)
        var lower = upper
        func stretch(_ row: Int, _ target: inout [Float]) {
            for column in 0..<columns {
                line[column] = SceneNoise.lattice(first + column, row, key: key) * weight
            }
            for (index, step) in steps.enumerated() {
                let cell = step.cell - first
                target[index] = line[cell] + step.blend * (line[cell + 1] - line[cell])
            }
        }
        var current = Int.min
        for row in 0..<frame.height {
            let (latticeRow, blend) = position(frame.top + row)
            if latticeRow != current {
                if row > 0, latticeRow == current + 1 {
                    swap(&upper, &lower)
                } else {
                    stretch(latticeRow, &upper)
                }
                stretch(latticeRow + 1, &lower)
                current = latticeRow
            }
            let target = UnsafeMutableBufferPointer(rebasing: sum[row * width..<(row + 1) * width])
            upper.withUnsafeBufferPointer { upper in
                lower.withUnsafeBufferPointer { lower in
                    for column in 0..<width {
                        target[column] += upper[column] + blend * (lower[column] - upper[column])
                    }
                }
            }
        }
    }
}
