/// What a ``Parameter`` or ``Buffer`` may hold: a tensor, a tensor that some configurations do without, or a list.
public protocol TensorSlot {
    /// The tensors in it, each with what its name has behind the property's.
    var namedTensors: [(suffix: String, tensor: Tensor)] { get }
}

extension Tensor: TensorSlot {
    /// This tensor, without a suffix.
    public var namedTensors: [(suffix: String, tensor: Tensor)] { [("", self)] }
}

extension Optional: TensorSlot where Wrapped == Tensor {
    /// This tensor, if there is one.
    public var namedTensors: [(suffix: String, tensor: Tensor)] { self?.namedTensors ?? [] }
}

extension Array: TensorSlot where Element == Tensor {
    /// The tensors by their index.
    public var namedTensors: [(suffix: String, tensor: Tensor)] { enumerated().map { ("\($0)", $1) } }
}

/// Marks a property of a ``Module`` as something to be trained.
///
/// Tensors assigned here want gradients from then on. Assign in `init` only; later, change values in place
/// (`copy(from:)`), since optimisers hold the tensor itself.
@propertyWrapper public struct Parameter<Value: TensorSlot>: MemberWrapper {
    private let name: String?
    private var value: Value?

    /// A parameter that `init` has to set.
    ///
    /// - Parameter name: the one in the authors' files; the property's when nil.
    public init(_ name: String? = nil) {
        self.name = name
    }

    /// The tensor; reading it before it was set traps.
    public var wrappedValue: Value {
        get { read(value, name) }
        set {
            // After a failed operation of the scope the tensor stands for nothing and is shared: leave it as it is.
            if TorchErrorBox.current?.first == nil {
                for (_, tensor) in newValue.namedTensors { wantGradient(of: tensor) }
            }
            value = newValue
        }
    }

    func members(property: String) -> [Member]? {
        value?.namedTensors.map { .parameter(name: joined(name ?? property, $0.suffix), $0.tensor) }
    }

    private func wantGradient(of tensor: Tensor) {
        precondition(
            tensor.dtype.isFloatingPoint, "parameter '\(name ?? "")' of type \(tensor.dtype): mark it @Buffer")
        precondition(tensor.isLeaf, "parameter '\(name ?? "")' is the result of a recorded operation: detach it")
        tensor.setRequiresGradient(true)
    }
}

extension Parameter where Value: ExpressibleByNilLiteral {
    /// A parameter that is absent until `init` sets it.
    ///
    /// - Parameter name: the one in the authors' files; the property's when nil.
    public init(_ name: String? = nil) {
        self.name = name
        value = .some(nil)
    }
}

/// Marks a property of a ``Module`` as a tensor that moves with it and is not trained.
@propertyWrapper public struct Buffer<Value: TensorSlot>: MemberWrapper {
    private let name: String?
    private let isPersistent: Bool
    private var value: Value?

    /// A buffer that `init` has to set.
    ///
    /// - Parameters:
    ///   - name: the one in the authors' files; the property's when nil.
    ///   - isPersistent: false for what can be computed again (tables, masks) and is in no file.
    public init(_ name: String? = nil, isPersistent: Bool = true) {
        self.name = name
        self.isPersistent = isPersistent
    }

    /// The tensor; reading it before it was set traps.
    public var wrappedValue: Value {
        get { read(value, name) }
        set { value = newValue }
    }

    func members(property: String) -> [Member]? {
        value?.namedTensors.map {
            .buffer(name: joined(name ?? property, $0.suffix), $0.tensor, isPersistent: isPersistent)
        }
    }
}

extension Buffer where Value: ExpressibleByNilLiteral {
    /// A buffer that is absent until `init` sets it.
    ///
    /// - Parameters:
    ///   - name: the one in the authors' files; the property's when nil.
    ///   - isPersistent: false for what can be computed again and is in no file.
    public init(_ name: String? = nil, isPersistent: Bool = true) {
        self.name = name
        self.isPersistent = isPersistent
        value = .some(nil)
    }
}

/// The value of a wrapped property, which must have been set.
func read<Value>(_ value: Value?, _ name: String?) -> Value {
    guard let value else {
        preconditionFailure("member \(name.map { "'\($0)' " } ?? "")of type \(Value.self) is used before it was set")
    }
    return value
}
