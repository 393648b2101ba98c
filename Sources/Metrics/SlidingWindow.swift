/// A plane of samples with sums over windows that lie fully inside.
struct Plane {
    let height: Int
    let width: Int
    var values: [Double]

    /// Sums over side × side windows, one for each place.
    ///
    /// By doubling: sums of two, of four, …, which are put together to the side; so every sum has the same order of
    /// additions.
    func boxSums(side: Int) -> Plane {
        precondition(side > 0 && height >= side && width >= side, "a box of \(side)")
        let (rows, columns) = (height - side + 1, width - side + 1)
        var result = Plane(height: rows, width: columns, values: [Double](repeating: 0, count: rows * columns))
        var tall = [Double](repeating: 0, count: rows * width)
        var wide = [Double](repeating: 0, count: columns)
        var line = [Double](repeating: 0, count: width)
        var doubled = values
        doubled.withUnsafeMutableBufferPointer { doubled in
            tall.withUnsafeMutableBufferPointer { tall in
                line.withUnsafeMutableBufferPointer { line in
                    wide.withUnsafeMutableBufferPointer { wide in
                        result.values.withUnsafeMutableBufferPointer { result in
                            Self.sum(
                                doubled.baseAddress.unsafelyUnwrapped, count: height, stride: width, side: side,
                                into: tall.baseAddress.unsafelyUnwrapped, places: rows)
                            for row in 0..<rows {
                                let source = tall.baseAddress.unsafelyUnwrapped + row * width
                                line.baseAddress.unsafelyUnwrapped.update(from: source, count: width)
                                Self.sum(
                                    line.baseAddress.unsafelyUnwrapped, count: width, stride: 1, side: side,
                                    into: wide.baseAddress.unsafelyUnwrapped, places: columns)
                                (result.baseAddress.unsafelyUnwrapped + row * columns).update(
                                    from: wide.baseAddress.unsafelyUnwrapped, count: columns)
                                for column in 0..<columns { wide[column] = 0 }
                            }
                        }
                    }
                }
            }
        }
        return result
    }

    /// Adds to each place the sum of `side` runs of `stride` samples that begin there.
    private static func sum(
        _ runs: UnsafeMutablePointer<Double>, count: Int, stride: Int, side: Int,
        into sums: UnsafeMutablePointer<Double>, places: Int
    ) {
        // Runs hold sums of `step` of them; each power of two in the side is taken where the one before has ended.
        var (step, offset, known) = (1, 0, count)
        while step <= side {
            if side & step != 0 {
                let source = runs + offset * stride
                for index in 0..<places * stride { sums[index] += source[index] }
                offset += step
            }
            guard 2 * step <= side else { return }
            known -= step
            let next = runs + step * stride
            for index in 0..<known * stride { runs[index] += next[index] }
            step *= 2
        }
    }

    /// Sums over windows weighted with taps along rows and along columns.
    ///
    /// - Parameter taps: an odd number of them, the same from both ends.
    func weightedSums(_ taps: [Double]) -> Plane {
        let (rows, columns) = (height - taps.count + 1, width - taps.count + 1)
        precondition(rows > 0 && columns > 0 && taps.count % 2 == 1, "\(taps.count) taps on \(height) × \(width)")
        var result = Plane(height: rows, width: columns, values: [Double](repeating: 0, count: rows * columns))
        var line = [Double](repeating: 0, count: width)
        values.withUnsafeBufferPointer { values in
            result.values.withUnsafeMutableBufferPointer { result in
                line.withUnsafeMutableBufferPointer { line in
                    guard let values = values.baseAddress, let result = result.baseAddress, let line = line.baseAddress
                    else { return }
                    for row in 0..<rows {
                        Self.weigh(values + row * width, distance: width, taps, into: line, count: width)
                        Self.weigh(line, distance: 1, taps, into: result + row * columns, count: columns)
                    }
                }
            }
        }
        return result
    }

    /// Weighted sums of samples that lie `distance` apart; those that share a tap are added first.
    private static func weigh(
        _ samples: UnsafePointer<Double>, distance: Int, _ taps: [Double], into sums: UnsafeMutablePointer<Double>,
        count: Int
    ) {
        let last = taps.count - 1
        let (centre, tap) = (samples + last / 2 * distance, taps[last / 2])
        for index in 0..<count { sums[index] = tap * centre[index] }
        var offset = 0
        // Two pairs at once: half as many passes over the sums.
        while offset + 1 < last / 2 {
            let (first, second) = (taps[offset], taps[offset + 1])
            let (a, b) = (samples + offset * distance, samples + (last - offset) * distance)
            let (c, d) = (a + distance, b - distance)
            for index in 0..<count {
                sums[index] += first * (a[index] + b[index]) + second * (c[index] + d[index])
            }
            offset += 2
        }
        if offset < last / 2 {
            let (first, a, b) = (taps[offset], samples + offset * distance, samples + (last - offset) * distance)
            for index in 0..<count { sums[index] += first * (a[index] + b[index]) }
        }
    }
}

extension Plane {
    /// The products of two planes, pixel by pixel.
    static func * (a: Plane, b: Plane) -> Plane {
        combine(a, b) { $0 * $1 }
    }

    /// A plane from two, pixel by pixel.
    @inline(__always)
    static func combine(_ a: Plane, _ b: Plane, _ body: (Double, Double) -> Double) -> Plane {
        precondition(a.height == b.height && a.width == b.width, "planes of two sizes")
        let values = [Double](unsafeUninitializedCapacity: a.values.count) { target, count in
            a.values.withUnsafeBufferPointer { a in
                b.values.withUnsafeBufferPointer { b in
                    for index in 0..<a.count { target[index] = body(a[index], b[index]) }
                }
            }
            count = a.values.count
        }
        return Plane(height: a.height, width: a.width, values: values)
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
