import Datasets
import Foundation
import Networks
import Sensors
import Torch

/// Finds out what samples a text in the settings means.
///
/// "simulated" are scenes of the sensor, or of many for the network that takes any, or pairs of pictures; made-up images where
/// no sensor is known or the task is another.
/// A file in `.h5`, `.hdf5` holds stacks as PanCollection and HISR have them; one in `.mat` is a scene of the test toolbox, a
/// folder of them several. "pan.tif + ms.tif" is a scene that is degraded by Wald's protocol, or, at full resolution, taken as
/// it is. For pairs of pictures, a folder holds two folders of pictures, "visible + infrared" names both.
struct SampleSources {
    static let simulated = "simulated"

    let settings: DataSettings
    let task: NetworkTask
    let loss: WeightedLoss
    let seed: UInt64
    let processes: ProcessGroup

    /// Batches of this process.
    struct Batches {
        let training: any BatchSource
        /// nil where this process has no sample to validate with.
        let validation: (any BatchSource)?
        /// Whether there are samples to validate with.
        let validates: Bool
    }

    /// Training and validation as batches.
    func batches() throws -> Batches {
        var training = try source(settings.training, count: settings.count, purpose: .training)
        var validation: (any SampleSource)?
        if !settings.validation.isEmpty || !settings.validationFullResolution.isEmpty {
            validation = try joined([
                source(settings.validation, count: settings.validationCount, purpose: .validation),
                source(settings.validationFullResolution, resolution: .full, purpose: .validation),
            ])
        }
        let fullResolution = try source(settings.fullResolution, resolution: .full, purpose: .training)
        if validation == nil, settings.apart > 0, let whole = training {
            let parts = try whole.split(validation: settings.apart, seed: seed)
            (training, validation) = (parts.training, parts.validation)
        }
        for source in [training, fullResolution].compactMap(\.self) { try check(source) }
        guard let all = try joined([training, fullResolution]) else {
            throw TrainingError(.data, "there is nothing to learn from.", remedy: "Name files in data.training.")
        }
        let isPictures = task.task == .fuse && settings.training != [Self.simulated]
        let loader = try SampleLoader(
            all, augmentation: settings.augmentation(crops: isPictures), batchSize: settings.batch,
            seed: derivedSeed(seed, for: .order), workers: settings.workers, dropsLast: true,
            part: (processes.rank, processes.count))
        // A run of samples for each process.
        let share = validation.map { validation in
            let (rank, count) = (processes.rank, processes.count)
            let indices = validation.count * rank / count..<validation.count * (rank + 1) / count
            return SampleSubset(validation, indices: Array(indices))
        }
        let validating = try share.flatMap { share in
            // Pictures differ in size.
            share.count == 0
                ? nil
                : try SampleLoader(
                    share, batchSize: isPictures ? 1 : Swift.min(settings.batch, share.count), seed: seed,
                    shuffles: false, workers: settings.workers)
        }
        return Batches(
            training: varied(instrumented(LoadedBatches(loader: loader), settings.training)),
            validation: validating.map { instrumented(LoadedBatches(loader: $0), settings.validation) },
            validates: validation != nil)
    }

    /// With what a network for any sensor is told.
    private func instrumented(_ batches: LoadedBatches, _ names: [String]) -> any BatchSource {
        guard task.takesAnySensor else { return batches }
        let areSimulated = names == [Self.simulated]
        return InstrumentedBatches(
            source: batches, gains: areSimulated ? [] : Sensor.named(settings.sensor)?.mtfGains ?? [])
    }

    /// A network for any sensor learns from images as others would have taken them.
    private func varied(_ batches: any BatchSource) -> any BatchSource {
        guard task.takesAnySensor else { return batches }
        let variation = InstrumentVariation(side: settings.side, task: task.task)
        return VariedBatches(source: batches, variation: variation, seed: seed)
    }

    private func joined(_ sources: [(any SampleSource)?]) throws -> (any SampleSource)? {
        let sources = sources.compactMap(\.self)
        return sources.count <= 1 ? sources.first : try JoinedSource(sources)
    }

    private func source(
        _ names: [String], resolution: ScenePatchSource.Resolution = .reduced, count: Int = 0, purpose: SeedPurpose
    ) throws -> (any SampleSource)? {
        guard let source = try joined(names.map { try source($0, resolution, count: count, purpose: purpose) }) else {
            return nil
        }
        return resolution == .full ? WithoutReference(source: source) : source
    }

