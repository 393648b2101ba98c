import Torch

/// Parameters that a file holds as a bare list, in the order in which the authors' program registers them.
struct NumberedParameters {
    private let tensors: [Tensor]

    /// The tensors called "0", "1", … of a checkpoint; nil where it has other names.
    init?(_ checkpoint: Checkpoint) {
        let byName = Dictionary(checkpoint.tensors.map { ($0.name, $0.tensor) }) { first, _ in first }
        let tensors = (0..<byName.count).compactMap { byName["\($0)"] }
        guard !tensors.isEmpty, tensors.count == byName.count else { return nil }
        self.tensors = tensors
    }

    /// The names, which are those of the first preset whose parameters have the same shapes in the same order.
    ///
    /// - Parameter ratio: where given, only presets of this ratio count.
    /// - Throws: ``NetworkCheckpointError/unnamed(file:)``.
    func named(
        file: String, systems: [NetworkSystem], ratio: Int?
    ) throws -> (description: CheckpointDescription, tensors: [(name: String, tensor: Tensor)]) {
        let shapes = tensors.map(\.shape)
        for system in systems {
            for preset in system.presets {
                let network = try system.network(preset.json)
                if let ratio, let sharpening = network as? any SharpeningNetwork, sharpening.ratio != ratio { continue }
                let parameters = network.namedParameters()
                guard parameters.map(\.tensor.shape) == shapes else { continue }
                return (
                    CheckpointDescription(system: system.name, configuration: preset.json),
                    zip(parameters, tensors).map { (name: $0.name, tensor: $1) }
                )
            }
        }
        throw NetworkCheckpointError.unnamed(file: file)
    }
}
