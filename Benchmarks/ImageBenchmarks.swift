import Metrics
import Sensors

/// Indices of quality beside one pass over both images, which is the least that any of them reads.
func benchmarkMetrics(report: (Comparison) -> Void) throws {
    let side = 1024
    let pair = try ImagePair(
        reference: texture(bands: 8, side: side, seed: 3), fused: texture(bands: 8, side: side, seed: 4), ratio: 4,
        peak: 2047)
    let metrics: [any ReferenceMetric] = [Q2n(), SAM(), ERGAS(), SSIM()]
    var sum = 0.0
    let measurements = try measure(
        [
            Contestant("product of both images, summed") {
                sum += zip(pair.reference.values, pair.fused.values).reduce(0) { $0 + $1.0 * $1.1 }
            }
        ]
            + metrics.map { metric in
                Contestant(metric.name) { sum += try metric.value(pair) }
            }, mostRounds: 5)
    precondition(sum.isFinite, "an index is not a number")
    report(
        Comparison(
            title: "Indices, \(side) × \(side), 8 bands", unit: "pixels", work: Double(side * side), threads: 1,
            measurements: measurements))
}

/// Smooth hills with noise, in 11-bit digital numbers; the same for the same seed.
private func texture(bands: Int, side: Int, seed: UInt64) -> Image {
    var image = Image(bands: bands, height: side, width: side)
    var state = seed
    for index in image.values.indices {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let (row, column) = (index / side % side, index % side)
        let hills = 500 + 2 * Double((row * 7 + column * 3) % 331)
        image.values[index] = (hills + Double(state >> 40) / 16_777_216 * 200).rounded()
    }
    return image
}
