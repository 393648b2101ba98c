import Metrics
import Sensors

private let (side, bands, ratio) = (4096, 8, 4)

/// Indices of quality of a scene as the program computes them, each alone: tile by tile from images that lie in memory as
/// 16-bit numbers. Before them a pass that reads all of two images, which is the least that any of them does.
func benchmarkMetrics(report: (Comparison) -> Void) throws {
    let fused = StoredImage(bands: bands, height: side, width: side, seed: 1)
    let reference = StoredImage(bands: bands, height: side, width: side, seed: 2)
    let pass = Contestant("product of both images, summed") { try readOnce(fused, reference) }
    report(try comparison("Indices with reference", [pass] + contestants(of: fused, reference)))
    report(try comparison("Indices without reference", [pass] + contestants(of: fused)))
}

private func comparison(_ title: String, _ contestants: [Contestant]) throws -> Comparison {
    Comparison(
        title: "\(title), \(side) × \(side), \(bands) bands", unit: "pixels", work: Double(side * side), threads: 1,
        measurements: try measureOnce(contestants))
}

private func contestants(of fused: StoredImage, _ reference: StoredImage) throws -> [Contestant] {
    let pair = try PairScene(reference: reference, fused: fused, ratio: Double(ratio), peak: 2047)
    func contestant(_ name: String, _ metrics: [any ReferenceMetric]) -> Contestant {
        Contestant(name) { for value in try pair.measure(metrics).values { _ = try value.get() } }
    }
    let table = contestant("the table of \(Metrics.withReference.count)", Metrics.withReference)
    return Metrics.withReference.map { contestant($0.name, [$0]) } + [table]
}

private func contestants(of fused: StoredImage) throws -> [Contestant] {
    let scene = try SharpenedScene(
        fused: fused, ms: StoredImage(bands: bands, height: side / ratio, width: side / ratio, seed: 3),
        pan: StoredImage(bands: 1, height: side, width: side, seed: 4), sensor: .worldView3, ratio: ratio)
    func contestant(_ name: String, _ metrics: [any NoReferenceMetric]) -> Contestant {
        Contestant(name) { for value in try scene.measure(metrics) { _ = try value.get() } }
    }
    let table = contestant("the table of \(Metrics.withoutReference.count)", Metrics.withoutReference)
    return Metrics.withoutReference.map { contestant($0.name, [$0]) } + [table]
}

/// Indices of a picture that was fused from two, and their whole table.
func benchmarkFusionMetrics(report: (Comparison) -> Void) throws {
    let (height, width) = (768, 1024)
    func picture(seed: UInt64) throws -> Image {
        let stored = StoredImage(bands: 1, height: height, width: width, seed: seed)
        var image = try stored.read(PixelRegion(rows: 0..<height, columns: 0..<width)).image
        for index in image.values.indices { image.values[index] = ((image.values[index] - 500) / 3.4).rounded() }
        return image
    }
    let pair = try FusedPair(first: picture(seed: 5), second: picture(seed: 6), fused: picture(seed: 7))
    var sum = 0.0
    let pass = Contestant("products of the pictures, summed") {
        for source in [pair.first, pair.second] {
            sum += zip(source.values, pair.fused.values).reduce(0) { $0 + $1.0 * $1.1 }
        }
    }
    let metrics = Metrics.ofSources.map { metric in Contestant(metric.name) { sum += try metric.value(pair) } }
    let table = Contestant("the table of \(metrics.count)") { for metric in metrics { try metric.run() } }
    let measurements = try measure([pass] + metrics + [table], mostRounds: 3)
    precondition(sum.isFinite, "an index is not a number")
    report(
        Comparison(
            title: "Indices of fused pictures, \(width) × \(height)", unit: "pixels", work: Double(height * width),
            threads: 1, measurements: measurements))
}

/// Reads two images tile by tile, as indices do, and every sample of them.
private func readOnce(_ a: StoredImage, _ b: StoredImage) throws {
    var sum = 0.0
    for row in stride(from: 0, to: a.height, by: 512) {
        for column in stride(from: 0, to: a.width, by: 512) {
            let region = PixelRegion(
                rows: row..<min(row + 512, a.height), columns: column..<min(column + 512, a.width))
            let (first, second) = (try a.read(region).image, try b.read(region).image)
            sum += zip(first.values, second.values).reduce(0) { $0 + $1.0 * $1.1 }
        }
    }
    precondition(sum.isFinite, "a sample is not a number")
}

/// Smooth hills with noise, in 11-bit digital numbers, kept as files keep them; the same for the same seed.
private struct StoredImage: PixelReader {
    let bands: Int
    let height: Int
    let width: Int
    private let samples: [UInt16]

    init(bands: Int, height: Int, width: Int, seed: UInt64) {
        (self.bands, self.height, self.width) = (bands, height, width)
        var state = seed
        samples = (0..<bands * height * width).map { index in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let (row, column) = (index / width % height, index % width)
            let noise = (Int(state >> 40) * 200) >> 24
            return UInt16(500 + 2 * ((row * 7 + column * 3) % 331) + noise)
        }
    }

    func read(_ region: PixelRegion) throws -> PixelSamples {
        let (rows, columns) = (region.rows, region.columns)
        let values = [Double](unsafeUninitializedCapacity: bands * region.pixels) { values, count in
            samples.withUnsafeBufferPointer { samples in
                for band in 0..<bands {
                    for row in rows {
                        let start = (band * height + row) * width + columns.lowerBound
                        for column in 0..<columns.count { values[count + column] = Double(samples[start + column]) }
                        count += columns.count
                    }
                }
            }
        }
        return PixelSamples(
            Image(bands: bands, height: region.rows.count, width: region.columns.count, values: values))
    }
}
