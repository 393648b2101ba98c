import CFilter

/// How an instrument of known modulation transfer function sees a plane of samples.
package enum SceneInstrument {
    /// Reach of ``fineTaps(gain:)``.
    static let fineRadius = 4

    /// Standard deviation, in pixels of the fine grid, of the Gaussian whose transfer function has a gain at the
    /// Nyquist frequency of a grid `ratio` times as coarse: ratio × √(−2 ln g) / π.
    static func deviation(gain: Double, ratio: Int) -> Double {
        Double(ratio) * (-2 * PortableMath.logarithm(gain)).squareRoot() / Double.pi
    }

    /// Nine taps whose transfer function is the Gaussian of a gain at Nyquist exactly at 0, ¼, ½, ¾ and 1 of Nyquist.
    ///
    /// A Gaussian sampled at the pixels would not do: it is so narrow that its spectrum overlaps itself, and its gain at
    /// Nyquist is twice what it should be.
    package static func fineTaps(gain: Double) -> [Double] {
        let quarter = gain.squareRoot().squareRoot()
        let sixteenth = quarter.squareRoot().squareRoot()
        let gains = [1, sixteenth, quarter, quarter * quarter * sixteenth, gain]
        let diagonal = 0.5.squareRoot()
        let cosines = [1, diagonal, 0, -diagonal, -1, -diagonal, 0, diagonal]
        return (-4...4).map { place in
            var sum = gains[0] + gains[4] * cosines[(4 * abs(place)) % 8]
            for order in 1...3 { sum += 2 * gains[order] * cosines[(order * abs(place)) % 8] }
            return sum / (abs(place) == 4 ? 16 : 8)
        }
    }

    /// Taps of a Gaussian around a place between pixels: the first tap lies at index `start`.
    static func coarseTaps(gain: Double, ratio: Int, around place: Double) -> (start: Int, weights: [Double]) {
        let deviation = Self.deviation(gain: gain, ratio: ratio)
        let reach = 5 * deviation
        let start = Int((place - reach).rounded(.up))
        let count = Int((place + reach).rounded(.down)) - start + 1
        var weights = (0..<count).map { tap -> Double in
            let distance = (Double(start + tap) - place) / deviation
            return PortableMath.exponential(-0.5 * distance * distance)
        }
        let sum = weights.reduce(0, +)
        weights = weights.map { $0 / sum }
        return (start, weights)
    }

    /// How far ``coarseTaps(gain:ratio:around:)`` reach from their place.
    static func coarseRadius(gain: Double, ratio: Int) -> Int {
        Int((5 * deviation(gain: gain, ratio: ratio)).rounded(.up))
    }

    /// A plane filtered with the same taps along both axes.
    ///
    /// - Returns: (width − taps + 1) × (height − taps + 1) samples.
    static func filtered(_ plane: [Double], width: Int, height: Int, taps: [Double]) -> [Double] {
        let (columns, rows) = (width - taps.count + 1, height - taps.count + 1)
        var line = [Double](repeating: 0, count: width)
        return plane.withUnsafeBufferPointer { plane in
            [Double](unsafeUninitializedCapacity: columns * rows) { result, count in
                line.withUnsafeMutableBufferPointer { line in
                    for row in 0..<rows {
                        weightedSum((0..<taps.count).map { plane.baseAddress! + (row + $0) * width }, taps, line, width)
                        let target = UnsafeMutableBufferPointer(
                            rebasing: UnsafeMutableBufferPointer(start: result.baseAddress!, count: columns * rows)[
                                row * columns..<(row + 1) * columns])
                        let start = UnsafePointer(line.baseAddress!)
                        weightedSum((0..<taps.count).map { start + $0 }, taps, target, columns)
                    }
                }
                count = columns * rows
            }
        }
    }

    /// A plane seen through taps of each axis at every `step`-th place.
    static func sampled(
        _ plane: [Double], width: Int, across: (start: Int, weights: [Double]), down: (start: Int, weights: [Double]),
        step: Int, columns: Int, rows: Int
    ) -> [Double] {
        var line = [Double](repeating: 0, count: width)
        var result = [Double](repeating: 0, count: columns * rows)
        plane.withUnsafeBufferPointer { plane in
            line.withUnsafeMutableBufferPointer { line in
                for row in 0..<rows {
                    let first = down.start + row * step
                    let sources = down.weights.indices.map { plane.baseAddress! + (first + $0) * width }
                    weightedSum(sources, down.weights, line, width)
                    for column in 0..<columns {
                        var value = 0.0
                        for (tap, weight) in across.weights.enumerated() {
                            value += weight * line[across.start + column * step + tap]
                        }
                        result[row * columns + column] = value
                    }
                }
            }
        }
        return result
    }

    private static func weightedSum(
        _ rows: [UnsafePointer<Double>], _ weights: [Double], _ target: UnsafeMutableBufferPointer<Double>,
        _ length: Int
    ) {
        let pointers = rows.map { Optional($0) }
        fk_weighted_sum(pointers, weights, weights.count, target.baseAddress!, length)
    }

    /// Noise of a detector in digital numbers.
    struct Noise {
        /// Standard deviation in the dark.
        let read: Double
        /// Electrons that make one digital number; the variance of the shot noise is the signal divided by this.
        let electronsPerNumber: Double

        /// - Parameters:
        ///   - fullWell: electrons at the largest digital number.
        ///   - level: factor on the deviation.
        init(peak: Double, fullWell: Double, level: Double) {
            read = 0.0004 * peak * level
            electronsPerNumber = fullWell / (peak * level * level)
        }
    }

    /// Turns values into digital numbers: exposed, noisy, rounded into 0...peak.
    ///
    /// - Parameters:
    ///   - left, top: place of the first value in its image; the noise of a pixel follows from its place.
    ///   - stream: tells apart the bands of a scene.
    static func digitise(
        _ values: inout ArraySlice<Double>, left: Int, top: Int, width: Int, exposure: Double, peak: Double,
        noise: Noise?, seed: UInt64, stream: Int
    ) {
        let key = SceneRandom.mix(seed &+ UInt64(stream + 1) &* 0x9E37_79B9_7F4A_7C15)
        values.withUnsafeMutableBufferPointer { values in
            for row in 0..<values.count / width {
                let rowKey = SceneRandom.mix(key &+ UInt64(bitPattern: Int64(top + row)))
                for column in 0..<width {
                    let index = row * width + column
                    var value = values[index] * exposure
                    if let noise, noise.electronsPerNumber < .infinity {
                        let variance = noise.read * noise.read + max(value, 0) / noise.electronsPerNumber
                        let bits = SceneRandom.mix(rowKey &+ UInt64(left + column) &* 0xD1B5_4A32_D192_ED03)
                        value += variance.squareRoot() * SceneRandom.normal(bits)
                    }
                    values[index] = min(max(value.rounded(), 0), peak)
                }
            }
        }
    }

    /// The value that a share of the samples exceeds, to a four-thousandth of the largest one.
    static func upperQuantile(_ values: [Double], exceededBy share: Double) -> Double {
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
