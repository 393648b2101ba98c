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

    func prepared(_ item: EvaluationItem, _ watch: MeasuringWatch) throws -> () throws -> Verdict {
        let files = [Self.firstOption, Self.secondOption].map { item.partners[$0] ?? "" } + [item.fused]
        let readers = try files.map { try RasterReader($0) }
        let sizes = readers.map { "\($0.profile.width) × \($0.profile.height)" }
        guard Set(sizes).count == 1 else {
            throw Failure(
                .data,
                "The sources are \(files[0]) of \(sizes[0]) pixels and \(files[1]) of \(sizes[1]), the fused picture "
                    + "\(files[2]) of \(sizes[2]); all must be of one size.")
        }
        for reader in readers { try reader.requireKnownPixel() }
        return { try verdict(readers, watch) }
    }

    /// - Parameter readers: both sources and the fused picture.
    private func verdict(_ readers: [RasterReader], _ watch: MeasuringWatch) throws -> Verdict {
        let conversion: GreyConversion = profile == nil || profile == .cddfuse ? .float : .matlab
        let pictures = try readers.map { try GreyPicture.read($0, conversion: conversion) }
        // The metrics' first source is the one that adds to the structure: infrared, CT, PET.
        let pair = try FusedPair(first: pictures[1], second: pictures[0], fused: pictures[2])
        var results: [Result<MetricValue, MetricError>] = []
        let progress = watch.progress("measuring")
        for (index, metric) in indices.enumerated() {
            try progress(index, indices.count)
            results.append(Result { () throws(MetricError) in MetricValue(try metric.value(pair)) })
        }
        return try Verdict(indices, results, pixels: pictures[2].pixels)
    }
}
