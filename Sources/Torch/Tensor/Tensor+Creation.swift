import CTorch

extension Tensor {
    /// Elements of any value whatever: for memory that is written before it is read.
    public static func uninitialized(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
        Tensor(taking: fk_empty(shape.int64s, Int32(shape.count), dtype.code, device.code))
    }

    /// The same value everywhere.
    public static func full(
        _ shape: [Int], _ value: some TensorScalar, dtype: DType = .float32, device: Device = .cpu
    ) -> Tensor {
        Tensor(taking: fk_full(shape.int64s, Int32(shape.count), value.torchScalar.code, dtype.code, device.code))
    }

    /// Zero everywhere.
    public static func zeros(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
        full(shape, 0, dtype: dtype, device: device)
    }

    /// One everywhere.
    public static func ones(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
        full(shape, 1, dtype: dtype, device: device)
    }

    /// Zeros of the shape, type and device of another tensor.
    public static func zeros(like other: Tensor) -> Tensor {
        zeros(other.shape, dtype: other.dtype, device: other.device)
    }

    /// Ones of the shape, type and device of another tensor.
    public static func ones(like other: Tensor) -> Tensor {
        ones(other.shape, dtype: other.dtype, device: other.device)
    }

    /// A tensor without axes that holds one number.
    public init(_ value: some TensorScalar, dtype: DType = .float32, device: Device = .cpu) {
        self = Tensor.full([], value, dtype: dtype, device: device)
    }

    /// A copy of an array's elements in row-major order.
    ///
    /// - Parameters:
    ///   - values: as many as the product of `shape`.
    ///   - shape: all elements on one axis when nil.
    public init<Element: TensorElement>(_ values: [Element], shape: [Int]? = nil) {
        self = values.withUnsafeBytes { Tensor(bytes: $0, shape: shape ?? [values.count], dtype: Element.dtype) }
    }

    /// A copy of raw elements in row-major order.
    ///
    /// - Parameter bytes: exactly the bytes of `shape` elements of `dtype`.
    public init(bytes: UnsafeRawBufferPointer, shape: [Int], dtype: DType) {
        precondition(
            bytes.count == shape.reduce(dtype.byteCount, *),
            "\(bytes.count) bytes for a tensor of shape \(shape) of \(dtype)")
        var placeholder: UInt8 = 0
        self = withUnsafePointer(to: &placeholder) { fallback in
            Tensor(
                taking: fk_from_data(
                    bytes.baseAddress ?? UnsafeRawPointer(fallback), shape.int64s, Int32(shape.count), dtype.code))
        }
    }

    /// A view of memory that `owner` keeps alive, without a copy.
    ///
    /// - Parameters:
    ///   - memory: the first element; readable and, if the tensor is changed, writable, as long as `owner` lives.
    ///   - strides: elements between neighbours along each axis; row-major without gaps when nil.
    ///   - owner: kept until the last view of the memory is gone.
    public init(
        viewing memory: UnsafeMutableRawPointer, shape: [Int], strides: [Int]? = nil, dtype: DType, owner: AnyObject
    ) {
        let strides = strides ?? Tensor.rowMajorStrides(shape)
        precondition(strides.count == shape.count, "strides \(strides) for a tensor of shape \(shape)")
        let context = Unmanaged.passRetained(owner).toOpaque()
        self.init(
            taking: fk_from_memory(
                memory, shape.int64s, strides.int64s, Int32(shape.count), dtype.code,
                { Unmanaged<AnyObject>.fromOpaque($0!).release() }, context))
    }

    static func rowMajorStrides(_ shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() {
            strides[axis] = strides[axis + 1] * Swift.max(1, shape[axis + 1])
        }
        return strides
    }

    /// start, start + step, … below end, on one axis.
    public static func range(
        from start: some TensorScalar = 0, to end: some TensorScalar, by step: some TensorScalar = 1,
        dtype: DType = .float32, device: Device = .cpu
    ) -> Tensor {
        Tensor(
            taking: fk_arange(
                start.torchScalar.code, end.torchScalar.code, step.torchScalar.code, dtype.code, device.code))
    }

    /// `count` numbers evenly spaced from start to end, both included.
    public static func linearSpace(
        from start: Double, to end: Double, count: Int, dtype: DType = .float32, device: Device = .cpu
    ) -> Tensor {
        Tensor(taking: fk_linspace(start, end, Int64(count), dtype.code, device.code))
    }

    /// Ones on the diagonal, zeros elsewhere.
    public static func identity(
        _ rows: Int, _ columns: Int? = nil, dtype: DType = .float32, device: Device = .cpu
    ) -> Tensor {
        Tensor(taking: fk_eye(Int64(rows), Int64(columns ?? rows), dtype.code, device.code))
    }

    /// The same tensor with elements of another type; itself when they are already.
    public func to(_ dtype: DType) -> Tensor { Tensor(taking: fk_to_dtype(pointer, dtype.code)) }

    /// The same tensor on another device; itself when it is there already.
    public func to(_ device: Device) -> Tensor { Tensor(taking: fk_to_device(pointer, device.code)) }

    /// The elements in row-major order without gaps; itself when they are already.
    public func contiguous() -> Tensor { Tensor(taking: fk_contiguous(pointer, false)) }

    /// An image tensor (B, C, H, W) whose memory holds the channels of a pixel side by side.
    public func channelsLast() -> Tensor { Tensor(taking: fk_contiguous(pointer, true)) }

    /// A copy with memory of its own.
    public func copy() -> Tensor { Tensor(taking: fk_clone(pointer)) }

    /// Changes the elements to those of `source`, with broadcasting and conversion.
    public func copy(from source: Tensor) { checked(fk_copy_from(pointer, source.pointer)) }

    /// Sets every element.
    public func fill(_ value: some TensorScalar) { checked(fk_fill(pointer, value.torchScalar.code)) }

    /// The elements in row-major order, converted to `Element`.
    public func array<Element: TensorElement>(of type: Element.Type = Element.self) -> [Element] {
        let tensor = detached().to(.cpu).to(Element.dtype).contiguous()
        guard tensor.count > 0, tensor.dtype == Element.dtype, let memory = fk_data(tensor.pointer) else { return [] }
        let values = UnsafeBufferPointer(start: memory.assumingMemoryBound(to: Element.self), count: tensor.count)
        return withExtendedLifetime(tensor) { Array(values) }
    }

    /// The memory of the elements while `body` runs; the tensor must be contiguous and on the CPU.
    public func withUnsafeBytes<Result>(_ body: (UnsafeMutableRawBufferPointer) throws -> Result) rethrows -> Result {
        precondition(isContiguous && device == .cpu, "the memory of a tensor that is not contiguous on the CPU")
        let bytes = UnsafeMutableRawBufferPointer(start: fk_data(pointer), count: count * dtype.byteCount)
        return try withExtendedLifetime(storage) { try body(bytes) }
    }

    /// The address of the first element, valid while the tensor lives; for kernels that take strides.
    package var unsafeAddress: UnsafeMutableRawPointer {
        guard let address = fk_data(pointer) else {
            // An empty tensor has no memory; nobody reads from this address.
            return UnsafeMutableRawPointer(bitPattern: MemoryLayout<Double>.alignment)!
        }
        return address
    }

    /// The only element, as a number.
    public var item: Double {
        var value = Double.nan
        checked(fk_item(pointer, &value))
        return value
    }

    /// The only element of an integer tensor.
    public var integerItem: Int {
        var value: Int64 = 0
        checked(fk_item_integer(pointer, &value))
        return Int(value)
    }
}
