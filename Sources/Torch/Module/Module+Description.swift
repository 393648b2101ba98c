extension Module {
    /// The tree of modules: name, type, details, number of parameters, and how many of them are frozen.
    public final var description: String { lines(name: "").joined(separator: "\n") }

    private func lines(name: String) -> [String] {
        let members = members()
        let frozen = parameters.reduce(0) { $0 + ($1.requiresGradient ? 0 : $1.count) }
        let type = details.isEmpty ? "\(Swift.type(of: self))" : "\(Swift.type(of: self))(\(details))"
        let count = parameterCount
        var line = (name.isEmpty ? "" : "\(name): ") + type
        if count > 0 { line += ", \(grouped(count)) parameter\(count == 1 ? "" : "s")" }
        if frozen > 0 { line += frozen == count ? ", frozen" : ", \(grouped(frozen)) frozen" }
        var lines = [line]
        for case .parameter(let name, let tensor) in members where hasChildren(members) {
            lines.append("  \(name): \(tensor.shape)")
        }
        for case .child(let name, let module) in members {
            lines += module.lines(name: name).map { "  " + $0 }
        }
        return lines
    }

    /// A layer's parameters follow from its details; those that stand beside children do not.
    private func hasChildren(_ members: [Member]) -> Bool {
        members.contains { if case .child = $0 { true } else { false } }
    }
}

/// Digits in groups of three.
private func grouped(_ number: Int) -> String {
    var text = ""
    for (index, digit) in String(number).reversed().enumerated() {
        if index > 0, index % 3 == 0 { text.append(",") }
        text.append(digit)
    }
    return String(text.reversed())
}
