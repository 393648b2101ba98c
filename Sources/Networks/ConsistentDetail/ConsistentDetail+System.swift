import Torch

extension ConsistentDetail: FusionNetwork {
    /// Numbers of bands that make sense: the details of a band are chosen by what the others do.
    public static let bands = 1...1024
    /// Ratios that it can be used with.
    public static let ratios = 2...8

    /// Bytes of memory for each PAN pixel without gradients in float32, for choosing tiles: of each band of a group the
    /// candidates, what the first convolution makes of them and what is between, the maps inside of one band, and of all bands
    /// the image before and after a stage.
    ///
    /// - Parameter bands: multispectral bands.
    public func bytesPerPixel(bands: Int) -> Int {
        let widest = max(configuration.mixingWidth, configuration.width)
        let ofBand = widest + 2 * (DetailCandidates.count + 7) + 24
        return (min(bands, Self.largestGroup) * ofBand + 4 * bands + 18 * widest) * MemoryLayout<Float>.stride
    }
}

extension NetworkSystem {
    /// FusionKit's own network for any sensor.
    public static let consistentDetail = NetworkSystem(
        name: "consistent-detail",
        title: "Consistent detail",
        summary: "what runs where nothing is named: weighs classical details band by band and keeps what was measured",
        source: "FusionKit",
        tasks: [.pansharpen, .hypersharpen],
        presets: [NetworkPreset("any", "any number of bands", ConsistentDetailConfiguration())],
        make: { try ConsistentDetail($0) },
        inferred: { shapes, _ in
            guard shapes["steps"]?.count == 2, let mixing = shapes["mixing.entry.weight"]?.first else { return nil }
            var configuration = ConsistentDetailConfiguration()
            func blocks(_ stage: String) -> Int {
                Set(shapes.keys.filter { $0.hasPrefix(stage + ".blocks.") && $0.hasSuffix(".0.weight") }).count
            }
            configuration.mixingWidth = mixing
            configuration.mixingBlocks = blocks("mixing")
            configuration.stages = shapes["steps"]?.first ?? 0
            if let width = shapes["stages.0.entry.weight"]?.first {
                configuration.width = width
                configuration.blocks = blocks("stages.0")
            }
            return configuration
        },
        weights: [
            .pansharpen: { PackageResources.consistent_detail_safetensors },
            .hypersharpen: { PackageResources.consistent_detail_cubes_safetensors },
        ])
}
