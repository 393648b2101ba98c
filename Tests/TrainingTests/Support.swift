import Foundation
import Networks
import Testing
import Torch
import Training

/// A directory of one test, removed when the test is over.
final class Scratch {
    let path = NSTemporaryDirectory() + "/fusionkit-training-\(UUID().uuidString)"

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Names in a folder of it.
    func names(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: file(folder))) ?? []).sorted()
    }

    func text(_ name: String) throws -> String { try String(contentsOfFile: file(name), encoding: .utf8) }
}

/// The tensors of a golden file of CMT; nil on machines that don't have them.
func goldenFile(_ name: String) throws -> [String: Tensor]? {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let fixtures =
        ProcessInfo.processInfo.environment["FUSIONKIT_FIXTURES"].map { URL(fileURLWithPath: $0) }
        ?? package.deletingLastPathComponent().appendingPathComponent("shared/fixtures")
    let path = fixtures.appendingPathComponent("cmt/\(name).safetensors").path
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let tensors = try SafetensorsFile(path).tensors().map { ($0.name, $0.tensor) }
    return Dictionary(tensors) { first, _ in first }
}

/// Settings of a training of a second.
func littleTraining(_ folder: String, _ changes: String...) throws -> TrainingConfiguration {
    let yaml = """
        epochs: 3
        seed: 5
        device: cpu
        network: {system: fusionmamba-rs, settings: {dim: 8, ms_dim: 3}}
        data: {count: 8, validation-count: 2, side: 16, batch: 2}
        optimizer: {rate: 2e-3, clip: 1}
        average: {kind: constant, share: 0.5}
        validation: {metrics: [SAM], pictures: 1}
        record: {folder: '\(folder)', log-steps: 1}
        """
    return try TrainingConfiguration(yaml: yaml, changes: changes)
}

/// The parameters of a checkpoint, as bytes.
func bytes(_ file: String) throws -> [String: [UInt8]] {
    var bytes: [String: [UInt8]] = [:]
    for (name, tensor) in try SafetensorsFile(file).tensors() {
        bytes[name] = tensor.contiguous().withUnsafeBytes { Array($0) }
    }
    return bytes
}

/// Repeatable numbers of 0 to 1.
func image(_ shape: Int..., seed: UInt64 = 1, dtype: DType = .float64) -> Tensor {
    Tensor.uniform(shape, generator: RandomGenerator(seed: seed), dtype: dtype)
}
