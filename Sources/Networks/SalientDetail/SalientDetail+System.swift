import Torch

extension SalientDetail: FusionNetwork, PairFusionNetwork {
    /// Parts that begin at such places have the same pyramid as the whole.
    public var sizeMultiple: Int { 1 << configuration.scales }

    /// Of both pictures what all scales have, and the memory of all but the finest; what a strip needs is small beside it.
    public var bytesPerPixel: Int { MemoryLayout<Float>.stride * (configuration.memory + 20) }

    /// Fuses one batch; see ``callAsFunction(_:_:)``.
    public func fuse(_ first: Tensor, _ second: Tensor) throws -> Tensor { try self(first, second) }
}

extension NetworkSystem {
    /// FusionKit's own network for pairs of pictures.
    public static let salientDetail = NetworkSystem(
        name: "salient-detail",
        title: "Salient detail",
        summary: "what fuses where nothing is named: weighs the details of both at every scale; invents nothing",
        source: "FusionKit",
        tasks: [.fuse],
        presets: [NetworkPreset("any", "any two pictures", SalientDetailConfiguration())],
        make: { try SalientDetail($0) },
        inferred: { shapes, _ in
            guard let width = shapes["detail.entry.weight"]?.first, let left = shapes["base.output.weight"]?.first
            else { return nil }
            var configuration = SalientDetailConfiguration()
            (configuration.width, configuration.memory) = (width, left - 1)
            configuration.blocks =
                shapes.keys.filter { $0.hasPrefix("detail.blocks.") && $0.hasSuffix(".weight") }.count
            return configuration
        },
        weights: [.fuse: { PackageResources.salient_detail_safetensors }])
}
