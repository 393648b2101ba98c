import Foundation
import Sensors

/// A golden file in safetensors format, values as doubles.
struct GoldenFile {
    struct Tensor {
        let shape: [Int]
        let values: [Double]

        /// The tensor as an image: (C, H, W), or one band of (H, W).
        var image: Image {
            let shape = [Int](repeating: 1, count: 3 - shape.count) + shape
            return Image(bands: shape[0], height: shape[1], width: shape[2], values: values)
        }
    }

    let metadata: [String: String]
    let tensors: [String: Tensor]

    /// The folder of golden files, nil where there is none.
    static let folder: URL? = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder =
            ProcessInfo.processInfo.environment["FUSIONKIT_FIXTURES"].map { URL(fileURLWithPath: $0) }
            ?? root.appendingPathComponent("../shared/fixtures").standardizedFileURL
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }()

    init(_ name: String) throws {
        let folder = Self.folder ?? URL(fileURLWithPath: "/")
        let data = try Data(contentsOf: folder.appendingPathComponent("sharpening/\(name).safetensors"))
        let length = data.withUnsafeBytes { Int($0.loadUnaligned(as: UInt64.self)) }
        let json = try JSONSerialization.jsonObject(with: data[8..<8 + length]) as? [String: [String: Any]] ?? [:]
        metadata = json["__metadata__"] as? [String: String] ?? [:]
        tensors = json.filter { $0.key != "__metadata__" }.mapValues { entry in
            let shape = entry["shape"] as? [Int] ?? []
            let start = 8 + length + ((entry["data_offsets"] as? [Int])?.first ?? 0)
            let count = shape.reduce(1, *)
            let values = data.withUnsafeBytes { bytes in
                (0..<count).map { index -> Double in
                    switch entry["dtype"] as? String {
                    case "F64": bytes.loadUnaligned(fromByteOffset: start + 8 * index, as: Double.self)
                    case "F32": Double(bytes.loadUnaligned(fromByteOffset: start + 4 * index, as: Float.self))
                    case "I32": Double(bytes.loadUnaligned(fromByteOffset: start + 4 * index, as: Int32.self))
                    default: Double(bytes[start + index])
                    }
                }
            }
            return Tensor(shape: shape, values: values)
        }
    }

    subscript(name: String) -> Tensor { tensors[name] ?? Tensor(shape: [0, 0, 0], values: []) }

    /// What is wrong with values that should be a tensor of this file, nil when they agree.
    func difference(_ values: [Double], _ name: String, absolute: Double, relative: Double = 0) -> String? {
        let expected = self[name].values
        guard expected.count == values.count, !values.isEmpty else {
            return "\(name): \(values.count) values, \(expected.count) expected"
        }
        let errors = zip(values, expected).map { abs($0 - $1) - relative * abs($1) }
        guard let worst = errors.indices.max(by: { errors[$0] < errors[$1] }) else { return nil }
        if errors.allSatisfy({ $0 <= absolute }) { return nil }
        return "\(name): \(values[worst]) at \(worst), \(expected[worst]) expected"
    }
}
