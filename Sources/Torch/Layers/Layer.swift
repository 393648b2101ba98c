/// A function of one tensor, with parameters (a ``Module``) or without.
public protocol Layer {
    /// The result for a tensor; the layer says which shapes it takes and gives.
    func callAsFunction(_ input: Tensor) -> Tensor
}

/// Layers one after the other. Their names are their indices; layers without parameters have an index and no names.
public final class Sequential: Module, Layer {
    /// The layers in order.
    @Child("") public private(set) var layers: [any Layer]

    /// A chain of layers.
    public init(_ layers: [any Layer]) {
        super.init()
        self.layers = layers
    }

    /// A chain of layers.
    public convenience init(_ layers: any Layer...) { self.init(layers) }

    /// The result of the last layer; the input where there are none.
    public func callAsFunction(_ input: Tensor) -> Tensor {
        layers.reduce(input) { $1($0) }
    }
}

/// Returns its input.
public struct Identity: Layer {
    /// The identity.
    public init() {}
    /// The input.
    public func callAsFunction(_ input: Tensor) -> Tensor { input }
}

/// A function without parameters as a layer, for places in a ``Sequential``.
public struct Function: Layer {
    private let body: (Tensor) -> Tensor

    /// A layer that calls `body`.
    public init(_ body: @escaping (Tensor) -> Tensor) { self.body = body }

    /// What `body` returns.
    public func callAsFunction(_ input: Tensor) -> Tensor { body(input) }
}
