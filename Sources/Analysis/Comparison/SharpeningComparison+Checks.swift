import Inference
import Metrics
import Raster
import Sensors

extension SharpeningComparison {
    /// Throws what can be known to fail before anything is computed.
    func checkInputs() throws {
        try pair.pan.requireKnownPixel()
        try pair.ms.requireKnownPixel()
        var options = options
        options.sharpening.measuresInstrument = false
        let run = CandidateRun(
            sensor: sensor, options: options, sources: (pair.pan.file, pair.ms.file), folder: "",
            cancellation: Cancellation(), progress: { _ in })
        try truth()?.reader.requireKnownPixel()
        // Without methods there is nothing to measure.
        guard !candidates.isEmpty else { return }
        try SceneJudge(pair: pair, sensor: sensor, watch: run.watch).checkMemory()
        let part = try? ReducedPair.Part(pair)
        if part != nil || options.reference != nil {
            try ReferenceJudge.checkMemory(bands: pair.msBands.count, run.watch)
        }
        for candidate in candidates {
            guard case .image(let file) = candidate.source else {
                _ = try run.job(candidate, pair)
                continue
            }
            let place = Place(here: pair.window, other: part?.ms)
            let isReduced = candidate.belongsElsewhere(place)
            _ = try run.existing(file, pair, as: isReduced ? place.other ?? place.here : place.here)
        }
    }
}
