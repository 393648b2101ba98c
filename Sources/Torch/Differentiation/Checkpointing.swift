/// Runs a part of a network so that only its inputs and outputs are kept for differentiation; the backward pass runs it
/// again. As ``checkpointed(_:_:)``, with the gradients of the part's parameters.
///
/// - Parameters:
///   - inputs: what `body` gets.
///   - module: whose parameters `body` uses.
///   - body: must compute the same each time it is called: a random layer needs a generator that starts from the same state.
public func checkpointed(_ inputs: [Tensor], in module: Module, _ body: @escaping ([Tensor]) -> [Tensor]) -> [Tensor] {
    let parameters = module.parameters.filter(\.requiresGradient)
    return differentiable(
        "checkpoint", inputs + parameters, forward: { body(inputs.map { $0.detached() }) },
        backward: { outputGradients in
            try withGradients {
                let leaves = inputs.map { input in
                    let leaf = input.detached()
                    if input.dtype.isFloatingPoint { leaf.setRequiresGradient() }
                    return leaf
                }
                let outputs = body(leaves)
                try checkTorchErrors()
                let differentiated = leaves.filter(\.requiresGradient)
                var found = gradients(
                    of: outputs, withRespectTo: differentiated + parameters, outputGradients: outputGradients)
                return leaves.map { $0.requiresGradient ? found.removeFirst() : nil } + found
            }
        })
}
