/// Why the CUDA kernels of the selective scan can't be had or run.
package enum CUDAScanError: Error, Sendable, Hashable, CustomStringConvertible {
    /// No shared library of these names could be loaded; the loader's reason for the first.
    case library(names: [String], reason: String)
    /// A loaded library lacks a function.
    case function(name: String, library: String)
    /// A function of the driver failed.
    case driver(function: String, reason: String)
    /// A function of NVRTC failed.
    case compiler(function: String, reason: String)
    /// The kernels don't compile; the compiler's messages.
    case compilation(target: String, log: String)
    /// The kernels can't do what is asked for.
    case unsupported(String)

    /// A sentence.
    package var description: String {
        switch self {
        case .library(let names, let reason): "none of \(names.joined(separator: ", ")) can be loaded: \(reason)"
        case .function(let name, let library): "\(library) has no function \(name)"
        case .driver(let function, let reason): "the CUDA driver's \(function) failed: \(reason)"
        case .compiler(let function, let reason): "NVRTC's \(function) failed: \(reason)"
        case .compilation(let target, let log): "the kernels don't compile for \(target): \(log)"
        case .unsupported(let reason): reason
        }
    }
}
