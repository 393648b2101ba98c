import Datasets
import Sensors
import Torch

/// What is learned from.
public struct DataSettings: Configuration, Hashable {
    /// Where samples come from: "simulated" needs no files; else files and folders, see ``SampleSources``.
    public var training = [SampleSources.simulated]
    /// Where samples for validation come from; where empty, a part of those for training is set apart.
    public var validation = [SampleSources.simulated]
    /// Where samples without a truth come from, beside the others: files, whose images are taken as they are.
    public var fullResolution: [String] = []
    /// The same for validation.
    public var validationFullResolution: [String] = []
    /// The part that is set apart; 0 for no validation.
    public var apart = 0.1
    /// simulated: samples of an epoch.
    public var count = 256
    /// simulated: samples for validation.
    public var validationCount = 16
    /// simulated: megabytes of memory for samples, which else are made again in every epoch.
    public var kept = 0
    /// Side of the sharp image in pixels: of simulated samples, of patches of scenes, and of what is cut out of pictures.
    public var side = 64
    /// The sensor: its MTF degrades scenes, and checkpoints name it; empty where unknown.
    public var sensor = ""
    /// The digital number that becomes 1.
    public var peak = 2047.0
    /// Samples of a batch.
    public var batch = 8
    /// Threads that make samples; the samples are the same for any number.
    public var workers = 2
    /// Whether samples are mirrored and turned by chance.
    public var turns = true
    /// By how much the brightness of a sample changes by chance, 0 to 1.
    public var gain = 0.0
    /// By how much each band changes by chance, 0 to 1.
    public var bandJitter = 0.0
    /// Standard deviation of noise that is added to what the network sees.
    public var noise = 0.0

    /// All keys.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case training, validation
        case fullResolution = "full-resolution"
        case validationFullResolution = "validation-full-resolution"
        case apart, count
        case validationCount = "validation-count"
        case kept = "keep-megabytes"
        case side, sensor, peak, batch, workers, turns, gain
        case bandJitter = "band-jitter"
        case noise
    }

    /// The defaults.
    public init() {}

    /// Checks that every number is one that can be used.
    public func validate() throws(ConfigurationError) {
        let isEmpty = training.isEmpty && fullResolution.isEmpty
        try require(!isEmpty, "data.training", "empty", "a list of files and folders, or [simulated]")
        try require((0..<1).contains(apart), "data.apart", apart, "0 or more, less than 1")
        try require(count >= 1, "data.count", count, "1 or more")
        try require(validationCount >= 1, "data.validation-count", validationCount, "1 or more")
        try require((0...1 << 24).contains(kept), "data.keep-megabytes", kept, "0 or more")
        try require((8...4096).contains(side), "data.side", side, "8 to 4096")
        try require(peak > 0 && peak.isFinite, "data.peak", peak, "a number above 0")
        if !sensor.isEmpty, Sensor.named(sensor) == nil {
            try requireName(sensor, of: Sensor.all.map(\.name), "data.sensor")
        }
        try require((1...4096).contains(batch), "data.batch", batch, "1 to 4096")
        try require((0...256).contains(workers), "data.workers", workers, "0 to 256")
        for (key, value) in [("gain", gain), ("band-jitter", bandJitter), ("noise", noise)] {
            try require((0...1).contains(value), "data.\(key)", value, "0 to 1")
        }
    }

    /// What is changed about samples by chance.
    ///
    /// - Parameter crops: whether the samples are larger than what is trained on.
    func augmentation(crops: Bool) -> Augmentation? {
        let changes = Augmentation(
            flips: turns, turns: turns, crop: crops ? side : nil, gain: gain, bandJitter: bandJitter, noise: noise)
        return changes == Augmentation() ? nil : changes
    }
}
