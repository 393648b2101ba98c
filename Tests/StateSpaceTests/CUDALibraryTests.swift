import CScanCUDA
import Foundation
import StateSpace
import Testing
import Torch

@Suite("CUDA libraries") struct CUDALibraryTests {
    @Test("that are missing are named, with the loader's reason")
    func missing() {
        #expect {
            _ = try RuntimeCompiler(names: ["libfusionkit-none.so.1", "libfusionkit-none.so"])
        } throws: { error in
            guard case CUDAScanError.library(let names, let reason) = error else { return false }
            return names == ["libfusionkit-none.so.1", "libfusionkit-none.so"]
                && reason.contains("libfusionkit-none.so.1") && "\(error)".contains("can be loaded")
        }
        #expect(throws: CUDAScanError.self) { try CUDADriver(names: ["libfusionkit-none.so.1"]) }
    }

    @Test("that are others are refused by the function that they lack")
    func other() {
        #expect(throws: CUDAScanError.function(name: "nvrtcVersion", library: "libc.so.6")) {
            try RuntimeCompiler(names: ["libc.so.6"])
        }
        #expect(throws: CUDAScanError.function(name: "cuInit", library: "libc.so.6")) {
            try CUDADriver(names: ["libc.so.6"])
        }
    }

    @Test(
        "are not needed: without a device, scans run on the CPU and the reason is told",
        .enabled(if: !Device.hasCUDA, "this machine has a CUDA device"))
    func fallsBack() throws {
        #expect(SelectiveScanLibrary.cuda == "no CUDA device")
        #expect(throws: (any Error).self) { try CUDAScanDevice.device(0) }
        let problem = ScanCase()
        let y = try problem.run(problem.operands(.float32)).y
        #expect(y.array(of: Float.self).allSatisfy { $0.isFinite })
    }
}

@Suite("Compiled kernels on disk") struct KernelCacheTests {
    private let cache = KernelCache(
        folder: FileManager.default.temporaryDirectory.path + "/fusionkit-kernels-\(UInt64.random(in: .min ... .max))")

    private func image(_ key: String, _ bytes: [UInt8]?) throws -> [UInt8] {
        try cache.image(key) { () throws(CUDAScanError) in
            guard let bytes else { throw .unsupported("nothing should be compiled") }
            return bytes
        }
    }

