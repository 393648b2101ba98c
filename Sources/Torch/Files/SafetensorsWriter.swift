extension SafetensorsFile {
    /// Writes tensors with metadata; the file appears complete or not at all, and replaces one of that name.
    ///
    /// The bytes depend on the arguments only: the header lists the tensors in the given order and the metadata by key;
    /// the elements follow by falling size of their type, so that every tensor is aligned for it. Tensors on other
    /// devices or with gaps are copied one at a time.
    ///
    /// - Parameters:
    ///   - tensors: each name once; of any element type but complex128.
    ///   - metadata: texts to store beside them.
    ///   - path: where; its directory has to exist.
    /// - Throws: ``CheckpointError`` for names given twice, element types that the format lacks, and a path that can't
    ///   be written; ``TorchError`` when a tensor can't be copied.
    public static func write(
        _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:], to path: String
    ) throws {
        let layout = try SafetensorsLayout(tensors, metadata: metadata, path: path)
        try writeAtomically(to: path) { write in
            try layout.header.withUnsafeBytes(write)
            for index in layout.order {
                let tensor = try withTorchErrors { tensors[index].tensor.detached().to(.cpu).contiguous() }
                try tensor.withUnsafeBytes { try write(UnsafeRawBufferPointer($0)) }
            }
        }
    }
}

/// Where each tensor goes in a safetensors file, and the header that says so.
private struct SafetensorsLayout {
    /// Length and JSON, a multiple of 8 bytes.
    let header: [UInt8]
    /// Indices of the tensors in the order of their elements in the file.
    let order: [Int]

    init(_ tensors: [(name: String, tensor: Tensor)], metadata: [String: String], path: String) throws {
        var names = Set<String>()
        var typeNames: [String] = []
        for (name, tensor) in tensors {
            guard name != "__metadata__", names.insert(name).inserted else {
                throw CheckpointError(
                    .malformed, path, "Two tensors are named \(quoted(name)), or the format keeps the name to itself.",
                    remedy: "Name each tensor differently.")
            }
            let dtype = tensor.dtype
            guard let typeName = SafetensorsHeader.types.first(where: { $0.value == .same(dtype) })?.key else {
                throw CheckpointError(
                    .unsupported, path, "Tensor \(quoted(name)) is of type \(dtype), which the format lacks.",
                    remedy: "Convert it first.")
            }
            typeNames.append(typeName)
        }
        let sizes = tensors.map(\.tensor.dtype.byteCount)
        order = tensors.indices.sorted { (-sizes[$0], $0) < (-sizes[$1], $1) }

        var offsets = [Range<Int>](repeating: 0..<0, count: tensors.count)
        var position = 0
        for index in order {
            let end = position + tensors[index].tensor.count * sizes[index]
            offsets[index] = position..<end
            position = end
        }
        var items: [String] = []
        if !metadata.isEmpty {
            let texts = metadata.sorted { $0.key < $1.key }.map { "\(jsonString($0.key)):\(jsonString($0.value))" }
            items.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
        }
        for (index, (name, tensor)) in tensors.enumerated() {
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            items.append(
                "\(jsonString(name)):{\"dtype\":\"\(typeNames[index])\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(offsets[index].lowerBound),\(offsets[index].upperBound)]}")
        }
        var text = Array("{\(items.joined(separator: ","))}".utf8)
        text.append(contentsOf: repeatElement(0x20, count: (8 - text.count % 8) % 8))
        guard text.count <= SafetensorsHeader.maximumLength else {
            throw CheckpointError(
                .unsupported, path,
                "The header would take \(text.count) bytes; safetensors allows \(SafetensorsHeader.maximumLength).",
                remedy: "Store less metadata.")
        }
        header = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
    }
}

/// A string in JSON's notation, quotes included.
private func jsonString(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\t": result += "\\t"
        case "\r": result += "\\r"
        case ..<" ": result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
