import CTorch
import Foundation

/// The type of a tensor's elements.
public enum DType: String, Sendable, Hashable, CaseIterable, Codable {
    case float64, float32, float16, bfloat16, int64, int32, uint8, bool
    /// Pairs of float32 or float64, the result of Fourier transforms.
    case complex64, complex128

    /// Bytes of one element.
    public var byteCount: Int {
        switch self {
        case .complex128: 16
        case .float64, .int64, .complex64: 8
        case .float32, .int32: 4
        case .float16, .bfloat16: 2
        case .uint8, .bool: 1
        }
    }

    /// Whether elements are real numbers with a fraction.
    public var isFloatingPoint: Bool {
        switch self {
        case .float64, .float32, .float16, .bfloat16: true
        default: false
        }
    }

    var code: fk_dtype {
        switch self {
        case .float64: FK_F64
        case .float32: FK_F32
        case .float16: FK_F16
        case .bfloat16: FK_BF16
        case .int64: FK_I64
        case .int32: FK_I32
        case .uint8: FK_U8
        case .bool: FK_BOOL
        case .complex64: FK_C64
        case .complex128: FK_C128
        }
    }

    init(code: fk_dtype) {
        guard let match = DType.allCases.first(where: { $0.code == code }) else {
            preconditionFailure("libtorch returned a tensor of a type that FusionKit does not use")
        }
        self = match
    }
}

/// A Swift number that a tensor can hold as it is.
public protocol TensorElement: BitwiseCopyable, Sendable {
    /// The element type of tensors made of such numbers.
    static var dtype: DType { get }
}

extension Double: TensorElement {
    /// `.float64`
    public static var dtype: DType { .float64 }
}
extension Float: TensorElement {
    /// `.float32`
    public static var dtype: DType { .float32 }
}
#if !(os(macOS) && arch(x86_64))
extension Float16: TensorElement {
    /// `.float16`
    public static var dtype: DType { .float16 }
}
#endif
extension Int64: TensorElement {
    /// `.int64`
    public static var dtype: DType { .int64 }
}
extension Int: TensorElement {
    /// `.int64`
    public static var dtype: DType { .int64 }
}
extension Int32: TensorElement {
    /// `.int32`
    public static var dtype: DType { .int32 }
}
extension UInt8: TensorElement {
    /// `.uint8`
    public static var dtype: DType { .uint8 }
}
extension Bool: TensorElement {
    /// `.bool`
    public static var dtype: DType { .bool }
}

/// Where a tensor lives and is computed with.
public enum Device: Sendable, Hashable, CustomStringConvertible {
    case cpu
    case cuda(Int)

    /// "cpu", "cuda:0", …
    public var description: String {
        switch self {
        case .cpu: "cpu"
        case .cuda(let index): "cuda:\(index)"
        }
    }

    /// Whether this libtorch and this machine have a CUDA device.
    public static var hasCUDA: Bool { fk_has_cuda() }

    var code: fk_device {
        switch self {
        case .cpu: fk_device(kind: 0, index: 0)
        case .cuda(let index): fk_device(kind: 1, index: Int32(clamping: index))
        }
    }

    init(code: fk_device) { self = code.kind == 0 ? .cpu : .cuda(Int(code.index)) }
}

/// The tensor library and its threads.
public enum TorchLibrary {
    /// libtorch's release, such as "2.13.0".
    public static var version: String { String(cString: fk_torch_version()) }

    /// Threads that one operation may use; 1 or more.
    public static var threads: Int {
        get { Int(fk_thread_count()) }
        set { fk_set_thread_count(Int32(clamping: max(1, newValue))) }
    }

    /// Asks for large tensors in pages of 2 MB, where the system has them: a network's maps are taken and given back all
    /// the time, and a page costs as much whatever its size. Sets libtorch's environment variable for it, if the user has
    /// not; without effect after the first tensor.
    public static func preferHugePages() { setenv("THP_MEM_ALLOC_ENABLE", "1", 0) }

    /// Keeps the memory of freed tensors for those that come next. glibc gives large ones back to the system at once, which
    /// clears every page that it hands out again: up to a third of the time of a network on large maps. Without effect where
    /// the environment says how memory is to be managed, or another C library does it.
    ///
    /// - Returns: whether it has an effect.
    @discardableResult
    public static func keepFreedMemory() -> Bool {
        let chosen = ["GLIBC_TUNABLES", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_MAX_"]
        guard chosen.allSatisfy({ getenv($0) == nil }) else { return false }
        return fk_keep_freed_memory()
    }
}
