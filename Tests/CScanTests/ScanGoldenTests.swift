import CScan
import Foundation
import Testing

/// The tensors of one golden file, all f32.
struct GoldenFile {
    struct Entry { var shape: [Int], values: [Float] }
    struct Malformed: Error {}

    var tensors: [String: Entry] = [:]
    var metadata: [String: String] = [:]

    init(_ url: URL) throws {
        let data = try Data(contentsOf: url)
        let start = 8 + (0..<8).reduce(0) { $0 | Int(data[$1]) << (8 * $1) }
        guard let header = try JSONSerialization.jsonObject(with: data[8..<start]) as? [String: [String: Any]] else {
            throw Malformed()
        }
        for (name, entry) in header {
            if name == "__metadata__" {
                metadata = entry.compactMapValues { $0 as? String }
                continue
            }
            guard entry["dtype"] as? String == "F32", let shape = entry["shape"] as? [Int],
                let offsets = entry["data_offsets"] as? [Int]
            else { throw Malformed() }
            let bytes = data[(start + offsets[0])..<(start + offsets[1])]
            let values = bytes.withUnsafeBytes { raw in
                (0..<(raw.count / 4)).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
            }
            tensors[name] = Entry(shape: shape, values: values)
        }
    }

    func tensor(_ name: String) throws -> Entry {
        guard let entry = tensors[name] else { throw Malformed() }
        return entry
    }
}

private let fixtures: URL =
    ProcessInfo.processInfo.environment["FUSIONKIT_FIXTURES"].map { URL(fileURLWithPath: $0) }
    ?? URL(fileURLWithPath: #filePath).appending(path: "../../../../shared/fixtures").standardized

private let goldenFiles: [URL] =
    (FileManager.default.enumerator(at: fixtures, includingPropertiesForKeys: nil)?
    .compactMap { $0 as? URL } ?? [])
    .filter { $0.lastPathComponent.hasPrefix("selective_scan") && $0.pathExtension == "safetensors" }
    .sorted { $0.path < $1.path }

@Suite("Selective scan, golden files") struct ScanGoldenTests {
    @Test(
        "agrees with the authors' programs",
        .enabled(if: !goldenFiles.isEmpty, "no golden files; set FUSIONKIT_FIXTURES to their directory"),
        arguments: goldenFiles, instructionSets + ["reference"])
    func golden(url: URL, instructionSet: String) throws {
        let file = try GoldenFile(url)
        var problem = ScanProblem(try configuration(file))
        try setInputs(file, &problem)
        let found = try problem.run(instructionSet == "reference" ? nil : instructionSet)
        let output = try file.tensors["output"] ?? file.tensor("output.y")
        for (found, expected) in [
            (found.y, output.values), (found.lastState, try file.tensor("output.last_state").values),
        ] {
            #expect(found.count == expected.count)
            let worst = zip(found, expected).map { abs($0 - $1) - 1e-4 * abs($1) }.max() ?? .infinity
            #expect(worst <= 2e-5, "\(url.lastPathComponent): largest difference \(worst)")
        }
    }

    @Test(
        "agrees with the gradients of the authors' programs",
        .enabled(if: !goldenFiles.isEmpty, "no golden files; set FUSIONKIT_FIXTURES to their directory"),
        arguments: goldenFiles, instructionSets + ["reference"])
    func gradients(url: URL, instructionSet: String) throws {
        let file = try GoldenFile(url)
        var problem = BackwardProblem(try configuration(file))
        try setInputs(file, &problem.forward)
        let a = problem.forward.arguments
        problem.gradients.dlast_state = nil
        problem.gradients.dy = UnsafeRawPointer(problem.forward.keep(try file.tensor("cotangent").values))
        problem.gradients.dy_strides = a.u_strides
        problem.gradients.dB_strides = a.B_strides
        problem.gradients.dC_strides = a.C_strides
        if a.z == nil { problem.gradients.dz = nil }

        let found = try problem.run(instructionSet == "reference" ? nil : instructionSet)
        let expected = file.tensors.filter { $0.key.hasPrefix("grad.input.") }
        #expect(!expected.isEmpty)
        for (name, entry) in expected {
            let values = try #require(found.values[String(name.dropFirst("grad.input.".count))])
            #expect(values.count == entry.values.count)
            let worst = zip(values, entry.values).map { abs($0 - $1) - 1e-4 * abs($1) }.max() ?? .infinity
            #expect(worst <= 3e-5, "\(url.lastPathComponent) \(name): largest difference \(worst)")
        }
    }

    private func setInputs(_ file: GoldenFile, _ problem: inout ScanProblem) throws {
        var pointers: [String: UnsafePointer<Float>] = [:]
        for (name, entry) in file.tensors { pointers[name] = UnsafePointer(problem.keep(entry.values)) }
        problem.arguments.u = pointers["input.u"].map { UnsafeRawPointer($0) }
        problem.arguments.delta = pointers["input.delta"].map { UnsafeRawPointer($0) }
        problem.arguments.z = pointers["input.z"].map { UnsafeRawPointer($0) }
        problem.arguments.A = pointers["input.A"]
        problem.arguments.B = pointers["input.B"].map { UnsafeRawPointer($0) }
        problem.arguments.C = pointers["input.C"].map { UnsafeRawPointer($0) }
        problem.arguments.D = pointers["input.D"]
        problem.arguments.delta_bias = pointers["input.delta_bias"]
        let (channels, length) = (problem.arguments.channels, problem.arguments.length)
        let strides = fk_scan_sequence_strides(batch: channels * length, channel: length, time: 1)
        problem.arguments.u_strides = strides
        problem.arguments.delta_strides = strides
        problem.arguments.z_strides = strides
        problem.arguments.B_strides = try stateStrides(file, "input.B", problem.arguments)
        problem.arguments.C_strides = try stateStrides(file, "input.C", problem.arguments)
    }

    private func configuration(_ file: GoldenFile) throws -> ScanConfiguration {
        let (u, A, B) = (try file.tensor("input.u"), try file.tensor("input.A"), try file.tensor("input.B"))
        var configuration = ScanConfiguration()
        (configuration.batches, configuration.channels, configuration.length) = (u.shape[0], u.shape[1], u.shape[2])
        configuration.states = A.shape[1]
        configuration.groups = B.shape.count == 4 ? B.shape[1] : B.shape.count == 2 ? B.shape[0] : 1
        configuration.hasSoftplus = file.metadata["config"]?.contains("\"delta_softplus\": true") ?? false
        configuration.hasInitialState = false
        return configuration
    }

    /// (channels, states) is constant in batch and time, with a group for each channel.
    private func stateStrides(_ file: GoldenFile, _ name: String, _ a: fk_scan_arguments) throws
        -> fk_scan_state_strides
    {
        if try file.tensor(name).shape.count == 2 { return .init(batch: 0, group: a.states, state: 1, time: 0) }
        return .init(batch: a.groups * a.states * a.length, group: a.states * a.length, state: a.length, time: 1)
    }
}
