import Foundation
import ScanEmulation
import StateSpace
import Testing
import Torch

@Suite("CUDA kernels in emulation") struct CUDAKernelTests {
    @Test("agree with the references on random scans", arguments: 1...150)
    func random(seed: UInt64) {
        var message = [CChar](repeating: 0, count: 1000)
        #expect(fk_emulate_random_scan(seed, &message, message.count) <= 1, "\(text(message))")
    }

    static let cases: [ScanCase] = Layout.allCases.flatMap { layout in
        [
            ScanCase(layout: layout), ScanCase(inputs: .grouped(3), isReversed: true, layout: layout),
            ScanCase(inputs: .constant, isReversed: true, layout: layout),
            ScanCase(hasOptions: false, layout: layout), ScanCase(softplus: false, layout: layout),
            ScanCase(batches: 1, channels: 17, states: 8, length: 700, isReversed: true, layout: layout),
        ]
    }

    @Test("take tensors as the recurrence does, forward and backward", arguments: cases, [1, 132] as [Int32])
    func tensors(problem: ScanCase, multiprocessors: Int32) throws {
        try withTorchErrors {
            let expected = try resultsAndGradients(problem.operands()) { try problem.run($0) }
            let device = EmulatedDevice(multiprocessors: multiprocessors)
            let found = try resultsAndGradients(problem.operands(.float32)) { try problem.run($0, by: device) }
            for (index, pair) in zip(found.results, expected.results).enumerated() {
                #expect(pair.0.shape == pair.1.shape && relativeDifference(pair.0, pair.1) < 5e-6, "result \(index)")
            }
            for (index, pair) in zip(found.gradients, expected.gradients).enumerated() {
                #expect(pair.0.shape == pair.1.shape && relativeDifference(pair.0, pair.1) < 2e-5, "operand \(index)")
            }
        }
    }

    @Test("have the same bits each time, and in chunks almost the same")
    func sameBits() throws {
        try withTorchErrors {
            let problem = ScanCase(batches: 1, channels: 8, states: 16, length: 700)
            let operands = problem.operands(.float32)
            func values(_ multiprocessors: Int32) throws -> [[Float]] {
                let device = EmulatedDevice(multiprocessors: multiprocessors)
                let found = try resultsAndGradients(operands) { try problem.run($0, by: device) }
                return (found.results + found.gradients).map { $0.array(of: Float.self) }
            }
            let once = try values(132)
            #expect(try values(132) == once)
            for (whole, chunks) in zip(try values(1), once) {
                let scale = whole.map(\.magnitude).max() ?? 0
                #expect(zip(whole, chunks).allSatisfy { ($0 - $1).magnitude <= 2e-5 * scale })
            }
        }
    }

    @Test("store half types, and compute in single precision", arguments: [DType.bfloat16, .float16])
    func halfTypes(dtype: DType) throws {
        try withTorchErrors {
            let problem = ScanCase(channels: 20, states: 16, length: 90, layout: .channelsLast)
            // The same numbers in both, as far as the shorter type can hold them.
            let half = problem.operands(.float32).map { $0.to(dtype) }
            let mixed = half.enumerated().map { [2, 5, 7, 8].contains($0) ? $1.to(.float32) : $1 }
            let single = half.map { $0.to(.float32) }
            let expected = try resultsAndGradients(single) { try problem.run($0) }
            for operands in [half, mixed] {
                let found = try resultsAndGradients(operands) { try problem.run($0, by: EmulatedDevice()) }
                #expect(found.results[0].dtype == dtype && found.results[0].strides == operands[0].strides)
                #expect(found.results[1].dtype == .float32)
                #expect(zip(found.gradients, operands).allSatisfy { $0.dtype == $1.dtype })
                for (found, expected) in zip(found.results + found.gradients, expected.results + expected.gradients) {
                    #expect(relativeDifference(found, expected) < (dtype == .bfloat16 ? 0x1p-7 : 0x1p-10))
                }
            }
        }
    }

