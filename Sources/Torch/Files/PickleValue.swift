/// A value that a pickle describes. Containers are numbers of nodes in ``PickleObjects``: nothing is nested, so that a
/// deep or cyclic pickle can exhaust neither the call stack nor the reference counts.
enum PickleValue {
    case none
    case boolean(Bool)
    case integer(Int)
    /// An integer of more than 64 bits, as its little-endian bytes.
    case longInteger([UInt8])
    case real(Double)
    case string(String)
    /// A string of bytes, whose contents nothing here needs.
    case bytes
    case tuple(Int)
    case list(Int)
    case mapping(Int)
    case storage(Int)
    case tensor(Int)
    /// A name out of the list of those that are known.
    case name(PickleName)
    /// An instance of a harmless class, kept as the class's name only.
    case object(String)

    /// What it is, for messages.
    var kind: String {
        switch self {
        case .none: "None"
        case .boolean: "a truth value"
        case .integer, .longInteger: "an integer"
        case .real: "a number"
        case .string: "a string"
        case .bytes: "bytes"
        case .tuple: "a tuple"
        case .list: "a list"
        case .mapping: "a dictionary"
        case .storage: "a storage"
        case .tensor: "a tensor"
        case .name: "a class or function"
        case .object(let name): name
        }
    }
}

/// A dictionary in the order of its insertions.
struct PickleMapping {
    private(set) var entries: [(key: PickleValue, value: PickleValue)] = []
    private var indices: [String: Int] = [:]

    /// Sets the value of a key; one given again keeps its place.
    mutating func set(_ key: PickleValue, _ value: PickleValue) {
        guard case .string(let name) = key else {
            entries.append((key, value))
            return
        }
        if let index = indices[name] {
            entries[index].value = value
        } else {
            indices[name] = entries.count
            entries.append((key, value))
        }
    }

    subscript(name: String) -> PickleValue? { indices[name].map { entries[$0].value } }
}

/// Elements in a file, as a pickle names them.
struct PickleStorage {
    let key: String
    /// The type of its elements; bytes for an untyped storage.
    let element: PickleElement
    /// Elements of `element`.
    let count: Int
    /// The part of the record that this storage is, in elements; legacy files only.
    let part: Range<Int>?
}

/// A strided view of a storage.
struct PickleTensor {
    let storage: Int
    let element: PickleElement
    let offset: Int
    let shape: [Int]
    let strides: [Int]
}

/// An element type by PyTorch's name, among them those that can't be read.
struct PickleElement {
    let name: String
    let byteCount: Int
    let type: StoredType?

    init(_ name: String, _ type: StoredType) {
        self.name = name
        self.type = type
        byteCount = type.byteCount
    }

    init(_ name: String, unreadableOf byteCount: Int) {
        self.name = name
        self.byteCount = byteCount
        type = nil
    }
}

/// Everything that a pickle makes, in flat lists.
struct PickleObjects {
    /// More containers and tensors than any checkpoint needs; some hundred bytes each.
    static let maximumCount = 1 << 22
    /// More elements of containers than any checkpoint needs; some ten bytes each.
    static let maximumElements = 1 << 24

    private(set) var sequences: [[PickleValue]] = [[]]
    private(set) var mappings: [PickleMapping] = []
    private(set) var storages: [PickleStorage] = []
    private(set) var tensors: [PickleTensor] = []
    /// Elements ever put into a container.
    private(set) var elements = 0

    var count: Int { sequences.count + mappings.count + storages.count + tensors.count }

    /// Shared by all empty tuples, since nothing appends to a tuple.
    static let emptyTuple = PickleValue.tuple(0)

    mutating func addTuple(_ elements: [PickleValue]) -> PickleValue {
        if elements.isEmpty { return PickleObjects.emptyTuple }
        self.elements += elements.count
        sequences.append(elements)
        return .tuple(sequences.count - 1)
    }

    mutating func addList(_ elements: [PickleValue] = []) -> PickleValue {
        self.elements += elements.count
        sequences.append(elements)
        return .list(sequences.count - 1)
    }

    mutating func append(_ elements: [PickleValue], toList index: Int) {
        self.elements += elements.count
        sequences[index].append(contentsOf: elements)
    }

    mutating func set(_ key: PickleValue, _ value: PickleValue, inMapping index: Int) {
        elements += 1
        mappings[index].set(key, value)
    }

    mutating func addMapping() -> PickleValue {
        mappings.append(PickleMapping())
        return .mapping(mappings.count - 1)
    }

    mutating func add(storage: PickleStorage) -> PickleValue {
        storages.append(storage)
        return .storage(storages.count - 1)
    }

    mutating func add(tensor: PickleTensor) -> PickleValue {
        tensors.append(tensor)
        return .tensor(tensors.count - 1)
    }
}
