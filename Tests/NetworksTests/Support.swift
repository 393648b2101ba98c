import Foundation
import Networks
import Torch

/// A directory of one test, removed when the test is over.
final class Scratch {
    private let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
        "fusionkit-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: directory) }

    func path(_ name: String) -> String { directory.appendingPathComponent(name).path }
}

/// The authors' weights for WorldView-3; nil on machines that don't have them.
let authorsCheckpoint: String? = {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let fixtures =
        ProcessInfo.processInfo.environment["FUSIONKIT_FIXTURES"].map { URL(fileURLWithPath: $0) }
        ?? package.deletingLastPathComponent().appendingPathComponent("shared/fixtures")
    let path = fixtures.deletingLastPathComponent().appendingPathComponent("checkpoints/fusionmamba-rs/420.pth").path
    return FileManager.default.fileExists(atPath: path) ? path : nil
}()

/// A small network with repeatable values.
func network(_ configuration: FusionMambaRSConfiguration, seed: UInt64 = 1) throws -> FusionMambaRS {
    let network = try FusionMambaRS(configuration)
    network.initialize(using: RandomGenerator(seed: seed))
    network.eval()
    return network
}

/// Both inputs of a network, between 0 and 1.
func inputs(
    of network: FusionMambaRS, height: Int, width: Int, batches: Int = 1, seed: UInt64 = 5
) -> (ms: Tensor, pan: Tensor) {
    let generator = RandomGenerator(seed: seed)
    return (
        Tensor.uniform(
            [batches, network.msBands, height / network.ratio, width / network.ratio], low: 0, high: 1,
            generator: generator),
        Tensor.uniform([batches, network.panBands, height, width], low: 0, high: 1, generator: generator)
    )
}

/// The largest difference of two tensors of one shape; infinite where shapes differ or a value is not a number.
func difference(_ a: Tensor, _ b: Tensor) -> Double {
    guard a.shape == b.shape else { return .infinity }
    let largest = (a - b).abs().max().item
    return largest.isNaN ? .infinity : largest
}

/// Whether every element is a finite number.
func isFinite(_ tensor: Tensor) -> Bool { tensor.array(of: Double.self).allSatisfy { $0.isFinite } }
