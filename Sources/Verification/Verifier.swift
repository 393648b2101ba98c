import Foundation
import Torch

/// Where golden files find what is not in them.
public struct GoldenPlaces: Sendable {
    /// Folders that hold checkpoints, directly or in a folder for each system.
    public var checkpoints: [String]

    /// Places to look.
    public init(checkpoints: [String] = []) { self.checkpoints = checkpoints }

    /// The checkpoint of a name.
    func checkpoint(_ name: String, for golden: GoldenCase) throws -> String {
        let besides = URL(fileURLWithPath: golden.file).deletingLastPathComponent().path
        let candidates = (checkpoints + [besides]).flatMap { ["\($0)/\(golden.system)/\(name)", "\($0)/\(name)"] }
        guard let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            throw GoldenMissing(message: "its checkpoint \(name) was not found; name its folder with --checkpoints.")
        }
        return found
    }

    /// A data file that a golden file names relative to a folder above it.
    func data(_ path: String, for golden: GoldenCase) throws -> String {
        var folder = URL(fileURLWithPath: golden.file).deletingLastPathComponent()
        while folder.path != "/" {
            let candidate = folder.appendingPathComponent(path).path
            if FileManager.default.fileExists(atPath: candidate) { return candidate }
            folder.deleteLastPathComponent()
        }
        throw GoldenMissing(message: "its data \(path) lies in none of the folders above it.")
    }
}

/// The largest difference of one output or gradient.
public struct GoldenDifference: Sendable, Hashable, Codable {
    /// The tensor, such as "output" or "grad.input.x".
    public var tensor: String
    /// |a − b| where it is largest in relation to what is allowed.
    public var error: Double
    /// What is allowed there.
    public var allowed: Double
    /// What was computed there.
    public var found: Double
    /// What the file says.
    public var expected: Double
    /// Index of the element in row-major order.
    public var index: Int

    /// Whether the difference is allowed.
    public var passes: Bool { error <= allowed }
}

/// What became of one golden file.
public struct GoldenResult: Sendable, Codable {
    /// How it ended.
    public enum Outcome: String, Sendable, Codable {
        case pass, fail
        /// The program does not have the component, or lacks a file.
        case unknown
    }

    /// The file.
    public var file: String
    /// See ``GoldenCase``; empty where the file can't be read.
    public var system: String
    /// See ``GoldenCase``.
    public var component: String
    /// See ``GoldenCase``.
    public var name: String
    /// How it ended.
    public var outcome: Outcome
    /// Tensors compared.
    public var compared = 0
    /// Tensors of the file that this program does not compute.
    public var leftOut = 0
    /// The worst tensor.
    public var worst: GoldenDifference?
    /// Why it failed or was not run.
    public var reason: String?
}

/// Runs golden files and compares.
public struct Verifier {
    /// Where to find what is not in the files.
    public var places: GoldenPlaces
    /// Where to compute.
    public var device: Device

    /// A verifier.
    public init(places: GoldenPlaces = GoldenPlaces(), device: Device = .cpu) {
        self.places = places
        self.device = device
    }

