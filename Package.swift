// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "FusionKit",
    products: [
        .library(name: "Raster", targets: ["Raster"])
    ],
    targets: [
        .target(
            name: "CScan",
            cxxSettings: [.unsafeFlags(["-O3", "-fno-math-errno"])]),
        .systemLibrary(
            name: "CGDAL", pkgConfig: "gdal", providers: [.apt(["libgdal-dev"])]),
        .target(name: "Raster", dependencies: ["CGDAL"]),
        .target(name: "Sensors"),
        .target(name: "Classical", dependencies: ["Sensors"]),
        .target(name: "Metrics", dependencies: ["Sensors"]),
        .testTarget(name: "CScanTests", dependencies: ["CScan"]),
        .testTarget(name: "RasterTests", dependencies: ["Raster"]),
        .testTarget(name: "SensorsTests", dependencies: ["Sensors"]),
        .testTarget(name: "ClassicalTests", dependencies: ["Classical", "Metrics", "CGDAL"]),
        .testTarget(name: "MetricsTests", dependencies: ["Metrics"]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx20
)
