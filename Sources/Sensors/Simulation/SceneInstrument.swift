/// How an instrument of known modulation transfer function sees a plane of samples.
enum SceneInstrument {
    /// Standard deviation, in pixels of the fine grid, of the Gaussian whose transfer function has a gain at the
    /// Nyquist frequency of a grid `ratio` times as coarse: ratio × √(−2 ln g) / π.
    static func deviation(gain: Double, ratio: Int) -> Double {
        Double(ratio) * (-2 * PortableMath.logarithm(gain)).squareRoot() / Double.pi
    }

    /// The Gaussian-blurred values of a square plane at positions on a regular grid.
    ///
    /// - Parameters:
    ///   - plane: `side × side` samples, row by row.
    ///   - first: position of the first output sample in both directions, in index units of the plane.
    ///   - step: distance of output samples.
    ///   - count: output samples in each direction.
    ///   - deviation: of the Gaussian, in pixels of the plane.
    ///   - radius: the Gaussian is cut off this many pixels from its centre; the plane has to reach that far around
    ///     every position.
    /// - Returns: `count × count` samples.
    static func sampled(
        _ plane: [Double], side: Int, first: Double, step: Int, count: Int, deviation: Double, radius: Int
    ) -> [Double] {
        let base = Int((first - Double(radius)).rounded(.up))
        let taps = Int((first + Double(radius)).rounded(.down)) - base + 1
        var weights = (0..<taps).map { tap -> Double in
            let distance = (Double(base + tap) - first) / deviation
            return distance * distance < 100 ? PortableMath.exponential(-0.5 * distance * distance) : 0
        }
        let sum = weights.reduce(0, +)
        weights = weights.map { $0 / sum }
        let rows = (count - 1) * step + taps
        precondition(base >= 0 && base + rows <= side, "the plane does not reach around every position")
        // Along the rows first, only for the rows that are needed.
        var narrow = [Double](repeating: 0, count: rows * count)
        var result = [Double](repeating: 0, count: count * count)
        plane.withUnsafeBufferPointer { plane in
            weights.withUnsafeBufferPointer { weights in
                for row in 0..<rows {
                    let start = (base + row) * side + base
                    for column in 0..<count {
                        var value = 0.0
                        for tap in 0..<taps { value += weights[tap] * plane[start + column * step + tap] }
                        narrow[row * count + column] = value
                    }
                }
                for row in 0..<count {
                    for tap in 0..<taps {
                        let (weight, start) = (weights[tap], (row * step + tap) * count)
                        for column in 0..<count { result[row * count + column] += weight * narrow[start + column] }
                    }
                }
            }
        }
        return result
    }

    /// Noise of a detector in digital numbers.
    struct Noise {
        /// Standard deviation in the dark.
        let read: Double
        /// Electrons that make one digital number; the variance of the shot noise is the signal divided by this.
        let electronsPerNumber: Double

        /// - Parameter fullWell: electrons at the largest digital number.
        init(peak: Double, fullWell: Double) {
            read = 0.0004 * peak
            electronsPerNumber = fullWell / peak
        }
    }

    /// Adds noise to digital numbers and rounds them into 0...peak. `stream` tells apart the bands of a scene.
    static func digitise(
        _ values: inout ArraySlice<Double>, width: Int, peak: Double, noise: Noise?, seed: UInt64, stream: Int
    ) {
        let start = values.startIndex
        for row in 0..<values.count / width {
            // A generator for each row: the order of the work does not matter.
            var random = SceneRandom(seed: seed, stream: UInt64(stream + 1) << 32 | UInt64(row))
            for index in start + row * width..<start + (row + 1) * width {
                var value = values[index]
                if let noise {
                    let variance = noise.read * noise.read + max(value, 0) / noise.electronsPerNumber
                    value += variance.squareRoot() * random.normal()
                }
                values[index] = min(max(value.rounded(), 0), peak)
            }
        }
    }

    /// The value that a share of the samples exceeds, to a four-thousandth of the largest one.
    static func upperQuantile(_ values: ArraySlice<Double>, exceededBy share: Double) -> Double {
        let bins = 4096
        guard let largest = values.max(), largest > 0 else { return 0 }
        var histogram = [Int](repeating: 0, count: bins)
        for value in values { histogram[min(max(Int(value / largest * Double(bins)), 0), bins - 1)] += 1 }
        var rest = Int(share * Double(values.count))
        for bin in stride(from: bins - 1, through: 0, by: -1) {
            rest -= histogram[bin]
            if rest < 0 { return Double(bin + 1) / Double(bins) * largest }
        }
        return largest
    }
}
