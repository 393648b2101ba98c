import Datasets
import Foundation
import Networks
import Sensors
import Torch

/// Finds out what samples a text in the settings means.
///
/// "simulated" are scenes of the sensor, made-up images where no sensor is known or the task is another than pansharpening.
/// A file in `.h5`, `.hdf5` holds stacks as PanCollection and HISR have them; one in `.mat` is a scene of the test toolbox, a
/// folder of them several. "pan.tif + ms.tif" is a scene that is degraded by Wald's protocol. For pairs of pictures, a
/// folder holds two folders of pictures, "visible + infrared" names both.
struct SampleSources {
    static let simulated = "simulated"

    let settings: DataSettings
    let task: NetworkTask
    let seed: UInt64

    /// Training and validation as batches; the latter nil where nothing is set apart.
    func batches() throws -> (training: LoadedBatches, validation: LoadedBatches?) {
        let sharesFiles = settings.validation.isEmpty
        var training = try source(settings.training, count: settings.count, validates: false)
        var validation: (any SampleSource)?
        if !sharesFiles {
            validation = try source(settings.validation, count: settings.validationCount, validates: true)
        } else if settings.apart > 0 {
            let parts = try training.split(validation: settings.apart, seed: seed)
            (training, validation) = (parts.training, parts.validation)
        }
        try checkShapes(training)
        let isPictures = task.task == .fuse && settings.training != [Self.simulated]
        let loader = try SampleLoader(
            training, augmentation: settings.augmentation(crops: isPictures), batchSize: settings.batch,
            seed: derivedSeed(seed, for: .order), workers: settings.workers, dropsLast: true)
        let validating = try validation.map {
            // Pictures differ in size.
            try SampleLoader(
                $0, batchSize: isPictures ? 1 : Swift.min(settings.batch, $0.count), seed: seed,
                shuffles: false, workers: settings.workers)
        }
        return (LoadedBatches(loader: loader), validating.map(LoadedBatches.init))
    }

    private func source(_ names: [String], count: Int, validates: Bool) throws -> any SampleSource {
        let sources = try names.map { try source($0, count: count, validates: validates) }
        return sources.count == 1 ? sources[0] : try JoinedSource(sources)
    }

    private func source(_ name: String, count: Int, validates: Bool) throws -> any SampleSource {
        if name == Self.simulated { return try simulated(count, validates: validates) }
        let files = name.components(separatedBy: " + ")
        if task.task == .fuse {
            return files.count == 2
                ? try PicturePairSource(first: files[0], second: files[1]) : try PicturePairSource(folder: name)
        }
        if files.count == 2 {
            let sensor = Sensor.named(settings.sensor) ?? .unknown(bands: task.bands, ratio: task.ratio, bits: 16)
            return try ScenePatchSource(
                pan: files[0], ms: files[1], sensor: sensor, patch: settings.side, peak: settings.peak)
        }
        switch (name as NSString).pathExtension.lowercased() {
        case "h5", "hdf5":
            return try StackSource(
                name, peak: settings.peak, layout: task.task == .hypersharpen ? .hisr : .panCollection)
        case "mat": return try ArrayScenesSource(files: [name], peak: settings.peak)
        default: return try ArrayScenesSource(folder: name, peak: settings.peak)
        }
    }

    private func simulated(_ count: Int, validates: Bool) throws -> any SampleSource {
        let side = settings.side
        let purpose = validates ? SeedPurpose.validation : .training
        guard side % task.ratio == 0 else {
            throw ConfigurationError.outOfRange(
                key: "data.side", value: "\(side)", allowed: "a multiple of \(task.ratio)")
        }
        if task.task == .pansharpen, let sensor = Sensor.named(settings.sensor), sensor.bands.count == task.bands,
            sensor.ratio == task.ratio
        {
            return SimulatedSource(count: count, ratio: sensor.ratio) { [seed] index, _ in
                try SceneSimulator(sensor: sensor, panSize: side, seed: derivedSeed(seed, for: purpose, index))
            }
        }
        return MadeUpSource(
            task: task.task, bands: task.bands, sharpBands: task.sharpBands, ratio: task.ratio, side: side,
            count: count, seed: derivedSeed(seed, for: purpose))
    }

    /// The first sample fits the network.
    private func checkShapes(_ source: any SampleSource) throws {
        guard source.ratio == task.ratio else {
            throw TrainingError(
                .data, "the ratio of the data is \(source.ratio), that of the network \(task.ratio).",
                remedy: "Set the ratio in network.settings, or choose other data.")
        }
        var random = SampleRandom(seed: seed)
        let sample = try source.sample(0, random: &random)
        for (role, bands) in [(SampleRole.ms, task.bands), (.pan, task.sharpBands), (.reference, task.bands)] {
            guard task.task != .fuse, let image = sample.images[role], image.bands != bands else { continue }
            throw TrainingError(
                .data,
                "\(sample.name): the image '\(role.rawValue)' has \(image.bands) bands, the network takes \(bands).",
                remedy: "Set the bands in network.settings, or choose other data.")
        }
    }
}
