import CTorch

extension Tensor {
    /// Whether operations on this tensor are recorded for differentiation.
    public var requiresGradient: Bool { fk_requires_grad(pointer) }

    /// Whether this tensor is not the result of a recorded operation.
    public var isLeaf: Bool { fk_is_leaf(pointer) }

    /// Marks a leaf as one whose gradient is wanted, or not.
    public func setRequiresGradient(_ value: Bool = true) { checked(fk_set_requires_grad(pointer, value)) }

    /// The same elements outside of any graph.
    public func detached() -> Tensor { Tensor(taking: fk_detach(pointer)) }

    /// What `backward` has gathered in this leaf; nil before. Assigning nil clears it.
    public var gradient: Tensor? {
        get {
            if let gradient = fk_grad(pointer) { return Tensor(taking: gradient) }
            return nil
        }
        nonmutating set { checked(fk_set_grad(pointer, newValue?.pointer)) }
    }

    /// Adds the derivatives of this tensor to the ``gradient`` of every leaf that it depends on.
    ///
    /// - Parameters:
    ///   - gradient: weights of the elements, of this tensor's shape; may be nil for one element.
    ///   - retainGraph: keeps what a second pass needs.
    ///   - createGraph: records the pass itself, for derivatives of derivatives.
    public func backward(_ gradient: Tensor? = nil, retainGraph: Bool = false, createGraph: Bool = false) {
        checked(fk_backward(pointer, gradient?.pointer, retainGraph || createGraph, createGraph))
    }

    /// Calls `hook` with the gradient of this tensor whenever one is computed; what it returns replaces the gradient.
    /// An error that the hook throws is one of the backward pass.
    public func onGradient(_ hook: @escaping (Tensor) throws -> Tensor?) {
        let box = Unmanaged.passRetained(Box(hook)).toOpaque()
        checked(fk_register_hook(pointer, runHook, { Unmanaged<AnyObject>.fromOpaque($0!).release() }, box))
    }

    /// Calls `hook` whenever a backward pass has added to the ``gradient`` of this leaf, while it goes on with others; in
    /// place of a hook that was given before. An error that the hook throws is one of the backward pass.
    public func onAccumulation(_ hook: @escaping () throws -> Void) {
        let box = Unmanaged.passRetained(Box(hook)).toOpaque()
        checked(
            fk_register_accumulation_hook(
                pointer, runAccumulationHook, { Unmanaged<AnyObject>.fromOpaque($0!).release() }, box))
    }
}

private func runAccumulationHook(context: UnsafeMutableRawPointer?) -> Bool {
    guard let context else { return false }
    do {
        try withTorchErrors { try Unmanaged<Box<() throws -> Void>>.fromOpaque(context).takeUnretainedValue().value() }
        return true
    } catch {
        fk_raise("\(error)")
        return false
    }
}

private func runHook(
    context: UnsafeMutableRawPointer?, gradient: fk_tensor?, replacement: UnsafeMutablePointer<fk_tensor?>?
) -> Bool {
    guard let context, let replacement else { return false }
    let hook = Unmanaged<Box<(Tensor) throws -> Tensor?>>.fromOpaque(context).takeUnretainedValue().value
    do {
        let result = try withTorchErrors { try hook(Tensor(taking: fk_tensor_retain(gradient))) }
        replacement.pointee = result.flatMap { fk_tensor_retain($0.pointer) }
        return true
    } catch {
        fk_raise("\(error)")
        return false
    }
}

/// Carries a Swift value through a C context pointer.
final class Box<Value> {
    let value: Value
    init(_ value: Value) { self.value = value }
}

/// Derivatives of some tensors with respect to others, without touching ``Tensor/gradient``.
///
/// - Parameters:
///   - outputs: what is differentiated.
///   - inputs: with respect to what.
///   - outputGradients: weights of the outputs' elements; may be nil where each output is one element.
/// - Returns: one for each input; nil where the outputs do not depend on it.
public func gradients(
    of outputs: [Tensor], withRespectTo inputs: [Tensor], outputGradients: [Tensor]? = nil,
    retainGraph: Bool = false, createGraph: Bool = false
) -> [Tensor?] {
    precondition(outputGradients == nil || outputGradients?.count == outputs.count, "one gradient for each output")
    var results = [fk_tensor?](repeating: nil, count: inputs.count)
    let outputPointers = outputs.map { Optional($0.pointer) }
    let inputPointers = inputs.map { Optional($0.pointer) }
    let seeds = outputGradients?.map { Optional($0.pointer) }
    let succeeded = withExtendedLifetime((outputs, inputs, outputGradients)) {
        if let seeds {
            fk_gradients(
                outputPointers, seeds, Int32(outputs.count), inputPointers, Int32(inputs.count),
                retainGraph || createGraph, createGraph, &results)
        } else {
            fk_gradients(
                outputPointers, nil, Int32(outputs.count), inputPointers, Int32(inputs.count),
                retainGraph || createGraph, createGraph, &results)
        }
    }
    checked(succeeded)
    return results.map { $0.map { Tensor(taking: $0) } }
}

/// Derivatives of one tensor with respect to others.
public func gradients(of output: Tensor, withRespectTo inputs: [Tensor]) -> [Tensor?] {
    gradients(of: [output], withRespectTo: inputs)
}

/// Whether operations are recorded for differentiation here.
package var gradientsAreRecorded: Bool { fk_grad_enabled() }

/// Runs `body` without recording operations for differentiation.
public func withoutGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
    try settingGradients(false, body)
}

/// Runs `body` with operations recorded, also inside ``withoutGradients(_:)``.
public func withGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
    try settingGradients(true, body)
}

private func settingGradients<Result>(_ enabled: Bool, _ body: () throws -> Result) rethrows -> Result {
    let before = fk_grad_enabled()
    fk_set_grad_enabled(enabled)
    defer { fk_set_grad_enabled(before) }
    return try body()
}

/// Runs `body` without anything that differentiation would need, not even version counters: the fastest way to use a
/// network. Tensors made inside can't take part in a graph later.
public func withInference<Result>(_ body: () throws -> Result) rethrows -> Result {
    try settingInference(true, body)
}

/// Runs `body` outside of inference mode, also inside ``withInference(_:)``: for tensors that are kept for later passes,
/// which may be differentiated.
package func withoutInference<Result>(_ body: () throws -> Result) rethrows -> Result {
    try settingInference(false, body)
}

private func settingInference<Result>(_ enabled: Bool, _ body: () throws -> Result) rethrows -> Result {
    guard let mode = fk_inference_begin(enabled) else { preconditionFailure(takeTorchError().message) }
    defer { fk_inference_end(mode) }
    return try body()
}
