import CTorch

/// Makes the tensors of an archive: views of the mapped file, those of one storage sharing it as they did when they
/// were saved.
struct StorageViews {
    /// A view that repeats elements (stride 0) may not claim more than this without having them.
    static let maximumRepeatedCount = 1 << 24

    let archive: TorchArchive
    /// Whole storages as one-dimensional tensors, by key and type.
    private var storages: [String: Tensor] = [:]

    init(_ archive: TorchArchive) { self.archive = archive }

    mutating func tensor(_ description: PickleTensor, name: String) throws -> Tensor {
        guard let type = description.element.type else {
            throw CheckpointError(
                .unsupported, archive.file.path, "Tensor \(quoted(name)) is of type \(description.element.name).",
                remedy: "Convert it in PyTorch first, to a floating-point type or int32, int64, uint8 or bool.")
        }
        guard let byteCount = checkedByteCount(shape: description.shape, elementBits: 8 * type.dtype.byteCount) else {
            throw malformed(name, "has the impossible shape \(description.shape)")
        }
        let storage = archive.objects.storages[description.storage]
        let count = byteCount / type.dtype.byteCount
        guard count > 0 else {
            return try withTorchErrors { Tensor.uninitialized(description.shape, dtype: type.dtype) }
        }
        let whole = try self.storage(storage, type: type, name: name)
        let part = storage.part ?? 0..<whole.count
        guard part.upperBound <= whole.count, let last = lastPlace(description), last < part.count,
            count <= max(part.count, StorageViews.maximumRepeatedCount)
        else {
            throw malformed(
                name,
                "of shape \(description.shape), strides \(description.strides) and offset \(description.offset) "
                    + "does not fit its storage of \(part.count) elements")
        }
        let offset = part.lowerBound + description.offset
        return try withTorchErrors {
            Tensor(
                taking: fk_strided_view(
                    whole.pointer, description.shape.int64s, description.strides.int64s,
                    Int32(description.shape.count), Int64(offset)))
        }
    }

    /// The place in the storage of the tensor's last element; nil where it is out of any storage's reach.
    private func lastPlace(_ description: PickleTensor) -> Int? {
        guard description.offset >= 0 else { return nil }
        var place = description.offset
        for (size, stride) in zip(description.shape, description.strides) {
            let (reach, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
            let (sum, carry) = place.addingReportingOverflow(reach)
            guard stride >= 0, !overflow, !carry else { return nil }
            place = sum
        }
        return place
    }

    private mutating func storage(_ storage: PickleStorage, type: StoredType, name: String) throws -> Tensor {
        let identity = "\(type) \(storage.key)"
        if let whole = storages[identity] { return whole }
        guard let range = archive.storages[storage.key] else {
            throw malformed(name, "has its elements in storage \(quoted(storage.key)), which is missing")
        }
        let (size, overflow) = storage.count.multipliedReportingOverflow(by: storage.element.byteCount)
        guard !overflow, size <= range.count else {
            throw malformed(
                name,
                "has a storage of \(storage.count) \(storage.element.name) elements, but its record has "
                    + "\(range.count) bytes")
        }
        let count = size / type.byteCount
        let bytes = range.prefix(count * type.byteCount)
        let whole = try archive.file.tensor(bytes, shape: [count], type: type)
        storages[identity] = whole
        return whole
    }

    private func malformed(_ name: String, _ problem: String) -> CheckpointError {
        CheckpointError(.malformed, archive.file.path, "Tensor \(quoted(name)) \(problem).")
    }
}
