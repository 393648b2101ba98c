import Foundation

/// NVRTC, the compiler for CUDA that is a shared library, found by name when the program runs.
package struct RuntimeCompiler: Sendable {
    /// What became of a source.
    package struct Output: Sendable {
        /// Machine code (a cubin), or PTX that ends with a zero where NVRTC doesn't know the device yet.
        package let image: [UInt8]
        /// Messages of the compiler and, where `--ptxas-options=-v` asks for them, registers and spills of each kernel.
        package let log: String
    }

    private let library: SharedLibrary
    /// NVRTC's version, such as "12.9".
    package let version: String
    /// The devices that it makes machine code for, such as 90.
    package let architectures: [Int]

    /// - Parameter names: file names or paths to look for; where nil, those that `FUSIONKIT_NVRTC` and the usual
    ///   installations give.
    package init(names: [String]? = nil) throws(CUDAScanError) {
        library = try SharedLibrary(anyOf: names ?? Self.usualNames)
        var (major, minor): (Int32, Int32) = (0, 0)
        let readVersion = try library.function("nvrtcVersion", as: Version.self)
        try Self.check(library, "nvrtcVersion", readVersion(&major, &minor))
        version = "\(major).\(minor)"
        var count: Int32 = 0
        let readCount = try library.function("nvrtcGetNumSupportedArchs", as: Count.self)
        try Self.check(library, "nvrtcGetNumSupportedArchs", readCount(&count))
        var numbers = [Int32](repeating: 0, count: Int(count))
        let list = try library.function("nvrtcGetSupportedArchs", as: List.self)
        try Self.check(library, "nvrtcGetSupportedArchs", list(&numbers))
        architectures = numbers.map { Int($0) }.sorted()
    }

    /// The name of machine code for a device of compute capability 9.0 (given as 90), or that of the newest PTX which the
    /// driver can translate for it.
    package func target(capability: Int) throws(CUDAScanError) -> String {
        if architectures.contains(capability) { return "sm_\(capability)" }
        guard let older = architectures.last(where: { $0 < capability }) else {
            throw .unsupported(
                "NVRTC \(version) makes no code for devices of compute capability \(capability / 10).\(capability % 10)."
            )
        }
        return "compute_\(older)"
    }

    /// Compiles a source and the headers that it includes.
    package func compile(
        _ source: [UInt8], name: String, headers: [(name: String, text: [UInt8])], target: String, options: [String]
    ) throws(CUDAScanError) -> Output {
        let create = try library.function("nvrtcCreateProgram", as: Create.self)
        let compile = try library.function("nvrtcCompileProgram", as: Compile.self)
        let destroy = try library.function("nvrtcDestroyProgram", as: Destroy.self)

        let headerTexts = CStrings(headers.map(\.text))
        let headerNames = CStrings(headers.map { Array($0.name.utf8) })
        let sourceText = CStrings([source])
        var program: OpaquePointer?
        let created = withExtendedLifetime((headerTexts, headerNames, sourceText)) {
            create(
                &program, sourceText.pointers[0], name, Int32(headers.count), headerTexts.pointers, headerNames.pointers
            )
        }
        try Self.check(library, "nvrtcCreateProgram", created)
        defer { _ = destroy(&program) }

        let isMachineCode = target.hasPrefix("sm_")
        let allOptions = CStrings(
            (["--gpu-architecture=\(target)", "--std=c++17", "--diag-suppress=177"] + options).map { Array($0.utf8) })
        let result = withExtendedLifetime(allOptions) {
            compile(program, Int32(allOptions.pointers.count), allOptions.pointers)
        }
        let log = String(decoding: try bytes(of: "nvrtcGetProgramLog", program).prefix { $0 != 0 }, as: UTF8.self)
        if result != 0 {
            // What the compiler objects to is in its log; other failures have none.
            if !log.isEmpty { throw .compilation(target: target, log: log) }
            try Self.check(library, "nvrtcCompileProgram", result)
        }
        return Output(image: try bytes(of: isMachineCode ? "nvrtcGetCUBIN" : "nvrtcGetPTX", program), log: log)
    }

    private func bytes(of function: String, _ program: OpaquePointer?) throws(CUDAScanError) -> [UInt8] {
        let size = try library.function(function + "Size", as: Size.self)
        let get = try library.function(function, as: Get.self)
        var count = 0
        try Self.check(library, function + "Size", size(program, &count))
        var bytes = [UInt8](repeating: 0, count: count)
        try Self.check(library, function, bytes.withUnsafeMutableBytes { get(program, $0.baseAddress) })
        return bytes
    }

    private static func check(_ library: SharedLibrary, _ function: String, _ result: Int32) throws(CUDAScanError) {
        guard result != 0 else { return }
        let text = try library.function("nvrtcGetErrorString", as: ErrorText.self)
        throw .compiler(function: function, reason: text(result).map { String(cString: $0) } ?? "error \(result)")
    }

    /// `FUSIONKIT_NVRTC`, then what the system's loader finds, then the folders beside libtorch where Python packages have
    /// it.
    private static var usualNames: [String] {
        var names: [String] = []
        if let name = ProcessInfo.processInfo.environment["FUSIONKIT_NVRTC"], !name.isEmpty { names.append(name) }
        let files = ["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so"]
        names += files
        if let torch = SharedLibrary.folderOfTorch {
            let packages = "\(torch)/../../nvidia"
            let folders =
                [torch]
                + ((try? FileManager.default.contentsOfDirectory(atPath: packages)) ?? []).sorted().map {
                    "\(packages)/\($0)/lib"
                }
            for folder in folders {
                for file in files where FileManager.default.fileExists(atPath: "\(folder)/\(file)") {
                    names.append("\(folder)/\(file)")
                }
            }
        }
        return names
    }

    private typealias Text = UnsafePointer<CChar>
    private typealias Texts = UnsafePointer<UnsafePointer<CChar>?>
    private typealias Version = @convention(c) (UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>) -> Int32
    private typealias Count = @convention(c) (UnsafeMutablePointer<Int32>) -> Int32
    private typealias List = @convention(c) (UnsafeMutablePointer<Int32>) -> Int32
    private typealias Create =
        @convention(c) (UnsafeMutablePointer<OpaquePointer?>, Text?, Text?, Int32, Texts?, Texts?) -> Int32
    private typealias Compile = @convention(c) (OpaquePointer?, Int32, Texts?) -> Int32
    private typealias Destroy = @convention(c) (UnsafeMutablePointer<OpaquePointer?>) -> Int32
    private typealias Size = @convention(c) (OpaquePointer?, UnsafeMutablePointer<Int>) -> Int32
    private typealias Get = @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> Int32
    private typealias ErrorText = @convention(c) (Int32) -> Text?
}

/// Copies of texts that end with a zero, for C functions that take an array of them.
private final class CStrings {
    private(set) var pointers: [UnsafePointer<CChar>?] = []

    init(_ texts: [[UInt8]]) {
        for text in texts {
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: text.count + 1)
            for (index, byte) in text.enumerated() { copy[index] = CChar(bitPattern: byte) }
            copy[text.count] = 0
            pointers.append(UnsafePointer(copy))
        }
    }

    deinit { for pointer in pointers { pointer?.deallocate() } }
}
