import CScanCUDA
import CTorch
import Synchronization
import Torch

/// What runs the CUDA kernels: a CUDA device, or the emulation of one in tests.
package protocol ScanDevice: Sendable {
    /// What a plan needs to know.
    var limits: fk_cuda_limits { get }

    /// Plans and runs a scan, or puts it on the device's stream.
    func run(_ scan: fk_cuda_scan) throws
}

/// A CUDA device with the kernels that have been compiled for it so far.
package final class CUDAScanDevice: ScanDevice {
    private let driver: CUDADriver
    private let compiler: RuntimeCompiler
    private let device: CUDADriver.Device
    private let target: String
    private let cache = KernelCache()
    private let modules = Mutex<[[String]: Result<[CUDADriver.Function], CUDAScanError>]>([:])

    private init(_ index: Int) throws(CUDAScanError) {
        driver = try CUDADriver()
        device = try driver.device(index)
        compiler = try RuntimeCompiler()
        target = try compiler.target(capability: device.capability)
    }

    /// Devices by libtorch's number, or why there is none.
    private static let known = Mutex<[Int: Result<CUDAScanDevice, CUDAScanError>]>([:])

    /// The device of a number. What fails once is not tried again.
    package static func device(_ index: Int) throws(CUDAScanError) -> CUDAScanDevice {
        try known.withLock { known in
            if let result = known[index] { return result }
            let result = Result { () throws(CUDAScanError) in try CUDAScanDevice(index) }
            known[index] = result
            return result
        }.get()
    }

    /// Such as "sm_90, NVRTC 13.0".
    package var description: String { "\(target), NVRTC \(compiler.version)" }

    package var limits: fk_cuda_limits {
        fk_cuda_limits(multiprocessors: Int32(device.multiprocessors), shared_bytes: Int32(device.sharedBytes))
    }

    package func run(_ scan: fk_cuda_scan) throws {
        var plan = try self.plan(scan, workspace: nil)
        let workspace = Tensor.uninitialized(
            [Int(plan.workspace_bytes)], dtype: .uint8, device: .cuda(device.index))
        try checkTorchErrors()
        plan = try self.plan(scan, workspace: workspace.unsafeAddress)
        let functions = try functions(plan.variant)
        var stream: UnsafeMutableRawPointer?
        guard fk_cuda_stream(Int32(device.index), &stream) else {
            let reason = fk_take_error()
            defer { fk_string_free(reason) }
            throw CUDAScanError.unsupported(reason.map { String(cString: $0) } ?? "libtorch names no stream.")
        }
        // libtorch gives the workspace's memory to later work of this stream only, which runs after the kernels.
        try withExtendedLifetime(workspace) {
            try withUnsafeMutablePointer(to: &plan.launches) { launches in
                try launches.withMemoryRebound(to: fk_cuda_launch.self, capacity: Int(plan.count)) { launches in
                    for index in 0..<Int(plan.count) { try launch(&launches[index], functions, stream) }
                }
            }
        }
    }

    private func launch(
        _ launch: inout fk_cuda_launch, _ functions: [CUDADriver.Function], _ stream: UnsafeMutableRawPointer?
    ) throws(CUDAScanError) {
        let function = functions[Int(launch.kernel.rawValue)]
        if launch.kernel == fk_cuda_kernel_sum {
            try driver.launch(
                function, blocks: launch.blocks, threads: launch.threads, sharedBytes: launch.shared_bytes,
                stream: stream, parameter: &launch.sum, on: device)
        } else {
            try driver.launch(
                function, blocks: launch.blocks, threads: launch.threads, sharedBytes: launch.shared_bytes,
                stream: stream, parameter: &launch.scan, on: device)
        }
    }

    private func plan(
        _ scan: fk_cuda_scan, workspace: UnsafeMutableRawPointer?
    ) throws(CUDAScanError) -> fk_cuda_plan {
        var (scan, limits, plan) = (scan, limits, fk_cuda_plan())
        var message = [CChar](repeating: 0, count: 256)
        guard fk_cuda_plan_scan(&scan, &limits, workspace, &plan, &message, message.count) else {
            throw .unsupported(
                String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
        return plan
    }

    /// The kernels of a variant, in the order of `fk_cuda_kernel`. What fails once is not tried again.
    private func functions(_ variant: fk_cuda_variant) throws(CUDAScanError) -> [CUDADriver.Function] {
        let key = ScanKernels.options(variant)
        // Two threads that need the same kernels at once: one compiles, the other waits.
        return try modules.withLock { modules in
            if let known = modules[key] { return known }
            let result = Result { () throws(CUDAScanError) in try load(variant) }
            modules[key] = result
            return result
        }.get()
    }

    private func load(_ variant: fk_cuda_variant) throws(CUDAScanError) -> [CUDADriver.Function] {
        let image = try ScanKernels.image(variant, with: compiler, target: target, cache: cache)
        let module = try driver.load(image, on: device)
        var functions: [CUDADriver.Function] = []
        for kernel in [fk_cuda_kernel_scan, fk_cuda_kernel_first, fk_cuda_kernel_chunks, fk_cuda_kernel_sum] {
            let name = String(cString: fk_cuda_kernel_name(kernel))
            functions.append(try driver.function(name, in: module, on: device))
        }
        return functions
    }
}
