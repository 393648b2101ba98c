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

    private static let bytes = PickleElement("uint8", .same(.uint8))

    /// Storage classes by what stands before "Storage" in their names.
    private static let storages: [String: PickleElement] = [
        "Double": PickleElement("float64", .same(.float64)),
        "Float": PickleElement("float32", .same(.float32)),
        "Half": PickleElement("float16", .same(.float16)),
        "BFloat16": PickleElement("bfloat16", .same(.bfloat16)),
        "Long": PickleElement("int64", .same(.int64)),
        "Int": PickleElement("int32", .same(.int32)),
        "Short": PickleElement("int16", .int16),
        "Char": PickleElement("int8", .int8),
        "Byte": bytes,
        "Bool": PickleElement("bool", .same(.bool)),
        "ComplexFloat": PickleElement("complex64", .same(.complex64)),
        "ComplexDouble": PickleElement("complex128", .same(.complex128)),
        "QInt8": PickleElement("qint8", unreadableOf: 1),
        "QUInt8": PickleElement("quint8", unreadableOf: 1),
        "QInt32": PickleElement("qint32", unreadableOf: 4),
    ]

    /// Element types by their names in `torch`.
    private static let elementTypes: [String: PickleElement] = {
        var types = Dictionary(uniqueKeysWithValues: storages.values.map { ($0.name, $0) })
        types["uint16"] = PickleElement("uint16", .uint16)
        types["uint32"] = PickleElement("uint32", .uint32)
        let unreadable = [
            ("uint64", 8), ("complex32", 4), ("float8_e4m3fn", 1), ("float8_e5m2", 1), ("float8_e4m3fnuz", 1),
            ("float8_e5m2fnuz", 1), ("float8_e8m0fnu", 1),
        ]
        for (name, byteCount) in unreadable { types[name] = PickleElement(name, unreadableOf: byteCount) }
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
