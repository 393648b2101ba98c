/// Changes parameters along their gradients, in place.
///
/// Parameters without a gradient are left alone, as frozen ones are.
public protocol Optimizer: AnyObject {
    /// Step size, of the unit parameter² per loss (or parameter, for Adam); may change between steps.
    var learningRate: Double { get set }

    /// What is trained, by name.
    var parameters: [(name: String, tensor: Tensor)] { get }

    /// Changes every parameter that has a gradient.
    func step()

    /// All that a later run needs to go on, by name: the parameter's name, a dot, and PyTorch's name of the quantity.
    func state() -> [(name: String, tensor: Tensor)]

    /// Takes over what ``state()`` of an optimiser for the same parameters has given.
    ///
    /// - Throws: ``StateError``; nothing has been changed then.
    func load(_ state: [String: Tensor]) throws
}

extension Optimizer {
    /// Clears the gradients of all parameters.
    public func clearGradients() {
        for (_, tensor) in parameters { tensor.gradient = nil }
    }
}

/// The part of a state that belongs to one parameter: all of these quantities, or none of them before its first step.
///
/// - Parameters:
///   - state: of the whole optimiser.
///   - parameters: all that are trained.
///   - quantities: name and shape of each quantity of a parameter.
///   - owner: the optimiser's type.
/// - Returns: for each parameter that has stepped, its name and its quantities in order.
func optimizerState(
    _ state: [String: Tensor], parameters: [(name: String, tensor: Tensor)],
    quantities: [(name: String, shape: (Tensor) -> [Int])], owner: String
) throws(StateError) -> [(name: String, parameter: Tensor, quantities: [Tensor])] {
    let started = parameters.filter { parameter in
        quantities.contains { state["\(parameter.name).\($0.name)"] != nil }
    }
    let expected = started.flatMap { parameter in
        quantities.map { (name: "\(parameter.name).\($0.name)", shape: $0.shape(parameter.tensor)) }
    }
    if let error = compare(state, with: expected, owner: owner, allowing: []) { throw error }
    return started.map { parameter in
        (parameter.name, parameter.tensor, quantities.compactMap { state["\(parameter.name).\($0.name)"] })
    }
}
