import ArgumentParser
import FusionKit
import Torch

/// Names that the user gives and the program has to know.
enum NamedChoices {
    static func method(_ name: String) throws -> any ClassicalMethod {
        if let method = ClassicalMethods.named(name) { return method }
        if let other = PairMethods.named(name)?.name ?? NetworkSystem.shipped(name, for: .fuse)?.name {
            throw ValidationError("\(other) fuses pictures and sharpens nothing: fusionkit fuse runs it.")
        }
        if let system = NetworkSystem.named(name) { throw needsWeights(system) }
        let known = ClassicalMethods.all.map(\.name) + [NetworkSystem.consistentDetail.name]
        throw unknown("method", name, known, hint: "'fusionkit methods' lists all.")
    }

    static func pairMethod(_ name: String) throws -> any PairMethod {
        if let method = PairMethods.named(name) { return method }
        if let other = ClassicalMethods.named(name)?.name ?? NetworkSystem.shipped(name, for: .pansharpen)?.name {
            throw ValidationError("\(other) sharpens and fuses no pictures: fusionkit pansharpen runs it.")
        }
        if let system = NetworkSystem.named(name) {
            guard system.tasks.contains(.fuse) else { throw ValidationError("\(system.name) fuses no pictures.") }
            throw needsWeights(system)
        }
        let known = PairMethods.all.map(\.name) + [NetworkSystem.salientDetail.name]
        throw unknown("method", name, known, hint: "Known are \(known.joined(separator: ", ")).")
    }

    private static func needsWeights(_ system: NetworkSystem) -> ValidationError {
        ValidationError(
            "\(system.title) is a network: give a file of its weights, with --weights FILE, or in the --methods of compare."
        )
    }

    /// The sensor of a name; nil for "none", about which nothing is known.
    static func sensor(_ name: String) throws -> Sensor? {
        if name.lowercased() == "none" { return nil }
        if let sensor = Sensor.named(name) { return sensor }
        throw unknown(
            "sensor", name, Sensor.all.flatMap { [$0.name] + $0.aliases },
            hint: "Known are \(Sensor.all.map(\.name).joined(separator: ", ")) and none.")
    }

    static func system(_ name: String) throws -> NetworkSystem {
        if let system = NetworkSystem.named(name) { return system }
        throw unknown(
            "system", name, NetworkSystem.all.map(\.name),
            hint: "Known are \(NetworkSystem.all.map(\.name).joined(separator: ", ")).")
    }

    static func preset(_ name: String, of system: NetworkSystem) throws -> NetworkPreset {
        if let preset = system.preset(named: name) { return preset }
        let known = system.presets.map(\.name)
        throw unknown("preset of \(system.name)", name, known, hint: "Known are \(known.joined(separator: ", ")).")
    }

    /// The names of a list such as "SAM,ERGAS", each once.
    ///
    /// - Parameters:
    ///   - known: the indices of what is measured now.
    ///   - others: indices that other options allow, with what is needed for them.
    ///   - alias: the known index that another spelling means.
    static func metrics(
        _ list: String, known: [String], others: [(names: [String], need: String)],
        alias: (String) -> String? = { _ in nil }
    ) throws -> [String] {
        let hint = "Known are \(known.joined(separator: ", "))."
        var names: [String] = []
        for part in list.split(separator: ",") {
            let name = part.filter { $0 != " " }
            func isNamed(_ other: String) -> Bool { other.lowercased() == name.lowercased() }
            if let found = known.first(where: isNamed) ?? alias(String(name)) {
                // A name given twice is one column.
                if !names.contains(found) { names.append(found) }
            } else if let other = others.first(where: { $0.names.contains(where: isNamed) }) {
                throw ValidationError("The index '\(name)' needs \(other.need). \(hint)")
            } else {
                throw unknown("index", String(name), known, hint: hint)
            }
        }
        if names.isEmpty { throw ValidationError("--metrics names no index. \(hint)") }
        return names
    }

    private static func unknown(_ kind: String, _ name: String, _ known: [String], hint: String) -> ValidationError {
        let suggestion = nearest(to: name, among: known).map { " Did you mean '\($0)'?" } ?? ""
        return ValidationError("There is no \(kind) '\(name)'.\(suggestion) \(hint)")
    }
}
