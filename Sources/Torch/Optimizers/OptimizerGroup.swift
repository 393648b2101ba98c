/// Several optimisers as one: groups of parameters with settings of their own, such as biases without decay.
public final class OptimizerGroup: Optimizer {
    private let optimizers: [any Optimizer]

    /// Optimisers of parameters whose names differ.
    public init(_ optimizers: [any Optimizer]) { self.optimizers = optimizers }

    /// Step size of all; that of the first when read, 0 where there are none.
    public var learningRate: Double {
        get { optimizers.first?.learningRate ?? 0 }
        set { for optimizer in optimizers { optimizer.learningRate = newValue } }
    }

    /// What is trained, group by group.
    public var parameters: [(name: String, tensor: Tensor)] { optimizers.flatMap(\.parameters) }

    /// Changes every parameter that has a gradient.
    public func step() {
        for optimizer in optimizers { optimizer.step() }
    }

    /// The states of all groups.
    public func state() -> [(name: String, tensor: Tensor)] { optimizers.flatMap { $0.state() } }

    /// Takes over a state, whichever group a parameter was in; see ``Optimizer/load(_:)``.
    ///
    /// - Throws: ``StateError``; groups before the one that fails have been changed then.
    public func load(_ state: [String: Tensor]) throws {
        var left = state
        for optimizer in optimizers.dropLast() {
            let names = Set(optimizer.parameters.map(\.name))
            // Names of quantities have no dot.
            let own = left.filter { key, _ in key.lastIndex(of: ".").map { names.contains(String(key[..<$0])) } ?? false
            }
            for key in own.keys { left[key] = nil }
            try optimizer.load(own)
        }
        // What belongs to none is for the last one to refuse.
        try optimizers.last?.load(left)
    }
}

extension Module {
    /// The parameters that weight decay is meant for, and those that it only harms: biases, and the scales of normalisations,
    /// that is, all with fewer than two axes of more than one element.
    public final func decayGroups() -> (
        decaying: [(name: String, tensor: Tensor)], others: [(name: String, tensor: Tensor)]
    ) {
        let all = namedParameters()
        func decays(_ tensor: Tensor) -> Bool { tensor.shape.count { $0 > 1 } >= 2 }
        return (all.filter { decays($0.tensor) }, all.filter { !decays($0.tensor) })
    }
}