    @Test("scan one map along several paths", arguments: [false, true])
    func paths(areChannelsLast: Bool) throws {
        try withTorchErrors {
            let (height, width, channels, states) = (9, 11, 5, 8)
            let pixels = height * width
            let rows = Array(0..<pixels)
            let columns = rows.map { $0 % height * width + $0 / height }
            let paths = try ScanPaths([rows, columns, rows.reversed(), columns.reversed()])
            let generator = RandomGenerator(seed: 5)
            func map(_ middle: [Int]) -> Tensor {
                let shape = [2] + middle + [pixels]
                guard areChannelsLast else { return .normal(shape, generator: generator) }
                let flat = Tensor.normal([2, pixels, middle.reduce(1, *)], generator: generator).transposed(1, 2)
                return middle.count == 1 ? flat : flat.unflattened(axis: 1, sizes: middle)
            }
            let all = channels * paths.count
            let operands = [
                map([channels]), map([all]), -Tensor.normal([all, states], generator: generator).abs() - 0.1,
                map([paths.count, states]), map([paths.count, states]), Tensor.normal([all], generator: generator),
                Tensor.normal([all], generator: generator), Tensor.normal([2, all, states], generator: generator),
            ]
            let expected = try resultsAndGradients(operands) {
                try selectiveScan(
                    $0[0], along: paths, delta: $0[1], A: $0[2], B: $0[3], C: $0[4], D: $0[5], deltaBias: $0[6],
                    initialState: $0[7])
            }
            let found = try resultsAndGradients(operands) {
                try selectiveScan(
                    by: EmulatedDevice(), $0[0], along: paths, delta: $0[1], A: $0[2], B: $0[3], C: $0[4], D: $0[5],
                    deltaBias: $0[6], initialState: $0[7])
            }
            for (found, expected) in zip(found.results + found.gradients, expected.results + expected.gradients) {
                #expect(found.shape == expected.shape && relativeDifference(found, expected) < 2e-5)
            }
        }
    }
}

/// Where the golden files are; nil on machines that don't have them.
private let goldenFiles: [String] = {
    let packageFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let path =
        ProcessInfo.processInfo.environment["FUSIONKIT_FIXTURES"]
        ?? packageFolder.deletingLastPathComponent().appendingPathComponent("shared/fixtures").path
    return (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? [])
        .filter { $0.hasSuffix(".safetensors") && ($0 as NSString).lastPathComponent.hasPrefix("selective_scan") }
        .sorted().map { "\(path)/\($0)" }
}()

@Suite("CUDA kernels in emulation, golden files") struct CUDAKernelGoldenTests {
    @Test(
        "agree with the authors' programs and their gradients",
        .enabled(if: !goldenFiles.isEmpty, "no golden files; set FUSIONKIT_FIXTURES to their directory"),
        arguments: goldenFiles)
    func golden(path: String) throws {
        try withTorchErrors {
            let file = try SafetensorsFile(path)
            let tensors = Dictionary(
                uniqueKeysWithValues: try file.tensors().map { ($0.name, $0.tensor) })
            let inputs = ["u", "delta", "A", "B", "C", "D", "z", "delta_bias"].compactMap { name in
                tensors["input.\(name)"].map { (name, $0) }
            }
            for (_, input) in inputs where !tensors.keys.filter({ $0.hasPrefix("grad.") }).isEmpty {
                input.setRequiresGradient()
            }
            let named = Dictionary(uniqueKeysWithValues: inputs)
            func input(_ name: String) throws -> Tensor { try #require(named[name]) }
            let result = try selectiveScan(
                by: EmulatedDevice(), input("u"), delta: input("delta"), A: input("A"), B: input("B"), C: input("C"),
                D: named["D"], z: named["z"], deltaBias: named["delta_bias"],
                softplus: file.metadata["config"]?.contains("\"delta_softplus\": true") ?? false)
            var pairs = [("y", result.y, try #require(tensors["output"] ?? tensors["output.y"]))]
            if let expected = tensors["output.last_state"] { pairs.append(("last state", result.lastState, expected)) }
            if let cotangent = tensors["cotangent"] {
                (result.y * cotangent).sum().backward()
                for (name, input) in inputs {
                    guard let expected = tensors["grad.input.\(name)"] else { continue }
                    pairs.append(("d\(name)", try #require(input.gradient), expected))
                }
            }
            for (name, found, expected) in pairs {
                let worst =
                    zip(found.detached().array(of: Float.self), expected.array(of: Float.self))
                    .map { abs($0 - $1) - 1e-4 * abs($1) }.max() ?? 0
                #expect(found.shape == expected.shape && worst <= 3e-5, "\(name): largest difference \(worst)")
            }
        }
    }
}
