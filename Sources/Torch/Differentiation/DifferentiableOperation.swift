import CTorch

/// An operation whose backward pass is written by hand.
///
/// - Parameters:
///   - name: shown in error messages.
///   - inputs: the tensors that it may be differentiated with respect to.
///   - forward: computes the outputs from the inputs; runs without recording.
///   - backward: from one gradient for each output, computes one for each input, nil for zero. It runs on whatever
///     thread differentiates, and may use recorded operations itself.
/// - Returns: the outputs, as differentiable functions of the inputs.
public func differentiable(
    _ name: String, _ inputs: [Tensor], forward: () -> [Tensor], backward: @escaping ([Tensor]) throws -> [Tensor?]
) -> [Tensor] {
    // Tensors of their own, so that an input that is handed back stays what it is.
    let outputs = withoutGradients(forward).map { $0.detached() }
    let context = Unmanaged.passRetained(Box(backward)).toOpaque()
    let inputPointers = inputs.map { Optional($0.pointer) }
    var outputPointers = outputs.map { Optional($0.pointer) }
    let succeeded = withExtendedLifetime((inputs, outputs)) {
        fk_attach_backward(
            name, inputPointers, Int32(inputs.count), &outputPointers, Int32(outputs.count), runBackward,
            { Unmanaged<AnyObject>.fromOpaque($0!).release() }, context)
    }
    checked(succeeded)
    return outputs
}

private func runBackward(
    context: UnsafeMutableRawPointer?, gradients: UnsafePointer<fk_tensor?>?, gradientCount: Int32,
    results: UnsafeMutablePointer<fk_tensor?>?, resultCount: Int32
) -> Bool {
    guard let context, let gradients, let results else { return false }
    let backward = Unmanaged<Box<([Tensor]) throws -> [Tensor?]>>.fromOpaque(context).takeUnretainedValue().value
    do {
        let computed = try withTorchErrors {
            try backward((0..<Int(gradientCount)).map { Tensor(taking: fk_tensor_retain(gradients[$0])) })
        }
        precondition(
            computed.count == Int(resultCount), "\(computed.count) gradients for \(resultCount) inputs")
        for (index, gradient) in computed.enumerated() {
            results[index] = gradient.flatMap { fk_tensor_retain($0.pointer) }
        }
        return true
    } catch {
        fk_raise("\(error)")
        return false
    }
}
