/// Runs `body` so that only its inputs and outputs are kept for differentiation; the backward pass runs it again.
/// Trades time for memory (Chen et al. 2016, "Training deep nets with sublinear memory cost").
///
/// - Parameters:
///   - inputs: everything that `body` is differentiated with respect to, beside the parameters of `module`.
///   - module: whose parameters `body` uses, and whose generator its random layers draw from: the second run draws the
///     same numbers.
///   - body: must compute the same each time it is called.
/// - Throws: what `body` throws.
public func checkpointed(
    _ inputs: [Tensor], in module: Module? = nil, _ body: @escaping ([Tensor]) throws -> [Tensor]
) rethrows -> [Tensor] {
    let parameters = module?.parameters.filter(\.requiresGradient) ?? []
    let generator = module?.generator
    let start = generator?.state
    let results = try withoutGradients { try body(inputs.map { $0.detached() }) }
    return differentiable(
        "checkpoint", inputs + parameters, forward: { results },
        backward: { outputGradients in
            let now = generator?.state
            if let start { generator?.state = start }
            defer { if let now { generator?.state = now } }
            return try withGradients {
                let leaves = inputs.map { input in
                    let leaf = input.detached()
                    if input.requiresGradient { leaf.setRequiresGradient() }
                    return leaf
                }
                let outputs = try body(leaves)
                try checkTorchErrors()
                // A part may have results that follow from none of the inputs by recorded operations.
                let recorded = zip(outputs, outputGradients).filter(\.0.requiresGradient)
                guard !recorded.isEmpty else { return (inputs + parameters).map { _ in nil } }
                let differentiated = leaves.filter(\.requiresGradient)
                var found = gradients(
                    of: recorded.map(\.0), withRespectTo: differentiated + parameters,
                    outputGradients: recorded.map(\.1))
                return leaves.map { $0.requiresGradient ? found.removeFirst() : nil } + found
            }
        })
}

extension Module {
    /// Makes the blocks of this module and all below keep only their inputs and outputs in training, or everything again.
    public final func setCheckpointed(_ value: Bool = true) {
        for (_, module) in namedModules() { module.isCheckpointed = value }
    }

    /// Runs a block of a network: as it is, or, in training after ``setCheckpointed(_:)``, as ``checkpointed(_:in:_:)`` does.
    public final func runBlock(
        _ inputs: [Tensor], _ body: @escaping ([Tensor]) throws -> [Tensor]
    ) rethrows -> [Tensor] {
        isCheckpointed && isTraining ? try checkpointed(inputs, in: self, body) : try body(inputs)
    }
}
