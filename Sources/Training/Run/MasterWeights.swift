import Torch

/// What the optimiser changes, beside a network that may compute with 16 bits, or with low-rank updates of its weights.
///
/// In single precision these are the network's own weights. In bfloat16 a step of the usual size would be lost in the rounding
/// of a weight, so the weights are kept apart and rounded into the network after each step (Micikevicius et al. 2018).
final class MasterWeights {
    /// What is trained, by name.
    let parameters: [(name: String, tensor: Tensor)]
    private let network: Module
    private let copies: [(name: String, copy: Tensor, original: Tensor)]
    private let updates: [LowRankUpdate]

    /// Converts the network where it is to compute with 16 bits, and freezes it where updates are trained.
    ///
    /// - Parameter generator: draws the beginnings of updates.
    /// - Throws: `ConfigurationError` for a pattern that no weight fits.
    init(
        _ network: Module, precision: DType, updating settings: AdaptationSettings, generator: RandomGenerator
    ) throws(ConfigurationError) {
        self.network = network
        var names: Set<String> = []
        if !settings.weights.isEmpty {
            try network.freeze(matching: "*")
            for pattern in settings.weights {
                do { names.formUnion(try network.unfreeze(matching: pattern)) } catch {
                    throw error.inside("network.low-rank.weights")
                }
            }
        }
        let trained = network.namedParameters().filter(\.tensor.requiresGradient)
        // A vector has no update of lower rank.
        let updated = trained.filter { names.contains($0.name) && $0.tensor.rank >= 2 }
        updates = withoutGradients {
            updated.map { LowRankUpdate($0.name, $0.tensor, settings: settings, generator: generator) }
        }
        let whole = trained.filter { !names.contains($0.name) }
        if precision == .float32 {
            copies = []
        } else {
            copies = whole.map { ($0.name, $0.tensor.detached().to(.float32).copy(), $0.tensor) }
            network.to(precision)
        }
        parameters = (precision == .float32 ? whole : copies.map { ($0.name, $0.copy) }) + updates.flatMap(\.parameters)
    }

    /// Whether the parameters are the network's own, so that a backward pass leaves its gradients in them.
    var areNetworks: Bool { copies.isEmpty && updates.isEmpty }

    /// A number that differs where parameters do, whichever they are.
    var digest: Double {
        withoutGradients {
            parameters.enumerated().reduce(0) { sum, entry in
                let values = entry.element.tensor.to(.float64)
                return sum + values.squared().sum().item + Double(entry.offset % 7) * values.abs().sum().item
            }
        }
    }

    func clearGradients() {
        network.clearGradients()
        for (_, tensor) in parameters { tensor.gradient = nil }
    }

    /// Adds the network's gradients to those of the parameters; after each backward pass.
    func gather() {
        withoutGradients {
            for (_, copy, original) in copies {
                guard let gradient = original.gradient else { continue }
                let wide = gradient.to(.float32)
                copy.gradient = copy.gradient.map { $0 + wide } ?? wide
                original.gradient = nil
            }
            for update in updates { update.gather() }
        }
    }

    /// Puts the parameters into the network; after each step.
    func publish() {
        withoutGradients {
            for (_, copy, original) in copies { original.copy(from: copy) }
            for update in updates { update.publish() }
        }
    }

    /// The network's state in single precision, updates included in their weights.
    func state() -> [(name: String, tensor: Tensor)] {
        var wide: [String: Tensor] = [:]
        for (name, copy, _) in copies { wide[name] = copy }
        for update in updates { wide[update.name] = update.merged }
        return network.state().map { ($0.name, wide[$0.name] ?? $0.tensor) }
    }

    /// What a later run needs beside ``state()``.
    func updateState() -> [(name: String, tensor: Tensor)] { updates.flatMap(\.state) }

    /// Takes over what ``state()`` and ``updateState()`` have given.
    func load(_ state: [String: Tensor], updates updateState: [String: Tensor]) throws {
        try show(state)
        try withTorchErrors {
            withoutGradients {
                for (name, copy, _) in copies {
                    if let values = state[name] { copy.copy(from: values) }
                }
                for update in updates { update.load(updateState) }
            }
        }
    }

    /// Runs `body` with other values in the network, which has its own again afterwards.
    func with(_ values: [(name: String, tensor: Tensor)], _ body: () throws -> Void) throws {
        if values.isEmpty { return try body() }
        let own = network.state().map { ($0.name, $0.tensor.detached().copy()) }
        try show(Dictionary(values.map { ($0.name, $0.tensor) }) { first, _ in first })
        let outcome = Result { try body() }
        try show(Dictionary(own) { first, _ in first })
        try outcome.get()
    }

    private func show(_ state: [String: Tensor]) throws { try network.load(state) }
}
