import Networks
import Torch

/// Power averages of all widths as they were at a step, kept in a file.
struct AverageCopy {
    /// Steps until then.
    let steps: Int
    /// Exponent of each average.
    let exponents: [Double]
    /// The averages; names begin with the number of the exponent.
    private let tensors: [(name: String, tensor: Tensor)]

    init(steps: Int, averages: [PowerAverage]) {
        self.steps = steps
        exponents = averages.map(\.exponent)
        tensors = averages.enumerated().flatMap { index, average in
            average.averages.map { ("\(index).\($0.name)", $0.tensor) }
        }
    }

    func write(to file: String, description: CheckpointDescription) throws {
        var metadata = description.metadata
        metadata["format"] = Self.format
        metadata["steps"] = "\(steps)"
        metadata["exponents"] = exponents.map { "\($0)" }.joined(separator: ",")
        try SafetensorsFile.write(tensors, metadata: metadata, to: file)
    }

    static let format = "fusionkit averages"
}
