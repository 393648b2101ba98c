import CTorch

/// An array of numbers of one type with any number of axes, computed with by libtorch.
///
/// Images are (B, C, H, W), tokens (B, L, C). A tensor refers to its elements: a copy of the value, and the views that
/// slicing, reshaping and transposing make where they can, see the same memory, which is freed with the last of them.
/// Only functions whose name says so (`fill`, `copy(from:)`, assignment through a subscript) change elements.
///
/// Operations do not throw; see ``withTorchErrors(_:)-swift.function``.
public struct Tensor: Sendable {
    let storage: Handle

    /// Owns one C handle.
    ///
    /// Unchecked: libtorch counts references atomically and operations only read their operands; whoever changes
    /// elements in place must be the only user, as with any reference.
    final class Handle: @unchecked Sendable {
        let pointer: fk_tensor
        init(_ pointer: fk_tensor) { self.pointer = pointer }
        deinit { fk_tensor_free(pointer) }
    }

    /// Takes over the result of a C function, or reports its error.
    init(taking pointer: fk_tensor?) {
        if let pointer {
            storage = Handle(pointer)
        } else {
            report(takeTorchError())
            storage = Tensor.nothing
        }
    }

    /// What a failed operation yields inside `withTorchErrors`.
    private static let nothing: Handle = {
        guard let pointer = fk_empty([0], 1, FK_F32, Device.cpu.code) else {
            preconditionFailure("an empty tensor cannot be made: \(takeTorchError())")
        }
        return Handle(pointer)
    }()

    var pointer: fk_tensor { storage.pointer }

    /// Number of axes.
    public var rank: Int { Int(fk_rank(pointer)) }

    /// Size of each axis.
    public var shape: [Int] {
        var sizes = [Int64](repeating: 0, count: rank)
        fk_shape(pointer, &sizes)
        return sizes.map { Int($0) }
    }

    /// Elements between neighbours along each axis.
    public var strides: [Int] {
        var values = [Int64](repeating: 0, count: rank)
        checked(fk_strides(pointer, &values))
        return values.map { Int($0) }
    }

    /// Number of elements.
    public var count: Int { Int(fk_count(pointer)) }

    /// Type of the elements.
    public var dtype: DType { DType(code: fk_tensor_dtype(pointer)) }

    /// Where the elements are.
    public var device: Device { Device(code: fk_tensor_device(pointer)) }

    /// Whether the elements lie in row-major order without gaps.
    public var isContiguous: Bool { fk_is_contiguous(pointer, false) }

    /// Whether the elements of an image tensor lie channel by channel for each pixel, without gaps.
    public var isChannelsLast: Bool { rank == 4 && fk_is_contiguous(pointer, true) }

    /// Whether two tensors are views of the same memory.
    public func sharesStorage(with other: Tensor) -> Bool { fk_shares_storage(pointer, other.pointer) }

    /// The size of one axis; negative axes count from the end.
    public func size(_ axis: Int) -> Int {
        let sizes = shape
        let index = axis < 0 ? axis + sizes.count : axis
        precondition(sizes.indices.contains(index), "axis \(axis) of a tensor of shape \(sizes)")
        return sizes[index]
    }
}

extension Tensor: CustomStringConvertible {
    /// Values, type and shape, as libtorch prints them.
    public var description: String {
        guard let text = fk_describe(pointer) else { return takeTorchError().message }
        defer { fk_string_free(text) }
        return String(cString: text)
    }
}

/// A scalar operand: an integer stays one, since that decides the type of the result.
public protocol TensorScalar: Sendable {
    /// The number as the C interface takes it.
    var torchScalar: TorchScalar { get }
}

/// A number as the C interface takes it.
public struct TorchScalar: Sendable {
    let code: fk_scalar
    init(_ value: Double) { code = fk_scalar(is_integer: false, integer: 0, real: value) }
    init(_ value: Int) { code = fk_scalar(is_integer: true, integer: Int64(value), real: 0) }
}

extension Int: TensorScalar {
    /// The integer.
    public var torchScalar: TorchScalar { TorchScalar(self) }
}
extension Double: TensorScalar {
    /// The number.
    public var torchScalar: TorchScalar { TorchScalar(self) }
}
extension Float: TensorScalar {
    /// The number.
    public var torchScalar: TorchScalar { TorchScalar(Double(self)) }
}

extension Collection where Element == Int {
    var int64s: [Int64] { map { Int64($0) } }
}
