/// An element type as files hold it: one of our own, or a small integer type that is widened without loss, since
/// tensors here have no such type.
enum StoredType: Hashable {
    case same(DType)
    case int8, int16, uint16, uint32

    /// The type of the tensor that is made of it.
    var dtype: DType {
        switch self {
        case .same(let dtype): dtype
        case .int8, .int16, .uint16: .int32
        case .uint32: .int64
        }
    }

    /// Bytes of one element in the file.
    var byteCount: Int {
        switch self {
        case .same(let dtype): dtype.byteCount
        case .int8: 1
        case .int16, .uint16: 2
        case .uint32: 4
        }
    }

    /// Copies elements out of a file into those of a tensor of ``dtype``.
    func copy(_ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer) {
        switch self {
        case .same: target.copyMemory(from: source)
        case .int8: widen(source, as: Int8.self, to: target, as: Int32.self)
        case .int16: widen(source, as: Int16.self, to: target, as: Int32.self)
        case .uint16: widen(source, as: UInt16.self, to: target, as: Int32.self)
        case .uint32: widen(source, as: UInt32.self, to: target, as: Int64.self)
        }
    }

    private func widen<Narrow: FixedWidthInteger & BitwiseCopyable, Wide: FixedWidthInteger>(
        _ source: UnsafeRawBufferPointer, as narrow: Narrow.Type,
        to target: UnsafeMutableRawBufferPointer, as wide: Wide.Type
    ) {
        let wideElements = target.assumingMemoryBound(to: Wide.self)
        let size = MemoryLayout<Narrow>.size
        for index in wideElements.indices {
            wideElements[index] = Wide(source.loadUnaligned(fromByteOffset: index * size, as: Narrow.self))
        }
    }
}
