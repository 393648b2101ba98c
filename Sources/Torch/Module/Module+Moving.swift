import CTorch

extension Module {
    /// Converts parameters and buffers of floating-point types, in place; integers stay.
    public final func to(_ dtype: DType) {
        precondition(dtype.isFloatingPoint, "a module of type \(dtype)")
        changeTensors { $0.dtype.isFloatingPoint ? $0.to(dtype) : $0 }
    }

    /// Moves parameters and buffers to a device, in place.
    public final func to(_ device: Device) {
        changeTensors { $0.to(device) }
    }

    private func changeTensors(_ change: (Tensor) -> Tensor) {
        withoutGradients {
            for (_, tensor) in namedParameters() + namedBuffers() {
                let gradient = tensor.gradient
                tensor.gradient = nil
                tensor.become(
                    tensor.repeatsOneElement
                        ? change(tensor.oneElement).expanded(tensor.shape) : change(tensor.detached()))
                if let gradient { tensor.gradient = change(gradient) }
            }
        }
    }
}

extension Tensor {
    /// Takes over values, shape, type and device of another tensor, for everyone who holds this one.
    package func become(_ other: Tensor) { checked(fk_set_data(pointer, other.pointer)) }
}
