/// The named tensors of a trained network, out of a safetensors file or one that `torch.save` wrote.
///
/// ```swift
/// let checkpoint = try Checkpoint.load("420.pth")
/// for (name, tensor) in checkpoint.tensors { print(name, tensor.shape) }
/// ```
/// Tensors are on the CPU and view the mapped file where its layout allows; see ``SafetensorsFile`` on what that means.
public struct Checkpoint: Sendable {
    /// How the file is made.
    public enum Format: String, Sendable, Hashable {
        /// safetensors.
        case safetensors
        /// A zip archive of PyTorch 1.6 or newer.
        case torchZip
        /// A file of a PyTorch before 1.6.
        case torchLegacy
    }

    /// The path as it was given.
    public let file: String
    /// How the file is made, decided by its contents.
    public let format: Format
    /// Parameters and buffers in the file's order, under their own names.
    public let tensors: [(name: String, tensor: Tensor)]
    /// The texts of a safetensors file; empty for others.
    public let metadata: [String: String]
    /// What was left out or changed on the way, in sentences for the user; empty when nothing was.
    public let notices: [String]

    /// The tensor of that name, if there is one.
    public subscript(name: String) -> Tensor? { tensors.first { $0.name == name }?.tensor }

    /// Reads a checkpoint; what the file is decides its first bytes, not its name.
    ///
    /// In a file of `torch.save` the state dictionary may lie in another one (`state_dict`, `model`, `net`, `params`,
    /// `ema`, …); optimisers, counters and settings beside it are skipped. A prefix that wrappers put before every name
    /// (`module.`, `_orig_mod.`) is taken off. A bare list of averages (`shadow_params`) gives tensors called "0", "1", …
    /// where there is nothing else. The notices tell of all that. No code out of the file is run.
    ///
    /// - Parameters:
    ///   - path: a file.
    ///   - entry: the entry of the outermost dictionary of a `torch.save` file to read, where the choice should not be
    ///     left to the list above.
    /// - Throws: ``CheckpointError``.
    public static func load(_ path: String, entry: String? = nil) throws -> Checkpoint {
        try loaded(MappedFile(path), entry: entry)
    }

    /// Reads the bytes of a checkpoint, see ``load(_:entry:)``.
    ///
    /// - Parameter name: stands for the path.
    /// - Throws: ``CheckpointError``.
    public static func load(_ bytes: [UInt8], name: String) throws -> Checkpoint {
        try loaded(MappedFile(copying: bytes, name: name), entry: nil)
    }

    private static func loaded(_ file: MappedFile, entry: String?) throws -> Checkpoint {
        do {
            return try withExtendedLifetime(file) { try load(file, entry: entry) }
        } catch let error as TorchError {
            throw CheckpointError(.malformed, file.path, "A tensor can't be made of it: \(error.message)")
        }
    }

    private static func load(_ file: MappedFile, entry: String?) throws -> Checkpoint {
        let bytes = UnsafeRawBufferPointer(file.bytes)
        var notices: [String] = []
        var tensors: [(name: String, tensor: Tensor)] = []
        var metadata: [String: String] = [:]
        let format: Format
        if let archive = try torchArchive(file) {
            format = archive.format
            let dictionary = try StateDictionary(archive, entry: entry)
            var views = StorageViews(archive)
            tensors = try dictionary.tensors.map { (name: $0.name, tensor: try views.tensor($0.tensor, name: $0.name)) }
            notices = dictionary.notices
        } else {
            guard SafetensorsHeader.begins(bytes) else { throw unknownFormat(bytes, file.path) }
            guard entry == nil else {
                throw CheckpointError(
                    .noStateDictionary, file.path, "A safetensors file has no entries to choose from.",
                    remedy: "Leave the choice of an entry out.")
            }
            format = .safetensors
            let contents = try SafetensorsFile(file)
            tensors = try contents.tensors()
            metadata = contents.metadata
        }
        while let prefix = ["module.", "_orig_mod."].first(where: { prefix in
            !tensors.isEmpty && tensors.allSatisfy { $0.name.utf8.starts(with: prefix.utf8) }
        }) {
            tensors = tensors.map { (name: String($0.name.dropFirst(prefix.count)), tensor: $0.tensor) }
            notices.append("The prefix \(quoted(prefix)) was taken off every name.")
        }
        return Checkpoint(
            file: file.path, format: format, tensors: tensors, metadata: metadata, notices: notices)
    }

    private static func torchArchive(_ file: MappedFile) throws -> TorchArchive? {
        let bytes = UnsafeRawBufferPointer(file.bytes)
        if ZipDirectory.begins(bytes) { return try TorchArchive(zip: file) }
        if TorchArchive.beginsLegacy(bytes) { return try TorchArchive(legacy: file) }
        return nil
    }

    private static func unknownFormat(_ bytes: UnsafeRawBufferPointer, _ path: String) -> CheckpointError {
        let again = "Load it with PyTorch and save its state dictionary again: torch.save(model.state_dict(), path)."
        if bytes.dropFirst(257).starts(with: "ustar".utf8) {
            return CheckpointError(
                .unsupported, path, "It is a tar archive, as the first versions of PyTorch wrote.", remedy: again)
        }
        if bytes.starts(with: "version https://git-lfs".utf8) {
            return CheckpointError(
                .unsupported, path, "It is a pointer of Git LFS, not the file itself.", remedy: "Run `git lfs pull`.")
        }
        if bytes[0] == 0x80 {
            return CheckpointError(
                .unsupported, path, "It is a pickle, but not one that torch.save wrote.", remedy: again)
        }
        let start = bytes.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
        return CheckpointError(
            .unsupported, path,
            "It is neither safetensors nor a file of torch.save; it begins with the bytes \(start).",
            remedy: "Name a .safetensors, .pth or .pt file.")
    }
}
