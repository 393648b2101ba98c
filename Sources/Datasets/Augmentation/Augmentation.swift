/// What is changed about each sample at random, so that a network meets more than there is.
///
/// First geometry (a crop, flips, turns), the same for all images of a sample, so that they keep corresponding: what was a
/// reduced reference stays one. Then brightness, then noise.
///
/// Where multispectral samples lie half a PAN pixel beyond the centre of the pixels that they stand for (nearest decimation
/// by an even ratio), they lie half a pixel before it in a mirrored or turned sample, as in the published trainings.
public struct Augmentation: Sendable, Hashable, Codable {
    /// Whether rows and columns are mirrored, each for half of the samples.
    public var flips: Bool
    /// Whether samples are turned by a multiple of 90°; those that are not square, of 180°.
    public var turns: Bool
    /// Side of the square that is cut out at a random place, in pixels of the sharp image; a multiple of the ratio. Nil for
    /// the whole images.
    public var crop: Int?
    /// The brightness of a sample is multiplied by a number in 1 − gain … 1 + gain; 0…1.
    public var gain: Double
    /// Each band is multiplied by a number of its own in 1 − bandJitter … 1 + bandJitter, the multispectral image and the
    /// reference alike; PAN is not, nor are other sharp images. Each picture of a pair counts as a band. 0…1.
    public var bandJitter: Double
    /// Standard deviation of noise added to everything that a network is given, as a part of the peak. 0…1.
    public var noise: Double

    /// A choice of changes; none unless asked for.
    public init(
        flips: Bool = false, turns: Bool = false, crop: Int? = nil, gain: Double = 0, bandJitter: Double = 0,
        noise: Double = 0
    ) {
        (self.flips, self.turns, self.crop) = (flips, turns, crop)
        (self.gain, self.bandJitter, self.noise) = (gain, bandJitter, noise)
    }

    /// Reads the settings that are there; the others are those of no change.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        flips = try values.decodeIfPresent(Bool.self, forKey: .flips) ?? false
        turns = try values.decodeIfPresent(Bool.self, forKey: .turns) ?? false
        crop = try values.decodeIfPresent(Int.self, forKey: .crop)
        gain = try values.decodeIfPresent(Double.self, forKey: .gain) ?? 0
        bandJitter = try values.decodeIfPresent(Double.self, forKey: .bandJitter) ?? 0
        noise = try values.decodeIfPresent(Double.self, forKey: .noise) ?? 0
    }

    /// Flips and turns.
    public static let geometric = Augmentation(flips: true, turns: true)

    /// Whether the settings make sense.
    ///
    /// - Throws: ``DatasetError/Code/setting``.
    func check(ratio: Int) throws(DatasetError) {
        for (name, value) in [("gain", gain), ("band jitter", bandJitter), ("noise", noise)] {
            guard (0...1).contains(value) else {
                throw DatasetError(.setting, name, "\(value) is out of range.", remedy: "Give a number in 0…1.")
            }
        }
        guard let crop else { return }
        guard crop >= 1, crop.isMultiple(of: ratio) else {
            throw DatasetError(
                .setting, "crop", "a side of \(crop) is no multiple of the ratio \(ratio).",
                remedy: "Give a multiple of \(ratio).")
        }
    }

    /// Changes a sample.
    ///
    /// - Parameter ratio: size of a pixel of ``SampleRole/ms`` in pixels of the other images.
    /// - Throws: ``DatasetError/Code/setting`` where the images are smaller than the crop.
    public func apply(to sample: inout Sample, ratio: Int, random: inout SampleRandom) throws {
        if let crop { try AlignedCrop(side: crop, ratio: ratio).apply(to: &sample, random: &random) }
        orient(&sample, random: &random)
        if gain > 0 { scale(&sample, random: &random) }
        if bandJitter > 0 { scaleBands(&sample, random: &random) }
        if noise > 0 { addNoise(&sample, random: &random) }
    }

    private func orient(_ sample: inout Sample, random: inout SampleRandom) {
        // Two flips are half a turn, so that mirroring columns and turning make all of them.
        let columns = flips && random.chance(0.5)
        let rows = flips && random.chance(0.5)
        let isSquare = sample.images.values.allSatisfy { $0.height == $0.width }
        let turned = turns ? random.below(4) : 0
        let quarter = isSquare ? turned : turned / 2 * 2
        // Rows mirrored are columns mirrored and half a turn.
        let orientation = Orientation(isMirrored: columns != rows, turns: (quarter + (rows ? 2 : 0)) % 4)
        for (role, image) in sample.images { sample.images[role] = orientation.apply(to: image) }
    }
}
