// swift-tools-version: 6.1
import PackageDescription

/// Where `make setup` has put libtorch, or a link to the one that it found.
let torch = "\(Context.packageDirectory)/.deps/torch"

/// The Makefile says whether that libtorch computes on CUDA devices too. Its library registers itself when it is loaded, and
/// the linker must keep it although nothing refers to it.
let cudaLinking: [LinkerSetting] =
    Context.environment["FUSIONKIT_CUDA"] == "1"
    ? [.unsafeFlags(["-Xlinker", "--no-as-needed", "-ltorch_cuda", "-lc10_cuda", "-Xlinker", "--as-needed"])] : []

let package = Package(
    name: "FusionKit",
    products: [
        .library(name: "FusionKit", targets: ["FusionKit"]),
        .executable(name: "fusionkit", targets: ["fusionkit"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
    ],
    targets: [
        .target(
            name: "CScan",
            cxxSettings: [.unsafeFlags(["-O3", "-fno-math-errno"])]),
        .target(
            name: "CTorch",
            cxxSettings: [
                .unsafeFlags([
                    "-isystem", "\(torch)/include", "-isystem", "\(torch)/include/torch/csrc/api/include",
                ])
            ],
            linkerSettings: [
                .unsafeFlags(["-L\(torch)/lib", "-Xlinker", "-rpath", "-Xlinker", "\(torch)/lib"]),
                .linkedLibrary("torch_cpu"), .linkedLibrary("c10"),
            ] + cudaLinking),
        .target(name: "Torch", dependencies: ["CTorch"]),
        .target(name: "CScanCUDA"),
        .target(
            name: "StateSpace", dependencies: ["Torch", "CTorch", "CScan", "CScanCUDA"],
            // In the code rather than in a bundle, which an installed program would have to find.
            resources: [
                "selective_scan.cu", "scan_parameters.h", "scan_numbers.h", "scan_division.h", "scan_state_inputs.h",
                "scan_forward.h", "scan_backward.h", "scan_sums.h",
            ].map { .embedInCode("CUDA/\($0)") }),
        // It finds the header of CScanCUDA by its path: SwiftPM gives no C++ target another one's module.
        .target(name: "ScanEmulation", path: "Tests/ScanEmulation"),
        .target(name: "Networks", dependencies: ["StateSpace"]),
        .systemLibrary(
            name: "CGDAL", pkgConfig: "gdal", providers: [.apt(["libgdal-dev"])]),
        .systemLibrary(
            name: "CMatIO", pkgConfig: "matio", providers: [.apt(["libmatio-dev"])]),
        .target(name: "Raster", dependencies: ["CGDAL"]),
        .target(name: "Sensors"),
        .target(name: "Classical", dependencies: ["Sensors"]),
        .target(name: "Metrics", dependencies: ["Sensors"]),
        .target(name: "Inference", dependencies: ["Networks", "Classical", "Raster"]),
        .target(name: "Verification", dependencies: ["Inference", "Metrics"]),
        .target(
            name: "FusionKit",
            dependencies: [
                "Classical", "Inference", "Metrics", "Networks", "Raster", "Sensors", "StateSpace", "Torch",
                "Verification",
            ]),
        .executableTarget(
            name: "fusionkit",
            dependencies: ["FusionKit", .product(name: "ArgumentParser", package: "swift-argument-parser")]),
        .executableTarget(
            name: "benchmarks",
            dependencies: [
                "CScan", "Classical", "Metrics", "Networks", "StateSpace",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks"),
        .testTarget(name: "CScanTests", dependencies: ["CScan"]),
        .testTarget(
            name: "TorchTests", dependencies: ["Torch", "CTorch"], resources: [.copy("Resources")]),
        .testTarget(name: "StateSpaceTests", dependencies: ["StateSpace", "CScanCUDA", "ScanEmulation"]),
        .testTarget(name: "NetworksTests", dependencies: ["Networks"]),
        .testTarget(name: "RasterTests", dependencies: ["Raster", "CMatIO"]),
        .testTarget(name: "SensorsTests", dependencies: ["Sensors"]),
        .testTarget(name: "ClassicalTests", dependencies: ["Classical", "Metrics", "CGDAL"]),
        .testTarget(name: "MetricsTests", dependencies: ["Metrics", "Raster"]),
        .testTarget(name: "VerificationTests", dependencies: ["Verification"]),
        .testTarget(name: "InferenceTests", dependencies: ["Inference"]),
        .testTarget(name: "FusionKitCommandTests", dependencies: ["fusionkit", "FusionKit"]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx20
)