    private func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: cache.folder).map { "\(cache.folder)/\($0)" }
    }

    private func remove() { try? FileManager.default.removeItem(atPath: cache.folder) }

    @Test("are compiled once for a key")
    func once() throws {
        defer { remove() }
        #expect(try image("sm_90", [1, 0, 2]) == [1, 0, 2])
        #expect(try image("sm_90", nil) == [1, 0, 2])
        #expect(try image("sm_100", [3]) == [3])
        #expect(try image("sm_90", nil) == [1, 0, 2])
        #expect(try files().count == 2)
    }

    @Test("are compiled again when the file is damaged", arguments: 0..<40)
    func damaged(place: Int) throws {
        defer { remove() }
        _ = try image("key", [7, 8, 9])
        let file = try #require(try files().first)
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        if place < bytes.count { bytes[place] ^= 1 } else { bytes.removeLast(1 + place % 3) }
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        #expect(try image("key", [4, 5]) == [4, 5])
        #expect(try image("key", nil) == [4, 5])
        try Data().write(to: URL(fileURLWithPath: file))
        #expect(try image("key", [6]) == [6])
    }

    @Test("are not needed: where nothing can be written, they are compiled each time")
    func unwritable() throws {
        let file = FileManager.default.temporaryDirectory.path + "/fusionkit-file-\(UInt64.random(in: .min ... .max))"
        try Data([1]).write(to: URL(fileURLWithPath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let cache = KernelCache(folder: file + "/below")
        for byte in [1, 2] as [UInt8] {
            #expect(try cache.image("key") { () throws(CUDAScanError) in [byte] } == [byte])
        }
    }
}

private let compilerIsAsked = ProcessInfo.processInfo.environment["FUSIONKIT_NVRTC"] != nil

/// What `Scripts/check-cuda` runs.
@Suite(
    "CUDA kernels, compiled", .enabled(if: compilerIsAsked, "FUSIONKIT_NVRTC is not set; see Scripts/check-cuda"),
    .serialized)
struct CUDACompilationTests {
    static let variants: [fk_cuda_variant] = [(false, 4), (false, 8), (true, 4), (true, 32)].flatMap { shape in
        [(fk_cuda_f32, false), (fk_cuda_bf16, false), (fk_cuda_f16, false), (fk_cuda_f32, true)].flatMap { kind in
            (shape.0 ? [false, true] : [false]).map { isGated in
                fk_cuda_variant(
                    storage: Int32(kind.0), lanes: Int32(shape.1), warps: 4, is_backward: shape.0,
                    is_constant: kind.1, is_gated: isGated)
            }
        }
    }

    @Test("fit into registers on every kind of device that NVRTC knows", arguments: [80, 90, 100])
    func resources(capability: Int) throws {
        let compiler = try RuntimeCompiler()
        guard compiler.architectures.contains(capability) else { return }
        for variant in Self.variants {
            let output = try ScanKernels.compile(
                variant, with: compiler, target: compiler.target(capability: capability), reportsResources: true)
            #expect(output.image.starts(with: [0x7f, 0x45, 0x4c, 0x46]), "no machine code")
            let name =
                "sm_\(capability) storage \(variant.storage) lanes \(variant.lanes) "
                + (variant.is_backward ? "backward" : "forward") + (variant.is_constant ? " constant" : "")
                + (variant.is_gated ? " gated" : "")
            for kernel in Self.kernels(output.log) {
                print("\(name) \(kernel.name): \(kernel.registers), \(kernel.spills)")
                #expect(kernel.spills.contains("0 bytes spill stores, 0 bytes spill loads"), "\(name) \(kernel.name)")
            }
        }
    }

    @Test("compile to what newer devices can translate")
    func newerDevices() throws {
        let compiler = try RuntimeCompiler()
        let newest = try #require(compiler.architectures.last)
        #expect(try compiler.target(capability: newest + 50) == "compute_\(newest)")
        #expect(throws: CUDAScanError.self) { try compiler.target(capability: 10) }
        let output = try ScanKernels.compile(
            Self.variants[0], with: compiler, target: compiler.target(capability: newest + 50))
        #expect(String(decoding: output.image, as: UTF8.self).contains(".visible .entry scan"))
    }

    @Test("say what is wrong with a source that doesn't compile")
    func wrong() throws {
        let compiler = try RuntimeCompiler()
        #expect {
            _ = try compiler.compile(
                Array("__global__ void f() { undeclared(); }".utf8), name: "wrong.cu", headers: [],
                target: compiler.target(capability: 90), options: [])
        } throws: { error in
            "\(error)".contains("wrong.cu(1): error") && "\(error)".contains("undeclared")
        }
    }

    /// What ptxas reports for each kernel.
    private static func kernels(_ log: String) -> [(name: String, registers: String, spills: String)] {
        var kernels: [(name: String, registers: String, spills: String)] = []
        for line in log.split(separator: "\n").map(String.init) {
            if line.contains("Compiling entry function") {
                kernels.append((String(line.split(separator: "'")[1]), "", ""))
            } else if !kernels.isEmpty, line.contains("bytes spill stores") {
                kernels[kernels.count - 1].spills = line.split(separator: " ").dropFirst().joined(separator: " ")
            } else if !kernels.isEmpty, line.contains("Used") {
                kernels[kernels.count - 1].registers = line.replacingOccurrences(of: "ptxas info    : ", with: "")
            }
        }
        return kernels
    }
}
