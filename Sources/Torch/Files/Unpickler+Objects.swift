extension Unpickler {
    /// Pushes what a name stands for.
    mutating func pushName(module: String, name: String) throws {
        guard let known = PickleName(module: module, name: name) else { return try refuse(module: module, name: name) }
        stack.append(.name(known))
    }

    func refuse(module: String, name: String) throws {
        throw CheckpointError(
            .refused, reader.file,
            "Its pickle names \(quoted("\(module).\(name)")), which is neither a tensor nor a plain value; nothing was run.",
            remedy: "If you trust its origin, load it with PyTorch and save the state dictionary alone: "
                + "torch.save(model.state_dict(), path).")
    }

    /// The elements of a tuple of arguments.
    func arguments(_ value: PickleValue) throws -> [PickleValue] {
        guard case .tuple(let index) = value else { throw malformed("arguments are \(value.kind)") }
        return objects.sequences[index]
    }

    /// What calling a name with arguments yields.
    mutating func construct(_ callee: PickleValue, _ packed: PickleValue) throws -> PickleValue {
        guard case .name(let name) = callee else { throw malformed("\(callee.kind) is called") }
        let arguments = try arguments(packed)
        switch name {
        case .rebuildTensor: return try tensor(arguments, element: nil)
        case .rebuildTensorWithType:
            guard arguments.count >= 7, case .name(.elementType(let element)) = arguments[6] else {
                throw malformed("a tensor has no element type")
            }
            return try tensor(arguments, element: element)
        case .rebuildParameter:
            guard let first = arguments.first, case .tensor = first else {
                throw malformed("a parameter has no tensor")
            }
            return first
        case .rebuildFromType:
            // (function, type, arguments, state) of a tensor with attributes; the function is one of those above.
            guard arguments.count >= 3, case .name(let inner) = arguments[0] else {
                throw malformed("a tensor with attributes has no function")
            }
            switch inner {
            case .rebuildTensor, .rebuildTensorWithType, .rebuildParameter:
                return try construct(arguments[0], arguments[2])
            default: throw malformed("a tensor with attributes is not made by a tensor's function")
            }
        case .orderedDictionary, .defaultDictionary: return try mapping(arguments)
        case .size:
            guard let first = arguments.first else { return PickleObjects.emptyTuple }
            guard case .tuple = first else { throw malformed("a size is \(first.kind)") }
            return first
        case .plain(let name): return .object(name)
        case .storage, .elementType: throw malformed("an element type is called")
        }
    }

    /// An ordered dictionary, from a list of pairs where one is given.
    private mutating func mapping(_ arguments: [PickleValue]) throws -> PickleValue {
        let result = objects.addMapping()
        guard case .mapping(let target) = result, case .list(let list)? = arguments.first else { return result }
        for pair in objects.sequences[list] {
            guard let index = sequence(pair), objects.sequences[index].count == 2 else {
                throw malformed("an ordered dictionary is not made of pairs")
            }
            objects.set(objects.sequences[index][0], objects.sequences[index][1], inMapping: target)
        }
        return result
    }

    private func sequence(_ value: PickleValue) -> Int? {
        switch value {
        case .tuple(let index), .list(let index): index
        default: nil
        }
    }

    /// A tensor from (storage, offset, shape, strides, …); whether it fits its storage is checked when it is made.
    private mutating func tensor(_ arguments: [PickleValue], element: PickleElement?) throws -> PickleValue {
        guard arguments.count >= 4, case .storage(let storage) = arguments[0], case .integer(let offset) = arguments[1]
        else { throw malformed("a tensor has no storage and offset") }
        let shape = try integers(arguments[2])
        let strides = try integers(arguments[3])
        guard shape.count == strides.count else {
            throw malformed("a tensor has \(shape.count) sizes and \(strides.count) strides")
        }
        return objects.add(
            tensor: PickleTensor(
                storage: storage, element: element ?? objects.storages[storage].element, offset: offset, shape: shape,
                strides: strides))
    }

    private func integers(_ value: PickleValue) throws -> [Int] {
        guard case .tuple(let index) = value, objects.sequences[index].count <= SafetensorsHeader.maximumRank else {
            throw malformed("a shape or strides are \(value.kind) or have too many axes")
        }
        return try objects.sequences[index].map {
            guard case .integer(let number) = $0 else { throw malformed("a size is \($0.kind)") }
            return number
        }
    }

    /// A storage from ("storage", class, key, location, count[, view]). The location (which GPU it was on) is ignored.
    mutating func persistentStorage(_ identifier: PickleValue) throws -> PickleValue {
        let parts = try arguments(identifier)
        guard parts.count >= 5, case .string("storage") = parts[0], case .name(.storage(let element)) = parts[1],
            case .integer(let count) = parts[4], count >= 0
        else { throw malformed("a storage is not described as torch.save does") }
        guard let key = key(parts[2]) else { throw malformed("a storage's key is \(parts[2].kind)") }
        guard parts.count > 5, case .tuple(let index) = parts[5] else {
            return objects.add(storage: PickleStorage(key: key, element: element, count: count, part: nil))
        }
        let view = objects.sequences[index]
        guard view.count == 3, case .integer(let offset) = view[1], case .integer(let length) = view[2],
            offset >= 0, length >= 0, offset <= count, length <= count - offset
        else { throw malformed("a part of a storage does not fit in it") }
        return objects.add(
            storage: PickleStorage(key: key, element: element, count: count, part: offset..<offset + length))
    }

    func key(_ value: PickleValue) -> String? {
        switch value {
        case .string(let key): key
        case .integer(let key): String(key)
        default: nil
        }
    }

    /// BUILD gives an object its state, which no tensor and no dictionary here needs.
    mutating func build() throws {
        _ = try pop()
        let target = try pop()
        switch target {
        case .mapping, .object, .tensor: stack.append(target)
        default: throw malformed("\(target.kind) is given a state")
        }
    }
}
