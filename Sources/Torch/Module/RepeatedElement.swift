extension Tensor {
    /// A tensor of one value that needs the memory of one element only: for a ``Buffer`` that is the same in nearly all
    /// files. A module keeps it so when it is moved or converted, and when it loads that value.
    package static func repeating(_ value: some TensorScalar, shape: [Int]) -> Tensor {
        Tensor(value).expanded(shape)
    }

    /// Whether all elements are one and the same in memory.
    package var repeatsOneElement: Bool { count > 1 && strides.allSatisfy { $0 == 0 } }

    /// The element that is repeated, of shape [].
    var oneElement: Tensor { shape.indices.reduce(detached()) { tensor, _ in tensor[0] } }

    /// Changes the elements to those of `source`; where one element stands for all, only if they have other values.
    func take(_ source: Tensor) {
        guard repeatsOneElement else { return copy(from: source) }
        if (source .== oneElement.to(source.device)).all().item == 0 {
            become(source.detached().to(dtype).to(device).copy())
        }
    }
}
