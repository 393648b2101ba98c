/// A plane of samples with sums over windows that lie fully inside.
struct Plane {
    let height: Int
    let width: Int
    var values: [Double]

    /// Sums over side × side windows, one for each place; `side` is a power of two.
    ///
    /// By doubling: sums of two, of four, …; so every sum has the same order of additions.
    func boxSums(side: Int) -> Plane {
        precondition(side & (side - 1) == 0 && height >= side && width >= side, "a box of \(side)")
        var sums = values
        let (rows, columns) = (height - side + 1, width - side + 1)
        var result = Plane(height: rows, width: columns, values: [Double](repeating: 0, count: rows * columns))
        sums.withUnsafeMutableBufferPointer { sums in
            guard let sums = sums.baseAddress else { return }
            var step = 1
            var height = height
            while step < side {
                height -= step
                for row in 0..<height {
                    let (target, next) = (sums + row * width, sums + (row + step) * width)
                    for column in 0..<width { target[column] += next[column] }
                }
                step *= 2
            }
            step = 1
            var width = width
            while step < side {
                width -= step
                for row in 0..<rows {
                    let target = sums + row * self.width
                    for column in 0..<width { target[column] += target[column + step] }
                }
                step *= 2
            }
            for row in 0..<rows {
                for column in 0..<columns { result.values[row * columns + column] = sums[row * self.width + column] }
            }
        }
        return result
    }

    /// Sums over windows weighted with taps along rows and along columns.
    func weightedSums(_ taps: [Double]) -> Plane {
        let (rows, columns) = (height - taps.count + 1, width - taps.count + 1)
        precondition(rows > 0 && columns > 0, "\(taps.count) taps on \(height) × \(width)")
        var result = Plane(height: rows, width: columns, values: [Double](repeating: 0, count: rows * columns))
        var line = [Double](repeating: 0, count: width)
        values.withUnsafeBufferPointer { values in
            result.values.withUnsafeMutableBufferPointer { result in
                line.withUnsafeMutableBufferPointer { line in
                    for row in 0..<rows {
                        for column in 0..<width { line[column] = 0 }
                        for (offset, tap) in taps.enumerated() {
                            let source = (row + offset) * width
                            for column in 0..<width { line[column] += tap * values[source + column] }
                        }
                        let target = row * columns
                        for (offset, tap) in taps.enumerated() {
                            for column in 0..<columns { result[target + column] += tap * line[column + offset] }
                        }
                    }
                }
            }
        }
        return result
    }
}

extension Plane {
    /// The products of two planes, pixel by pixel.
    static func * (a: Plane, b: Plane) -> Plane {
        Plane(height: a.height, width: a.width, values: zip(a.values, b.values).map { $0 * $1 })
    }
}

extension ImagePair {
    /// A band of both images; masked pixels are 0 in both, whatever they held.
    func planes(_ band: Int) -> (reference: Plane, fused: Plane) {
        func plane(_ samples: [Double]) -> Plane {
            var samples = samples
            if let isValid {
                for pixel in samples.indices where !isValid[pixel] { samples[pixel] = 0 }
            }
            return Plane(height: reference.height, width: reference.width, values: samples)
        }
        return (plane(reference.band(band).values), plane(fused.band(band).values))
    }
}
