import Foundation
import Networks
import Torch

/// Averages of any width, made after a training with `average.kind: power` of the copies that it has kept (Karras et al. 2024,
/// "post-hoc EMA").
public struct AverageSynthesis {
    private struct Copy {
        let file: SafetensorsFile
        let steps: Int
        let exponents: [Double]
    }

    private let copies: [Copy]
    /// What the checkpoints are for.
    private let metadata: [String: String]

    /// Finds the copies in the folder of a run.
    ///
    /// - Throws: ``TrainingError`` where there are none, `CheckpointError`.
    public init(folder: String) throws {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .filter { $0.hasPrefix("averages-") && $0.hasSuffix(".safetensors") }
        copies = try names.map { try Self.copy("\(folder)/\($0)") }.sorted { $0.steps < $1.steps }
        guard let last = copies.last else {
            throw TrainingError(
                .folder, "\(folder) holds no copies of averages.",
                remedy: "Name the folder of a training with average.kind: power.")
        }
        metadata = last.file.metadata
    }

    private static func copy(_ path: String) throws -> Copy {
        let file = try SafetensorsFile(path)
        let exponents = file.metadata["exponents"]?.split(separator: ",").compactMap { Double($0) } ?? []
        guard file.metadata["format"] == AverageCopy.format, !exponents.isEmpty,
            let steps = file.metadata["steps"].flatMap({ Int($0) }), steps > 0
        else {
            throw TrainingError(
                .folder, "\(path) is not a copy of averages.",
                remedy: "Take it out of the folder, or choose another one.")
        }
        return Copy(file: file, steps: steps, exponents: exponents)
    }

    /// Steps of the training at each copy.
    public var steps: [Int] { copies.map(\.steps) }

    /// The average at the last copy: the combination of all copies that comes nearest to it.
    ///
    /// - Parameter width: standard deviation of the average's weights, as a share of the training: above 0, below 0.288.
    public func weights(width: Double) throws -> [(name: String, tensor: Tensor)] {
        guard let last = copies.last else { return [] }
        let sources = copies.flatMap { copy in
            copy.exponents.enumerated().map { (copy: copy, index: $0, exponent: $1) }
        }
        let factors = try PowerAverage.synthesis(
            of: PowerAverage.exponent(width: width), at: last.steps,
            from: sources.map { ($0.exponent, $0.copy.steps) })
        let names = last.file.names.filter { $0.hasPrefix("0.") }.map { String($0.dropFirst(2)) }
        return try withTorchErrors {
            try names.map { name in
                let latest = try last.file.tensor("0.\(name)")
                guard latest.dtype.isFloatingPoint else { return (name, latest) }
                let sum = Tensor.zeros(latest.shape, dtype: .float64)
                for (source, factor) in zip(sources, factors) {
                    sum.addInPlace(try source.copy.file.tensor("\(source.index).\(name)").to(.float64) * factor)
                }
                return (name, sum.to(.float32))
            }
        }
    }

    /// Writes ``weights(width:)`` as a checkpoint that every command takes.
    public func write(width: Double, to file: String) throws {
        var texts = metadata
        for key in ["steps", "exponents"] { texts[key] = nil }
        texts["format"] = "fusionkit"
        texts["origin"] = [metadata["origin"], "average of width \(width)"].compactMap(\.self).joined(separator: ", ")
        try SafetensorsFile.write(weights(width: width), metadata: texts, to: file)
    }
}
