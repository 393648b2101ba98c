import Torch

/// An update s·B·A of a weight W₀, of which A and B are learned (Hu et al. 2022, "LoRA").
///
/// The network computes with W = W₀ + s·B·A as it does with any weight, and the gradients of A and B follow from that of W:
/// s·Bᵀ·G and s·G·Aᵀ. So it works for every weight, whichever way a network uses it.
final class LowRankUpdate {
    let name: String
    /// (outputs, inputs · taps), in single precision.
    private let base: Tensor
    /// A, (rank, inputs · taps): random at first.
    let down: Tensor
    /// B, (outputs, rank): zero at first, so that the network begins as it was.
    let up: Tensor
    /// The weight in single precision, of the network's shape.
    let merged: Tensor
    private let weight: Tensor
    private let scale: Double

    /// An update that changes nothing yet.
    ///
    /// - Parameter weight: the network's own; the optimiser must leave it alone.
    init(_ name: String, _ weight: Tensor, settings: AdaptationSettings, generator: RandomGenerator) {
        self.name = name
        self.weight = weight
        scale = settings.scale
        merged = weight.detached().to(.float32).copy()
        base = merged.flattened(from: 1).copy()
        let shape = [settings.rank, base.size(1)]
        let values = Tensor.zeros(shape)
        values.initialize(.kaimingUniform(slope: 5.0.squareRoot()), using: generator)
        down = values.to(weight.device)
        up = .zeros([base.size(0), settings.rank], device: weight.device)
    }

    /// What is learned, by name.
    var parameters: [(name: String, tensor: Tensor)] { [("\(name).down", down), ("\(name).up", up)] }

    /// What a later run needs beside these to go on.
    var state: [(name: String, tensor: Tensor)] { parameters + [("\(name).base", base)] }

    /// Takes over a state, and puts it into the network.
    func load(_ state: [String: Tensor]) {
        for (key, tensor) in self.state {
            if let values = state[key] { tensor.copy(from: values) }
        }
        publish()
    }

    /// Adds what the weight's gradient means for A and B; the weight's own is cleared.
    func gather() {
        guard let gradient = weight.gradient?.to(.float32).flattened(from: 1) else { return }
        weight.gradient = nil
        func add(_ part: Tensor, to tensor: Tensor) { tensor.gradient = tensor.gradient.map { $0 + part } ?? part }
        add(up.transposed(0, 1).matmul(gradient) * scale, to: down)
        add(gradient.matmul(down.transposed(0, 1)) * scale, to: up)
    }

    /// Puts the updated weight into the network.
    func publish() {
        merged.copy(from: (base + up.matmul(down) * scale).reshaped(weight.shape))
        weight.copy(from: merged)
    }
}
