import Classical
import Sensors

/// Every classical method that takes a scene of this size on one in memory; the interpolation alone (EXP), which all of them
/// do, comes first.
func benchmarkClassical(report: (Comparison) -> Void) throws {
    let side = 2048
    let pan = texture(bands: 1, side: side, seed: 1)
    let ms = texture(bands: 4, side: side / 4, seed: 2)
    let scene = try SharpeningScene(
        panHeight: side, panWidth: side, msHeight: side / 4, msWidth: side / 4, bands: 4, sensor: .ikonos, ratio: 4)
    let measurements = try measure(
        ClassicalMethods.all.filter { (try? $0.start(on: scene)) != nil }.map { method in
            Contestant(method.name) { _ = try method.sharpen(ms: ms, pan: pan, sensor: .ikonos, ratio: 4) }
        }, mostRounds: 3)
    report(
        Comparison(
            title: "Classical methods, PAN \(side) × \(side), 4 bands", unit: "pixels", work: Double(side * side),
            threads: 1, measurements: measurements))
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
