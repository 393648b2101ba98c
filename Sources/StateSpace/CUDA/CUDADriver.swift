/// The functions of the CUDA driver that the kernels need, found by name when the program runs.
///
/// Handles of the driver are kept as bits, since they are addresses in its hands that any thread may pass on.
package struct CUDADriver: Sendable {
    /// A device and the context that libtorch uses it with.
    package struct Device: Sendable {
        /// libtorch's number of the device.
        package let index: Int
        /// Compute capability, 90 for 9.0.
        package let capability: Int
        /// How many blocks run truly at once, at least.
        package let multiprocessors: Int
        /// The most shared memory of a block.
        package let sharedBytes: Int
        fileprivate let context: UInt
    }

    /// Compiled code on a device.
    package struct Module: Sendable { fileprivate let bits: UInt }

    /// A kernel of a module.
    package struct Function: Sendable { fileprivate let bits: UInt }

    private let library: SharedLibrary

    /// - Parameter names: file names or paths to look for.
    package init(names: [String] = ["libcuda.so.1"]) throws(CUDAScanError) {
        library = try SharedLibrary(anyOf: names)
        try check("cuInit", try function("cuInit", as: Initialize.self)(0))
    }

    /// Takes hold of a device.
    package func device(_ index: Int) throws(CUDAScanError) -> Device {
        var device: Int32 = 0
        try check("cuDeviceGet", try function("cuDeviceGet", as: GetDevice.self)(&device, Int32(clamping: index)))
        let attribute = try function("cuDeviceGetAttribute", as: GetAttribute.self)
        func value(_ name: Int32) throws(CUDAScanError) -> Int {
            var value: Int32 = 0
            try check("cuDeviceGetAttribute", attribute(&value, name, device))
            return Int(value)
        }
        var context: UInt = 0
        // The context that the CUDA run time, and so libtorch, uses; kept until the process ends, as libtorch keeps it.
        try check(
            "cuDevicePrimaryCtxRetain", try function("cuDevicePrimaryCtxRetain", as: Retain.self)(&context, device))
        return Device(
            index: index, capability: try value(75) * 10 + value(76), multiprocessors: try value(16),
            sharedBytes: try value(97), context: context)
    }

    /// Loads compiled code.
    package func load(_ image: [UInt8], on device: Device) throws(CUDAScanError) -> Module {
        let load = try function("cuModuleLoadData", as: LoadModule.self)
        return try with(device) { () throws(CUDAScanError) in
            var module: UInt = 0
            try check("cuModuleLoadData", image.withUnsafeBytes { load(&module, $0.baseAddress) })
            return Module(bits: module)
        }
    }

    /// Finds a kernel, and lets its blocks have as much shared memory as the device can give.
    package func function(
        _ name: String, in module: Module, on device: Device
    ) throws(CUDAScanError) -> Function {
        let get = try self.function("cuModuleGetFunction", as: GetFunction.self)
        let set = try self.function("cuFuncSetAttribute", as: SetAttribute.self)
        return try with(device) { () throws(CUDAScanError) in
            var function: UInt = 0
            try check("cuModuleGetFunction", name.withCString { get(&function, module.bits, $0) })
            let mostDynamicSharedBytes: Int32 = 8
            try check("cuFuncSetAttribute", set(function, mostDynamicSharedBytes, Int32(device.sharedBytes)))
            return Function(bits: function)
        }
    }

    /// Puts a kernel with one parameter on a stream.
    package func launch<Parameter>(
        _ function: Function, blocks: UInt32, threads: UInt32, sharedBytes: UInt32, stream: UnsafeMutableRawPointer?,
        parameter: inout Parameter, on device: Device
    ) throws(CUDAScanError) {
        let launch = try self.function("cuLaunchKernel", as: Launch.self)
        let result = try with(device) { () throws(CUDAScanError) in
            withUnsafeMutablePointer(to: &parameter) { pointer in
                var parameters: [UnsafeMutableRawPointer?] = [UnsafeMutableRawPointer(pointer)]
                return launch(
                    function.bits, blocks, 1, 1, threads, 1, 1, sharedBytes, stream, &parameters, nil)
            }
        }
        try check("cuLaunchKernel", result)
    }

    /// Runs `body` with the device's context, and leaves the thread with the one that it had.
    private func with<Result>(
        _ device: Device, _ body: () throws(CUDAScanError) -> Result
    ) throws(CUDAScanError) -> Result {
        let push = try function("cuCtxPushCurrent_v2", as: Push.self)
        let pop = try function("cuCtxPopCurrent_v2", as: Pop.self)
        try check("cuCtxPushCurrent", push(device.context))
        defer {
            var context: UInt = 0
            _ = pop(&context)
        }
        return try body()
    }

    private func function<Function>(_ name: String, as type: Function.Type) throws(CUDAScanError) -> Function {
        try library.function(name, as: type)
    }

    private func check(_ name: String, _ result: Int32) throws(CUDAScanError) {
        guard result != 0 else { return }
        var text: UnsafePointer<CChar>?
        let found = try function("cuGetErrorString", as: ErrorText.self)(result, &text)
        let reason = found == 0 ? text.map { String(cString: $0) } : nil
        throw .driver(function: name, reason: reason ?? "error \(result)")
    }

    private typealias Initialize = @convention(c) (UInt32) -> Int32
    private typealias GetDevice = @convention(c) (UnsafeMutablePointer<Int32>, Int32) -> Int32
    private typealias GetAttribute = @convention(c) (UnsafeMutablePointer<Int32>, Int32, Int32) -> Int32
    private typealias Retain = @convention(c) (UnsafeMutablePointer<UInt>, Int32) -> Int32
    private typealias Push = @convention(c) (UInt) -> Int32
    private typealias Pop = @convention(c) (UnsafeMutablePointer<UInt>) -> Int32
    private typealias LoadModule = @convention(c) (UnsafeMutablePointer<UInt>, UnsafeRawPointer?) -> Int32
    private typealias GetFunction = @convention(c) (UnsafeMutablePointer<UInt>, UInt, UnsafePointer<CChar>) -> Int32
    private typealias SetAttribute = @convention(c) (UInt, Int32, Int32) -> Int32
    private typealias Launch =
        @convention(c) (
            UInt, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UnsafeMutableRawPointer?,
            UnsafeMutablePointer<UnsafeMutableRawPointer?>?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?
        ) -> Int32
    private typealias ErrorText =
        @convention(c) (Int32, UnsafeMutablePointer<UnsafePointer<CChar>?>) -> Int32
}
