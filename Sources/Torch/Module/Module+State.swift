extension Module {
    /// The parameters and persistent buffers of this module and all below, in the order of PyTorch's state dictionaries:
    /// a module's parameters, its buffers, then its children. What occurs twice is listed twice.
    public final func state() -> [(name: String, tensor: Tensor)] {
        let entries = stateEntries(prefix: "")
        var names: Set<String> = []
        for (name, _) in entries {
            precondition(names.insert(name).inserted, "\(type(of: self)) has two tensors named '\(name)'")
        }
        return entries
    }

    private func stateEntries(prefix: String) -> [(name: String, tensor: Tensor)] {
        let members = members()
        var entries: [(name: String, tensor: Tensor)] = []
        for case .parameter(let name, let tensor) in members { entries.append((joined(prefix, name), tensor)) }
        for case .buffer(let name, let tensor, true) in members { entries.append((joined(prefix, name), tensor)) }
        for case .child(let name, let module) in members {
            entries += module.stateEntries(prefix: joined(prefix, name))
        }
        return entries
    }

    /// Copies values into the parameters and persistent buffers, converting them to the type and device of each. The
    /// tensors stay the same ones, and keep whether they want gradients.
    ///
    /// - Parameters:
    ///   - state: tensors by full name, each with the shape of the module's.
    ///   - tolerance: what may be absent on either side. Shapes must always agree.
    /// - Throws: ``StateError`` that lists all names that are missing, unexpected or of another shape; nothing has been
    ///   changed then. ``TorchError`` where a copy fails.
    public final func load(_ state: [String: Tensor], allowing tolerance: StateTolerance = []) throws {
        let own = self.state()
        let expected = own.map { (name: $0.name, shape: $0.tensor.shape) }
        if let error = compare(state, with: expected, owner: "\(type(of: self))", allowing: tolerance) { throw error }
        try withTorchErrors {
            withoutGradients {
                for (name, tensor) in own {
                    if let values = state[name] { tensor.take(values) }
                }
            }
        }
    }
}
