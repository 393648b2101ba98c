import CScanCUDA

/// The source of the CUDA kernels, and how it is compiled.
package enum ScanKernels {
    private static let headers: [(name: String, text: [UInt8])] = [
        ("scan_parameters.h", PackageResources.scan_parameters_h),
        ("scan_numbers.h", PackageResources.scan_numbers_h),
        ("scan_division.h", PackageResources.scan_division_h),
        ("scan_state_inputs.h", PackageResources.scan_state_inputs_h),
        ("scan_forward.h", PackageResources.scan_forward_h),
        ("scan_backward.h", PackageResources.scan_backward_h),
        ("scan_sums.h", PackageResources.scan_sums_h),
    ]

    /// The options for one variant.
    static func options(_ variant: fk_cuda_variant) -> [String] {
        [
            "-DSCAN_STORAGE=\(variant.storage)", "-DSCAN_LANES=\(variant.lanes)",
            "-DSCAN_WARPS=\(variant.warps)",
            "-DSCAN_BACKWARD=\(variant.is_backward ? 1 : 0)", "-DSCAN_CONSTANT=\(variant.is_constant ? 1 : 0)",
            "-DSCAN_GATED=\(variant.is_gated ? 1 : 0)",
        ]
    }

    /// Compiles a variant for a target such as "sm_90".
    package static func compile(
        _ variant: fk_cuda_variant, with compiler: RuntimeCompiler, target: String, reportsResources: Bool = false
    ) throws(CUDAScanError) -> RuntimeCompiler.Output {
        try compiler.compile(
            PackageResources.selective_scan_cu, name: "selective_scan.cu", headers: headers, target: target,
            options: options(variant) + (reportsResources ? ["--ptxas-options=-v"] : []))
    }

    /// Compiles a variant, or takes what an earlier run has compiled.
    static func image(
        _ variant: fk_cuda_variant, with compiler: RuntimeCompiler, target: String, cache: KernelCache
    ) throws(CUDAScanError) -> [UInt8] {
        let key = ([sourceSum, target, "NVRTC \(compiler.version)"] + options(variant)).joined(separator: " ")
        return try cache.image(key) { () throws(CUDAScanError) in
            try compile(variant, with: compiler, target: target).image
        }
    }

    private static let sourceSum = String(
        KernelCache.sum(headers.reduce(PackageResources.selective_scan_cu) { $0 + $1.text }), radix: 16)
}
