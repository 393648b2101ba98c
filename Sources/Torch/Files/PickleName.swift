/// The classes and functions that a pickle may name. None of them is called: each stands for something that
/// ``Unpickler`` builds itself.
enum PickleName {
    case rebuildTensor, rebuildTensorWithType, rebuildParameter, rebuildFromType
    case storage(PickleElement)
    case elementType(PickleElement)
    case orderedDictionary, defaultDictionary
    /// torch.Size, a tuple.
    case size
    /// Classes and functions of plain values that settings and counters are made of; instances keep the name only.
    case plain(String)

    /// What a name stands for, or nil for one that is not allowed.
    init?(module: String, name: String) {
        switch (module, name) {
        case ("collections", "OrderedDict"): self = .orderedDictionary
        case ("collections", "defaultdict"): self = .defaultDictionary
        case ("torch", "Size"): self = .size
        case ("torch._utils", "_rebuild_tensor"), ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
        case ("torch._utils", "_rebuild_tensor_v3"): self = .rebuildTensorWithType
        case ("torch._utils", "_rebuild_parameter"), ("torch._utils", "_rebuild_parameter_with_state"):
            self = .rebuildParameter
        case ("torch._tensor", "_rebuild_from_type_v2"), ("torch._tensor", "_rebuild_from_type"):
            self = .rebuildFromType
        case ("torch.storage", "UntypedStorage"), ("torch", "UntypedStorage"): self = .storage(PickleName.bytes)
        case ("torch", _), ("torch.cuda", _), ("torch.storage", _):
            if name.hasSuffix("Storage"), let element = PickleName.storages[String(name.dropLast(7))] {
                self = .storage(element)
            } else if module == "torch", let element = PickleName.elementTypes[name] {
                self = .elementType(element)
            } else {
                fallthrough
            }
        default:
            guard PickleName.plain.contains("\(module).\(name)") else { return nil }
            self = .plain("\(module).\(name)")
        }
    }

    private static let bytes = PickleElement(name: "uint8", byteCount: 1, dtype: .uint8)

    /// Storage classes by what stands before "Storage" in their names.
    private static let storages: [String: PickleElement] = [
        "Double": PickleElement(name: "float64", byteCount: 8, dtype: .float64),
        "Float": PickleElement(name: "float32", byteCount: 4, dtype: .float32),
        "Half": PickleElement(name: "float16", byteCount: 2, dtype: .float16),
        "BFloat16": PickleElement(name: "bfloat16", byteCount: 2, dtype: .bfloat16),
        "Long": PickleElement(name: "int64", byteCount: 8, dtype: .int64),
        "Int": PickleElement(name: "int32", byteCount: 4, dtype: .int32),
        "Short": PickleElement(name: "int16", byteCount: 2, dtype: nil),
        "Char": PickleElement(name: "int8", byteCount: 1, dtype: nil),
        "Byte": bytes,
        "Bool": PickleElement(name: "bool", byteCount: 1, dtype: .bool),
        "ComplexFloat": PickleElement(name: "complex64", byteCount: 8, dtype: .complex64),
        "ComplexDouble": PickleElement(name: "complex128", byteCount: 16, dtype: .complex128),
        "QInt8": PickleElement(name: "qint8", byteCount: 1, dtype: nil),
        "QUInt8": PickleElement(name: "quint8", byteCount: 1, dtype: nil),
        "QInt32": PickleElement(name: "qint32", byteCount: 4, dtype: nil),
    ]

    /// Element types by their names in `torch`.
    private static let elementTypes: [String: PickleElement] = {
        var types = Dictionary(uniqueKeysWithValues: storages.values.map { ($0.name, $0) })
        let foreign = [
            ("uint16", 2), ("uint32", 4), ("uint64", 8), ("complex32", 4), ("float8_e4m3fn", 1), ("float8_e5m2", 1),
            ("float8_e4m3fnuz", 1), ("float8_e5m2fnuz", 1), ("float8_e8m0fnu", 1),
        ]
        for (name, byteCount) in foreign { types[name] = PickleElement(name: name, byteCount: byteCount, dtype: nil) }
        return types
    }()

    private static let plain: Set<String> = {
        let builtins = [
            "set", "frozenset", "complex", "bytearray", "slice", "range", "dict", "list", "tuple", "int", "float",
            "bool", "str", "bytes", "object",
        ]
        return Set(
            [
                "torch.device", "torch.Tensor", "torch.nn.parameter.Parameter", "argparse.Namespace",
                "collections.Counter", "collections.deque", "pathlib.PosixPath", "pathlib.WindowsPath",
                "pathlib._local.PosixPath", "pathlib._local.WindowsPath", "datetime.datetime", "datetime.timedelta",
                "_codecs.encode", "numpy.dtype", "numpy.ndarray", "numpy.core.multiarray.scalar",
                "numpy._core.multiarray.scalar", "numpy.core.multiarray._reconstruct",
                "numpy._core.multiarray._reconstruct", "copyreg._reconstructor", "copy_reg._reconstructor",
            ] + builtins.flatMap { ["builtins.\($0)", "__builtin__.\($0)"] })
    }()
}
