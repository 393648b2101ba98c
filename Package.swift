// swift-tools-version: 6.1
import PackageDescription

/// Where `make setup` has put libtorch, or a link to the one that it found.
let torch = "\(Context.packageDirectory)/.deps/torch"

/// The Makefile says whether that libtorch computes on CUDA devices too. Its library registers itself when it is loaded, and
/// the linker must keep it although nothing refers to it.
let cudaLinking: [LinkerSetting] =
    Context.environment["FUSIONKIT_CUDA"] == "1"
    ? [.unsafeFlags(["-Xlinker", "--no-as-needed", "-ltorch_cuda", "-lc10_cuda", "-Xlinker", "--as-needed"])] : []

/// What `FusionKit` brings along. Who imports it depends on these by name too: SwiftPM compiles a target again only when a
/// module changes that it names, and types whose layout has changed would have two.
let libraries: [Target.Dependency] = [
    "Analysis", "Classical", "Datasets", "Inference", "Metrics", "Networks", "Raster", "Sensors", "StateSpace", "Torch",
    "Training", "Verification",
]

let package = Package(
    name: "FusionKit",
    products: [
        .library(name: "FusionKit", targets: ["FusionKit"]),
        .executable(name: "fusionkit", targets: ["fusionkit"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    ],
    targets: [
        .target(
            name: "CScan",
            cxxSettings: [.unsafeFlags(["-O3", "-fno-math-errno"])]),
        .target(name: "CFilter"),
        // Loads Open MPI by name when a launcher has started several processes.
        .target(name: "CMPI"),
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
        .target(
            name: "Networks", dependencies: ["StateSpace", "Torch"],
            resources: [
                "consistent-detail", "consistent-detail-cubes", "salient-detail",
            ].map { .embedInCode("Weights/\($0).safetensors") }),
        .systemLibrary(
            name: "CGDAL", pkgConfig: "gdal", providers: [.apt(["libgdal-dev"])]),
        .systemLibrary(
            name: "CMatIO", pkgConfig: "matio", providers: [.apt(["libmatio-dev"])]),
        .target(name: "Raster", dependencies: ["CGDAL"]),
        .target(name: "Sensors", dependencies: ["CFilter"]),
        .target(name: "Datasets", dependencies: ["Raster", "Sensors"]),
        .target(name: "Classical", dependencies: ["Sensors"]),
        .target(name: "Metrics", dependencies: ["Sensors"]),
        .target(name: "Inference", dependencies: ["Classical", "Networks", "Raster", "Sensors", "Torch"]),
        .target(
            name: "Verification",
            dependencies: ["Classical", "Inference", "Metrics", "Networks", "Raster", "Sensors", "StateSpace", "Torch"]),
        .target(
            name: "Analysis",
            dependencies: ["Classical", "Inference", "Metrics", "Networks", "Raster", "Sensors", "Torch"],
            resources: [
                "page.html", "report.css", "state.js", "tables.js", "samples.js", "colour.js", "frames.js", "swipe.js",
                "errors.js", "plots.js", "spectra.js", "main.js",
            ].map { .embedInCode("Report/\($0)") }),
        .target(
            name: "Training",
            dependencies: [
                "CMPI", "Datasets", "Metrics", "Networks", "Raster", "Sensors", "StateSpace", "Torch",
                .product(name: "Yams", package: "Yams"),
            ]),
        .target(
            name: "FusionKit",
            dependencies: libraries),
        .executableTarget(
            name: "fusionkit",
            dependencies: libraries + ["FusionKit", .product(name: "ArgumentParser", package: "swift-argument-parser")]),
        .executableTarget(
            name: "benchmarks",
            dependencies: [
                "CScan", "Classical", "Metrics", "Networks", "Raster", "Sensors", "StateSpace", "Torch",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks"),
        .testTarget(name: "CScanTests", dependencies: ["CScan"]),
        .testTarget(
            name: "TorchTests", dependencies: ["Torch", "CTorch"], resources: [.copy("Resources")]),
        .testTarget(name: "StateSpaceTests", dependencies: ["StateSpace", "Torch", "CScanCUDA", "ScanEmulation"]),
        .testTarget(name: "NetworksTests", dependencies: ["Networks", "StateSpace", "Torch"]),
        .testTarget(name: "RasterTests", dependencies: ["Raster", "CMatIO"]),
        .testTarget(name: "SensorsTests", dependencies: ["Sensors"]),
        .testTarget(name: "DatasetsTests", dependencies: ["Datasets", "Raster", "Sensors", "CGDAL", "CMatIO"]),
        .testTarget(name: "ClassicalTests", dependencies: ["Classical", "Metrics", "Sensors", "CGDAL"]),
        .testTarget(name: "MetricsTests", dependencies: ["Metrics", "Raster", "Sensors"]),
        .testTarget(name: "VerificationTests", dependencies: ["Verification", "Networks", "Sensors", "Torch"]),
        .testTarget(
            name: "InferenceTests",
            dependencies: ["Inference", "Classical", "Networks", "Raster", "Sensors", "Torch"]),
        .testTarget(
            name: "AnalysisTests", dependencies: ["Analysis", "Classical", "Inference", "Metrics", "Raster", "Sensors"]),
        .testTarget(
            name: "TrainingTests",
            dependencies: ["Training", "Datasets", "Metrics", "Networks", "Raster", "Sensors", "Torch", "fusionkit"]),
        .testTarget(name: "FusionKitCommandTests", dependencies: libraries + ["fusionkit", "FusionKit"]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx20
)
