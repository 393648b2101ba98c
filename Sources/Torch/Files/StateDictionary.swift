/// Finds the dictionary of parameters among everything else that a training program has saved.
struct StateDictionary {
    /// Names under which programs keep it, the first one found wins; averaged weights come last except where their
    /// name is a convention for inference.
    static let wrappers = [
        "params_ema", "state_dict", "model_state_dict", "model_state", "model", "net_state_dict", "net", "network",
        "generator", "netG", "net_g", "G", "params", "weights", "module", "ema_state_dict", "ema_model", "model_ema",
        "ema",
    ]
    static let maximumDepth = 8
    /// Where programs with `ExponentialMovingAverage` of torch_ema or diffusers keep averages.
    static let list = "shadow_params"

    private(set) var tensors: [(name: String, tensor: PickleTensor)] = []
    private(set) var notices: [String] = []
    private let objects: PickleObjects
    private let holding: [Bool]

    /// - Parameter entry: the entry of the outermost dictionary to read; found by itself when nil.
    init(_ archive: TorchArchive, entry: String?) throws {
        objects = archive.objects
        holding = StateDictionary.holdingTensors(objects)
        let file = archive.file.path
        guard case .mapping(var index) = archive.root else {
            throw CheckpointError(
                .noStateDictionary, file, "It holds \(archive.root.kind) instead of a dictionary of tensors.",
                remedy: "Save the state dictionary: torch.save(model.state_dict(), path).")
        }
        if let entry {
            guard case .mapping(let chosen)? = objects.mappings[index][entry] else {
                throw CheckpointError(
                    .noStateDictionary, file, "It has no dictionary \(quoted(entry)).",
                    remedy: "It has \(listed(names(of: index))).")
            }
            index = chosen
        }
        for _ in 0..<StateDictionary.maximumDepth {
            guard let (name, inner) = try wrapped(in: index, file: file) else { break }
            notices.append("The parameters are those of entry \(quoted(name)).")
            noteSkipped(names(of: index).filter { $0 != name })
            index = inner
        }
        collect(index)
        if tensors.isEmpty { collectList(under: index) }
        guard !tensors.isEmpty else {
            throw CheckpointError(
                .noStateDictionary, file, "It holds no dictionary of tensors.",
                remedy: "It has \(listed(names(of: index))); save the state dictionary: "
                    + "torch.save(model.state_dict(), path).")
        }
    }

    /// The dictionary to look into instead of this one.
    private func wrapped(in index: Int, file: String) throws -> (name: String, index: Int)? {
        var candidates: [(name: String, index: Int)] = []
        var hasTensors = false
        for (key, value) in objects.mappings[index].entries {
            guard case .string(let name) = key else { continue }
            if case .tensor = value { hasTensors = true }
            if case .mapping(let inner) = value, holding[inner] { candidates.append((name, inner)) }
        }
        for name in StateDictionary.wrappers {
            if let candidate = candidates.first(where: { $0.name == name }) { return candidate }
        }
        guard !hasTensors, let only = candidates.first else { return nil }
        guard candidates.count == 1 else {
            throw CheckpointError(
                .noStateDictionary, file,
                "It holds \(candidates.count) dictionaries of tensors: \(listed(candidates.map(\.name))).",
                remedy: "Say which entry is wanted.")
        }
        return only
    }

    /// For each dictionary, whether tensors with names are in it or in those inside it.
    private static func holdingTensors(_ objects: PickleObjects) -> [Bool] {
        var holding = [Bool](repeating: false, count: objects.mappings.count)
        var parents: [Int: [Int]] = [:]
        var reached: [Int] = []
        for (index, mapping) in objects.mappings.enumerated() {
            for (key, value) in mapping.entries {
                guard case .string = key else { continue }
                if case .mapping(let inner) = value { parents[inner, default: []].append(index) }
                if case .tensor = value, !holding[index] {
                    holding[index] = true
                    reached.append(index)
                }
            }
        }
        while let index = reached.popLast() {
            for parent in parents[index] ?? [] where !holding[parent] {
                holding[parent] = true
                reached.append(parent)
            }
        }
        return holding
    }

    private mutating func collect(_ index: Int) {
        var skipped: [String] = []
        for (key, value) in objects.mappings[index].entries {
            if case .string(let name) = key, case .tensor(let tensor) = value {
                tensors.append((name, objects.tensors[tensor]))
            } else {
                skipped.append(shown(key))
            }
        }
        if !tensors.isEmpty { noteSkipped(skipped) }
    }

    /// Averages that a program keeps as a bare list, in the order of the network's parameters.
    private mutating func collectList(under index: Int) {
        let inner = objects.mappings[index].entries.compactMap { _, value in
            if case .mapping(let inner) = value { inner } else { nil }
        }
        for index in [index] + inner {
            guard case .list(let list)? = objects.mappings[index][StateDictionary.list] else { continue }
            let elements = objects.sequences[list].map { value in
                if case .tensor(let tensor) = value { objects.tensors[tensor] } else { PickleTensor?.none }
            }
            let found = elements.compactMap(\.self)
            guard !found.isEmpty, found.count == elements.count else { continue }
            tensors = found.enumerated().map { (name: "\($0)", tensor: $1) }
            notices.append(
                "The \(found.count) parameters are those of the list \(quoted(StateDictionary.list)); it has no names, so "
                    + "their order counts.")
            return
        }
    }

    private mutating func noteSkipped(_ names: [String]) {
        guard !names.isEmpty else { return }
        notices.append("\(names.count) other entries were skipped: \(listed(names)).")
    }

    private func names(of index: Int) -> [String] { objects.mappings[index].entries.map { shown($0.key) } }

    private func shown(_ key: PickleValue) -> String {
        switch key {
        case .string(let name): name
        case .integer(let number): String(number)
        default: key.kind
        }
    }

    private func listed(_ names: [String]) -> String {
        guard !names.isEmpty else { return "no entries" }
        let shown = names.prefix(8).map { quoted($0) }.joined(separator: ", ")
        return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
    }
}
