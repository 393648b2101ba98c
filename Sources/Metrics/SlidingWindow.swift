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
        let tall = tallSums(side: side)
        var result = Plane(height: tall.height, width: width - side + 1)
        var line = [Double](repeating: 0, count: width)
        line.withUnsafeMutableBufferPointer { line in
            tall.values.withUnsafeBufferPointer { tall in
                result.values.withUnsafeMutableBufferPointer { sums in
                    guard let line = line.baseAddress, let tall = tall.baseAddress, let sums = sums.baseAddress
                    else { return }
                    for row in 0..<result.height {
                        line.update(from: tall + row * width, count: width)
                        Self.sum(
                            line, count: width, stride: 1, side: side, into: sums + row * result.width,
                            places: result.width)
                    }
                }
            }
        }
        return result
    }

    /// Sums over windows of one column, in strips of columns that stay in the second cache.
    private func tallSums(side: Int) -> Plane {
        let strip = 32
        var result = Plane(height: height - side + 1, width: width)
        var runs = [Double](repeating: 0, count: height * strip)
        var sums = [Double](repeating: 0, count: result.height * strip)
        values.withUnsafeBufferPointer { values in
            result.values.withUnsafeMutableBufferPointer { result in
                runs.withUnsafeMutableBufferPointer { runs in
                    sums.withUnsafeMutableBufferPointer { sums in
                        guard let values = values.baseAddress, let result = result.baseAddress,
                            let runs = runs.baseAddress, let sums = sums.baseAddress
                        else { return }
                        let rows = height - side + 1
                        for left in Swift.stride(from: 0, to: width, by: strip) {
                            let count = min(strip, width - left)
                            for row in 0..<height {
                                (runs + row * count).update(from: values + row * width + left, count: count)
                            }
                            sums.update(repeating: 0, count: rows * count)
                            Self.sum(runs, count: height, stride: count, side: side, into: sums, places: rows)
                            for row in 0..<rows {
                                (result + row * width + left).update(from: sums + row * count, count: count)
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

    /// Weighted sums of samples that lie `distance` apart; those that share a tap are added first, and a sum stays in a
    /// register until all taps have had their turn.
    private static func weigh(
        _ samples: UnsafePointer<Double>, distance: Int, _ taps: [Double], into sums: UnsafeMutablePointer<Double>,
        count: Int
    ) {
        let reach = taps.count / 2
        let whole = count / 8 * 8
        taps.withUnsafeBufferPointer { taps in
            for index in stride(from: 0, to: whole, by: 8) {
                let centre = samples + reach * distance + index
                var (first, second) = (taps[reach] * centre.vector(0), taps[reach] * centre.vector(4))
                var (before, after) = (centre, centre)
                for step in stride(from: reach - 1, through: 0, by: -1) {
                    before -= distance
                    after += distance
                    first += taps[step] * (before.vector(0) + after.vector(0))
                    second += taps[step] * (before.vector(4) + after.vector(4))
                }
                UnsafeMutableRawPointer(sums + index).storeBytes(of: first, as: SIMD4<Double>.self)
                UnsafeMutableRawPointer(sums + index + 4).storeBytes(of: second, as: SIMD4<Double>.self)
            }
            for index in whole..<count {
                let centre = samples + reach * distance + index
                var sum = taps[reach] * centre[0]
                for step in stride(from: reach - 1, through: 0, by: -1) {
                    let offset = (reach - step) * distance
                    sum += taps[step] * (centre[-offset] + centre[offset])
                }
                sums[index] = sum
            }
        }
    }

    /// The sum over all places of what four planes of one size make there, or over those that are marked.
    @inline(__always)
    static func sum(
        _ planes: [Plane], where isKnown: [Bool]?, _ body: (Double, Double, Double, Double) -> Double
    ) -> Double {
        planes[0].values.withUnsafeBufferPointer { a in
            planes[1].values.withUnsafeBufferPointer { b in
                planes[2].values.withUnsafeBufferPointer { c in
                    planes[3].values.withUnsafeBufferPointer { d in
                        var sum = 0.0
                        if let isKnown {
                            for place in a.indices where isKnown[place] {
                                sum += body(a[place], b[place], c[place], d[place])
                            }
                        } else {
                            for place in a.indices { sum += body(a[place], b[place], c[place], d[place]) }
                        }
                        return sum
                    }
                }
            }
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
