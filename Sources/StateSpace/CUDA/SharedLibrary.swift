#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A shared library that is looked for by name when the program runs, and stays loaded.
///
/// Unchecked: the handle is only read, and dlsym may be called by any thread.
struct SharedLibrary: @unchecked Sendable {
    /// The name or path that it was found by.
    let name: String
    private let handle: UnsafeMutableRawPointer

    /// The first of several names that can be loaded.
    init(anyOf names: [String]) throws(CUDAScanError) {
        var reason: String?
        for name in names {
            if let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) {
                self.name = name
                self.handle = handle
                return
            }
            let text = dlerror().map { String(cString: $0) }
            reason = reason ?? text
        }
        throw .library(names: names, reason: reason ?? "no name is given")
    }

    /// A function, as the type that the caller knows it to have.
    func function<Function>(_ name: String, as type: Function.Type) throws(CUDAScanError) -> Function {
        guard let address = dlsym(handle, name) else { throw .function(name: name, library: self.name) }
        return unsafeBitCast(address, to: type)
    }

    /// Where libtorch's own library lies, if the system tells; CUDA's libraries are often installed beside it.
    static var folderOfTorch: String? {
        guard let file = fopen("/proc/self/maps", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 4096 + 256)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard let start = text.firstIndex(of: "/"), let end = text.range(of: "/libtorch_cpu.so")?.lowerBound else {
                continue
            }
            return String(text[start..<end])
        }
        return nil
    }
}

extension String {
    /// Where a text occurs first.
    fileprivate func range(of text: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
