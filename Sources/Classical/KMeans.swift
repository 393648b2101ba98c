/// Clusters of pixels of like features, by Lloyd's iterations (1982) from a start that is no chance.
///
/// The start: pixels are sorted by the sum of their features; the centres are those at the ranks ⌊(i − ½)/k·n⌋, i = 1…k. A
/// pixel belongs to the nearest centre (squared Euclidean distance, the first of several), a centre without pixels stays.
/// Iterations end when no pixel changes its cluster, or after 100, each of which ends with new centres.
struct KMeans: Sendable, Hashable {
    /// Number of centres.
    let clusters: Int
    /// Features of a pixel.
    let features: Int
    /// The centres, one after another.
    private(set) var centres: [Double]

    private static let mostIterations = 100

    /// Clusters pixels.
    ///
    /// - Parameters:
    ///   - values: the features of each pixel, pixel by pixel.
    ///   - features: how many a pixel has.
    ///   - clusters: k, 1 or more.
    init(_ values: [Double], features: Int, clusters: Int) {
        self.clusters = clusters
        self.features = features
        let pixels = values.count / max(features, 1)
        centres = Self.start(values, features: features, pixels: pixels, clusters: clusters)
        var labels = [Int32](repeating: -1, count: pixels)
        for _ in 0..<Self.mostIterations {
            if assign(values, &labels) == 0 { break }
            update(values, labels)
        }
    }

    private static func start(_ values: [Double], features: Int, pixels: Int, clusters: Int) -> [Double] {
        guard pixels > 0 else { return [Double](repeating: 0, count: clusters * features) }
        let sums = (0..<pixels).map { pixel in
            values[pixel * features..<(pixel + 1) * features].reduce(0, +)
        }
        let order = sums.indices.sorted { (sums[$0], $0) < (sums[$1], $1) }
        return (0..<clusters).flatMap { cluster in
            let rank = (Double(cluster) + 0.5) / Double(clusters) * Double(pixels)
            let pixel = order[min(Int(rank), pixels - 1)]
            return values[pixel * features..<(pixel + 1) * features]
        }
    }

    /// - Returns: how many pixels changed.
    private func assign(_ values: [Double], _ labels: inout [Int32]) -> Int {
        var changes = 0
        values.withUnsafeBufferPointer { values in
            centres.withUnsafeBufferPointer { centres in
                labels.withUnsafeMutableBufferPointer { labels in
                    for pixel in labels.indices {
                        var (best, label) = (Double.infinity, Int32(0))
                        for cluster in 0..<clusters {
                            var distance = 0.0
                            for feature in 0..<features {
                                let difference =
                                    values[pixel &* features &+ feature] - centres[cluster &* features &+ feature]
                                distance += difference * difference
                            }
                            if distance < best { (best, label) = (distance, Int32(truncatingIfNeeded: cluster)) }
                        }
                        if labels[pixel] != label { changes += 1 }
                        labels[pixel] = label
                    }
                }
            }
        }
        return changes
    }

    private mutating func update(_ values: [Double], _ labels: [Int32]) {
        var sums = [Double](repeating: 0, count: centres.count)
        var counts = [Double](repeating: 0, count: clusters)
        values.withUnsafeBufferPointer { values in
            for (pixel, label) in labels.enumerated() {
                counts[Int(label)] += 1
                for feature in 0..<features {
                    sums[Int(label) * features + feature] += values[pixel * features + feature]
                }
            }
        }
        for cluster in 0..<clusters where counts[cluster] > 0 {
            for feature in 0..<features {
                centres[cluster * features + feature] = sums[cluster * features + feature] / counts[cluster]
            }
        }
    }

    /// The nearest centre of each pixel.
    ///
    /// - Parameters:
    ///   - planes: one feature after another, each of `pixels` samples.
    ///   - scales: what each feature is divided by first.
    func labels(_ planes: [UnsafeBufferPointer<Double>], scales: [Double], pixels: Int) -> [Int32] {
        var labels = [Int32](repeating: 0, count: pixels)
        let chunk = min(1024, pixels)
        // The features of a chunk, then distances and the smallest of them.
        var scratch = [Double](repeating: 0, count: (features + 2) * max(chunk, 1))
        labels.withUnsafeMutableBufferPointer { labels in
            scratch.withUnsafeMutableBufferPointer { scratch in
                for start in stride(from: 0, to: pixels, by: max(chunk, 1)) {
                    let count = min(chunk, pixels - start)
                    let (distance, best) = (features * chunk, (features + 1) * chunk)
                    for feature in 0..<features {
                        let (plane, scale) = (planes[feature], scales[feature])
                        for n in 0..<count { scratch[feature * chunk + n] = plane[start + n] / scale }
                    }
                    for n in 0..<count { scratch[best + n] = .infinity }
                    for cluster in 0..<clusters {
                        for n in 0..<count { scratch[distance + n] = 0 }
                        for feature in 0..<features {
                            let centre = centres[cluster * features + feature]
                            for n in 0..<count {
                                let difference = scratch[feature * chunk + n] - centre
                                scratch[distance + n] += difference * difference
                            }
                        }
                        let label = Int32(truncatingIfNeeded: cluster)
                        for n in 0..<count {
                            let isNearer = scratch[distance + n] < scratch[best + n]
                            labels[start + n] = isNearer ? label : labels[start + n]
                            scratch[best + n] = isNearer ? scratch[distance + n] : scratch[best + n]
                        }
                    }
                }
            }
        }
        return labels
    }
}