    /// Every safetensors file below a folder, or the file itself, in order of their names.
    public static func files(under path: String) -> [String] {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { return [] }
        guard isDirectory.boolValue else { return [path] }
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".safetensors") }.sorted().map { "\(path)/\($0)" }
    }

    /// Runs one file; nil when it is no golden file but holds parameters for others.
    public func verify(_ file: String) -> GoldenResult? {
        do {
            guard let golden = try GoldenCase(file) else { return nil }
            return verify(golden)
        } catch {
            return GoldenResult(
                file: file, system: "", component: "", name: URL(fileURLWithPath: file).lastPathComponent,
                outcome: .fail,
                reason: "\(error)")
        }
    }

    /// Runs one case.
    public func verify(_ golden: GoldenCase) -> GoldenResult {
        var result = GoldenResult(
            file: golden.file, system: golden.system, component: golden.component, name: golden.name, outcome: .unknown)
        guard let component = GoldenComponent.all[golden.system]?[golden.component] else {
            result.reason = "this program has no \(golden.system) \(golden.component)"
            return result
        }
        do {
            let run = try component.prepare(golden, places)
            let (differences, leftOut) = try withTorchErrors { try compare(golden, run) }
            result.compared = differences.count
            result.leftOut = leftOut
            result.worst = differences.max {
                $0.error / max($0.allowed, .leastNormalMagnitude) < $1.error / max($1.allowed, .leastNormalMagnitude)
            }
            let failed = differences.filter { !$0.passes }
            result.outcome = differences.isEmpty ? .unknown : failed.isEmpty ? .pass : .fail
            if differences.isEmpty { result.reason = "none of its outputs is computed by this program" }
            if !failed.isEmpty {
                result.reason =
                    "differs in " + failed.map(\.tensor).prefix(4).joined(separator: ", ")
                    + (failed.count > 4 ? " and \(failed.count - 4) more" : "")
            }
        } catch let error as GoldenMissing {
            result.reason = error.message
        } catch {
            result.outcome = .fail
            result.reason = "\(error)"
        }
        return result
    }

    private func compare(
        _ golden: GoldenCase, _ run: GoldenComponent.Run
    ) throws -> (differences: [GoldenDifference], leftOut: Int) {
        let gradients = run.furtherOutputs.contains("grad") ? [:] : try golden.tensors("grad")
        let inputs = try golden.tensors("input").mapValues { input in
            let input = input.to(device)
            if !gradients.isEmpty, input.dtype.isFloatingPoint { input.setRequiresGradient() }
            return input
        }
        try loadParameters(golden, into: run)
        let outputs = try gradients.isEmpty ? withoutGradients { try run.forward(inputs) } : run.forward(inputs)
        try checkTorchErrors()

        var expected = try golden.tensors("output")
        for (name, value) in golden.values
        where run.leavesOut.contains("values.\(name)") || outputs["values.\(name)"] != nil {
            expected["values.\(name)"] = Tensor([value], shape: [])
        }
        var labels = Dictionary(
            uniqueKeysWithValues: expected.keys.map { name in
                (name, name.isEmpty ? "output" : name.hasPrefix("values.") ? name : "output.\(name)")
            })
        for prefix in run.furtherOutputs {
            for (name, value) in try golden.tensors(prefix) {
                expected["\(prefix).\(name)"] = value
                labels["\(prefix).\(name)"] = "\(prefix).\(name)"
            }
        }
        for (name, value) in try golden.tensors("intermediate") where outputs["intermediate.\(name)"] != nil {
            expected["intermediate.\(name)"] = value
        }
        let leftOut = expected.keys.filter { run.leavesOut.contains($0) }
        var differences: [GoldenDifference] = []
        for (name, expected) in expected.sorted(by: { $0.key < $1.key }) where !run.leavesOut.contains(name) {
            let label = labels[name] ?? name
            guard let found = outputs[name] else {
                throw GoldenError(message: "\(label) was not computed.")
            }
            differences.append(
                try difference(label, found, expected, golden, absoluteTolerance: run.tolerances[name]))
        }
        if !gradients.isEmpty {
            let total = try golden.tensors("cotangent").map { name, cotangent in
                (try outputs.named(name) * cotangent.to(device)).sum()
            }.reduce(Tensor(0.0, dtype: .float32, device: device)) { $0 + $1 }
            total.backward()
            let parameters = Dictionary(uniqueKeysWithValues: run.module?.namedParameters() ?? [])
            for (name, expected) in gradients.sorted(by: { $0.key < $1.key }) {
                let holder = name.hasPrefix("input.") ? inputs[String(name.dropFirst(6))] : parameters[name]
                guard let holder else { throw GoldenError(message: "grad.\(name) was not computed.") }
                // What the result does not depend on has none; authors' programs write zeros for it.
                let found = holder.gradient ?? Tensor.zeros(like: holder)
                differences.append(try difference("grad.\(name)", found, expected, golden))
            }
            for name in golden.withoutGradient.sorted() where parameters[name]?.gradient != nil {
                throw GoldenError(message: "grad.\(name) was computed, which the authors' program leaves out.")
            }
        }
        return (differences, leftOut.count)
    }

    /// Parameters from the file itself, from files beside it, or from a checkpoint.
    private func loadParameters(_ golden: GoldenCase, into run: GoldenComponent.Run) throws {
        guard let module = run.module else { return }
        var parameters = Dictionary(uniqueKeysWithValues: module.state().filter { run.mayLack($0.name) })
        parameters.merge(try golden.tensors("param")) { $1 }
        let folder = URL(fileURLWithPath: golden.file).deletingLastPathComponent()
        for name in golden.parameterFiles {
            let file = try SafetensorsFile(folder.appendingPathComponent(name).path)
            for (name, tensor) in try file.tensors() {
                parameters[name.hasPrefix("param.") ? String(name.dropFirst(6)) : name] = tensor
            }
        }
        if let checkpoint = golden.checkpoint {
            for (name, tensor) in try Checkpoint.load(places.checkpoint(checkpoint, for: golden)).tensors {
                parameters[name] = tensor
            }
        }
        try module.load(parameters)
        module.to(device)
        module.eval()
    }

    private func difference(
        _ label: String, _ found: Tensor, _ expected: Tensor, _ golden: GoldenCase, absoluteTolerance: Double? = nil
    ) throws -> GoldenDifference {
        guard found.shape == expected.shape else {
            throw GoldenError(message: "\(label) has shape \(found.shape), not \(expected.shape).")
        }
        let a = found.detached().to(.cpu).array(of: Double.self)
        let b = expected.array(of: Double.self)
        try checkTorchErrors()
        // Integers are indices and counts, of which none is nearly right; bytes are the values of pixels.
        let isExact = [DType.int32, .int64, .bool].contains(expected.dtype)
        let absoluteTolerance = isExact ? 0 : absoluteTolerance ?? golden.absoluteTolerance
        let relativeTolerance = isExact ? 0 : golden.relativeTolerance
        var worst = GoldenDifference(
            tensor: label, error: 0, allowed: absoluteTolerance, found: a.first ?? 0, expected: b.first ?? 0, index: 0)
        var worstRatio = -1.0
        for index in b.indices {
            let same = a[index] == b[index] || (a[index].isNaN && b[index].isNaN)
            let error = same ? 0 : abs(a[index] - b[index])
            let allowed = absoluteTolerance + relativeTolerance * (b[index].isFinite ? abs(b[index]) : 0)
            let finiteError = error.isFinite ? error : .greatestFiniteMagnitude
            let ratio = finiteError / max(allowed, .leastNormalMagnitude)
            if ratio > worstRatio {
                worstRatio = ratio
                worst = GoldenDifference(
                    tensor: label, error: finiteError, allowed: allowed, found: a[index], expected: b[index],
                    index: index)
            }
        }
        return worst
    }
}

/// A golden file that can't be run because a file is not there.
struct GoldenMissing: Error {
    let message: String
}
