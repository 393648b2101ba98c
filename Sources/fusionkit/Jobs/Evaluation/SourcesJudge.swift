import FusionKit

/// Judges pictures that were fused from two by these, which are held in memory.
struct SourcesJudge: Judge {
    static let (firstOption, secondOption) = ("first", "second")

    let indices: [any FusionMetric]
    /// The program whose numbers are meant; the common ones when nil.
    let profile: MetricProfile?

    var heading: String { "by the sources" }
    var metrics: [any Metric] { indices }

    /// - Parameter names: the indices that the user asked for; all of the profile when nil.
    init(names: [String]?, profile: MetricProfile?) {
        self.profile = profile
        indices =
            names?.compactMap { FusionMetrics.named($0, profile: profile) }
            ?? profile.map(FusionMetrics.of) ?? Metrics.ofSources
    }

    /// The indices that may be asked for.
    static func known(_ profile: MetricProfile?) -> [String] {
        (profile.map(FusionMetrics.of) ?? Metrics.ofSources + FusionMetrics.others).map(\.name)
    }

    func verdict(_ item: EvaluationItem, _ watch: EvaluationWatch) throws -> Verdict {
        let (first, second, fused) = (
            try picture(item.partners[Self.firstOption] ?? ""), try picture(item.partners[Self.secondOption] ?? ""),
            try picture(item.fused)
        )
        // The metrics' first source is the one that adds to the structure: infrared, CT, PET.
        let pair = try FusedPair(first: second, second: first, fused: fused)
        var results: [Result<MetricValue, MetricError>] = []
        for (index, metric) in indices.enumerated() {
            try watch.progress(index, indices.count)
            results.append(Result { () throws(MetricError) in MetricValue(try metric.value(pair)) })
        }
        return try Verdict(indices, results, pixels: fused.pixels)
    }

    /// A picture as grey levels 0…255.
    private func picture(_ file: String) throws -> Image {
        let reader = try RasterReader(file)
        let profile = reader.profile
        guard profile.sampleType == .uint8 || profile.sampleType == .uint16 else {
            throw Failure(
                .data,
                "\(file) holds \(profile.sampleType.name); these indices are for pictures of 8 or 16 bits. Convert it with "
                    + "gdal_translate -ot Byte -scale.")
        }
        let bands = profile.dataBands
        guard bands.count == 1 || bands.count == 3 else {
            throw Failure(
                .data, "\(file) has \(bands.count) bands. Give a grey or a colour picture, cut with gdal_translate -b.")
        }
        var image = Image(
            bands: bands.count, height: profile.height, width: profile.width,
            values: try reader.read(profile.window, bands: bands, as: Double.self))
        if profile.sampleType == .uint16 {
            for index in image.values.indices { image.values[index] = (image.values[index] / 257).rounded() }
        }
        let conversion: GreyConversion = self.profile == nil || self.profile == .cddfuse ? .float : .matlab
        return conversion.grey(of: image)
    }
}
