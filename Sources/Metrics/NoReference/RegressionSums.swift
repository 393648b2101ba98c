import Sensors

/// Sums for the least squares of PAN on all bands of an image, without intercept.
struct RegressionSums: Sendable {
    let bands: Int
    var count = 0.0
    /// Sums of products of all channels, PAN the last but one and 1 the last: (bands + 2)².
    var products: [Double]

    init(bands: Int) {
        self.bands = bands
        products = [Double](repeating: 0, count: (bands + 2) * (bands + 2))
    }

    mutating func merge(_ other: RegressionSums) {
        count += other.count
        for index in products.indices { products[index] += other.products[index] }
    }

    /// Adds known pixels.
    mutating func add(_ image: Image, pan: Image, isValid: [UInt8]?) {
        let channels = bands + 2
        let places = isValid.map { isValid in isValid.indices.filter { isValid[$0] != 0 } }
        let pixels = places?.count ?? image.pixels
        guard pixels > 0 else { return }
        // Filled up with zeros to a multiple of four.
        let length = (pixels + 3) / 4 * 4
        var samples = [Double](repeating: 0, count: channels * length)
        for channel in 0..<channels {
            let own = channel * image.pixels..<(channel + 1) * image.pixels
            let source = channel < bands ? image.values[own] : pan.values[...]
            for index in 0..<pixels {
                samples[channel * length + index] =
                    channel > bands ? 1 : source[source.startIndex + (places?[index] ?? index)]
            }
        }
        var sums = products
        samples.withUnsafeBufferPointer { samples in
            sums.withUnsafeMutableBufferPointer {
                BlockProducts.compute(samples, samples, channels, channels, count: length, into: $0)
            }
        }
        for index in products.indices { products[index] += sums[index] }
        count += Double(pixels)
    }

    private func sum(_ a: Int, _ b: Int) -> Double { products[a * (bands + 2) + b] }

    /// var(P − F·α)/var(P).
    var unexplained: Double {
        let (pan, one) = (bands, bands + 1)
        let variance = sum(pan, pan) - sum(pan, one) * sum(pan, one) / count
        guard variance > 1e-14 * sum(pan, pan) else { return 0 }
        let weights = solution
        // Σ(P − Fα)² and Σ(P − Fα), from the sums of products.
        var (squares, total) = (sum(pan, pan), sum(pan, one))
        for a in 0..<bands {
            squares -= 2 * weights[a] * sum(a, pan)
            total -= weights[a] * sum(a, one)
            for b in 0..<bands { squares += weights[a] * weights[b] * sum(a, b) }
        }
        return max(0, squares - total * total / count) / variance
    }

    /// The least squares, by elimination of bands one after another, scaled to equal power; a band that the ones before
    /// explain to within rounding gets no weight.
    private var solution: [Double] {
        let scale = (0..<bands).map { sum($0, $0) > 0 ? 1 / sum($0, $0).squareRoot() : 0 }
        var matrix = (0..<bands).map { a in (0..<bands).map { b in sum(a, b) * scale[a] * scale[b] } }
        var right = (0..<bands).map { sum($0, bands) * scale[$0] }
        var isUsed = [Bool](repeating: false, count: bands)
        for pivot in 0..<bands where matrix[pivot][pivot] > 1e-12 {
            isUsed[pivot] = true
            for row in 0..<bands where row != pivot {
                let factor = matrix[row][pivot] / matrix[pivot][pivot]
                guard factor != 0 else { continue }
                for column in 0..<bands { matrix[row][column] -= factor * matrix[pivot][column] }
                right[row] -= factor * right[pivot]
            }
        }
        return (0..<bands).map { isUsed[$0] ? right[$0] / matrix[$0][$0] * scale[$0] : 0 }
    }
}

extension SharpenedScene {
    func regression(_ work: SceneWork) throws -> RegressionSums {
        let tiles = SceneTiles(height: fused.height, width: fused.width, bands: fused.bands)
        let (sharp, pan) = (fused, pan)
        return try tiles.reduce(
            into: RegressionSums(bands: fused.bands), threads: work.threads, progress: work.progress,
            merge: { $0.merge($1) },
            measure: { region in
                let (image, panchromatic) = (try sharp.read(region), try pan.read(region))
                var sums = RegressionSums(bands: image.image.bands)
                sums.add(
                    image.image, pan: panchromatic.image,
                    isValid: PixelSamples.both(image.isValid, panchromatic.isValid))
                return sums
            })
    }
}