    private func source(
        _ name: String, _ resolution: ScenePatchSource.Resolution, count: Int, purpose: SeedPurpose
    ) throws -> any SampleSource {
        if name == Self.simulated { return try simulated(count, purpose: purpose) }
        let files = name.components(separatedBy: " + ")
        if task.task == .fuse {
            return files.count == 2
                ? try PicturePairSource(first: files[0], second: files[1]) : try PicturePairSource(folder: name)
        }
        if files.count == 2 {
            let sensor =
                Sensor.named(settings.sensor)
                ?? .unknown(
                    bands: task.bands ?? ConsistentDetail.bands.upperBound, ratio: task.ratio ?? 4, bits: 16)
            return try ScenePatchSource(
                pan: files[0], ms: files[1], sensor: sensor, resolution: resolution, patch: settings.side,
                peak: settings.peak)
        }
        switch (name as NSString).pathExtension.lowercased() {
        case "h5", "hdf5":
            return try StackSource(
                name, peak: settings.peak, layout: task.task == .hypersharpen ? .hisr : .panCollection)
        case "mat": return try ArrayScenesSource(files: [name], peak: settings.peak)
        default: return try ArrayScenesSource(folder: name, peak: settings.peak)
        }
    }

    private func simulated(_ count: Int, purpose: SeedPurpose) throws -> any SampleSource {
        let side = settings.side
        if task.task == .fuse {
            return SimulatedPairSource(count: count, side: side) { [seed] index, _ in
                derivedSeed(seed, for: purpose, index)
            }
        }
        guard let ratio = task.ratio, let bands = task.bands else {
            return try anySensor(count, purpose: purpose)
        }
        guard side % ratio == 0 else {
            throw ConfigurationError.outOfRange(
                key: "data.side", value: "\(side)", allowed: "a multiple of \(ratio)")
        }
        if task.task == .pansharpen, let sensor = Sensor.named(settings.sensor), sensor.bands.count == bands,
            sensor.ratio == ratio
        {
            try requireSide(SceneSimulator.panSizes.lowerBound)
            let source = SimulatedSource(count: count, ratio: sensor.ratio) { [seed] index, _ in
                try SceneSimulator(sensor: sensor, panSize: side, seed: derivedSeed(seed, for: purpose, index))
            }
            return kept(source)
        }
        return MadeUpSource(
            bands: bands, sharpBands: task.sharpBands, ratio: ratio, side: side,
            count: count, seed: derivedSeed(seed, for: purpose))
    }

    /// Scenes of sensors that don't exist, of 3 to 8 bands, or of a spectrometer's. Their multispectral images, a fourth of
    /// their side, are truths too, so they are a third larger than what is cut out.
    private func anySensor(_ count: Int, purpose: SeedPurpose) throws(ConfigurationError) -> any SampleSource {
        let isSpectrometer = task.task == .hypersharpen
        let ratio = 4
        let (fewest, kinds) = isSpectrometer ? (16, 1) : (3, 6)
        let panSize = ratio * (settings.side * 4 / 3)
        try requireSide(SceneSimulator.panSizes.lowerBound * 3 / (4 * ratio))
        let source = SimulatedSource(count: count, ratio: ratio, groups: { $0 % kinds }) { [seed] index, _ in
            let own = derivedSeed(seed, for: purpose, index)
            let bands = fewest + index % kinds
            let sensor =
                isSpectrometer
                ? Sensor.randomSpectrometer(seed: own, bands: bands, ratio: ratio)
                : Sensor.random(seed: own, bands: bands, ratio: ratio)
            return try SceneSimulator(sensor: sensor, panSize: panSize, seed: own)
        }
        return kept(source)
    }

    private func requireSide(_ smallest: Int) throws(ConfigurationError) {
        guard settings.side < smallest else { return }
        throw ConfigurationError.outOfRange(
            key: "data.side", value: "\(settings.side)", allowed: "\(smallest) or more where scenes are simulated")
    }

    private func kept(_ source: SimulatedSource) -> any SampleSource {
        settings.kept > 0 ? KeptSource(source, bytes: settings.kept << 20) : source
    }

    /// The first sample fits the network and the loss.
    private func check(_ source: any SampleSource) throws {
        if let ratio = task.ratio, source.ratio != ratio {
            throw TrainingError(
                .data, "the ratio of the data is \(source.ratio), that of the network \(ratio).",
                remedy: "Set the ratio in network.settings, or choose other data.")
        }
        var random = SampleRandom(seed: seed)
        let sample = try source.sample(0, random: &random)
        for (role, bands) in [
            (SampleRole.ms, task.bands), (.pan, Optional(task.sharpBands)), (.reference, task.bands),
        ] {
            guard task.task != .fuse, let bands, let image = sample.images[role], image.bands != bands else { continue }
            throw TrainingError(
                .data,
                "\(sample.name): the image '\(role.rawValue)' has \(image.bands) bands, the network takes \(bands).",
                remedy: "Set the bands in network.settings, or choose other data.")
        }
        guard !loss.terms.contains(where: { $0.loss.needs.allSatisfy { sample.images[$0] != nil } }) else { return }
        throw TrainingError(
            .data, "\(sample.name): it has no truth, and all losses compare with one.",
            remedy: "Add a loss without reference, such as spectral and spatial, or choose other data.")
    }
}
