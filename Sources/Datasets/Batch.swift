/// Samples side by side.
public struct Batch: Sendable {
    /// The images of one role, one after the other.
    public struct Images: Sendable, Hashable {
        /// Samples, bands, rows, columns.
        public let shape: [Int]
        /// The values in (B, C, H, W) order.
        public let values: [Float]

        /// - Throws: ``DatasetError/Code/shape`` where the images differ in shape, or a sample has none.
        fileprivate init(of samples: [Sample], role: SampleRole) throws(DatasetError) {
            guard let owner = samples.first(where: { $0.images[role] != nil }), let example = owner.images[role] else {
                preconditionFailure("only roles that a sample has are asked for")
            }
            var values: [Float] = []
            values.reserveCapacity(samples.count * example.values.count)
            for sample in samples {
                guard let image = sample.images[role] else {
                    throw Self.mismatch(sample, owner, "has no image \(role.rawValue)", "has one")
                }
                guard (image.bands, image.height, image.width) == (example.bands, example.height, example.width) else {
                    throw Self.mismatch(
                        sample, owner, "has an image \(role.rawValue) of \(image.size) (bands × rows × columns)",
                        "one of \(example.size)")
                }
                values += image.values
            }
            shape = [samples.count, example.bands, example.height, example.width]
            self.values = values
        }

        private static func mismatch(
            _ sample: Sample, _ other: Sample, _ has: String, _ otherHas: String
        ) -> DatasetError {
            DatasetError(
                .shape, sample.name, "it \(has), and \(other.name), of the same batch, \(otherHas).",
                remedy: "Cut patches of one size out of the samples, or take batches of 1.")
        }
    }

    /// The images by what they are; none in a batch without samples.
    public let images: [SampleRole: Images]
    /// The indices of the samples in their source.
    public let indices: [Int]
    /// Where the samples come from, for people.
    public let names: [String]

    /// Puts samples side by side.
    ///
    /// - Throws: ``DatasetError/Code/shape`` where their images differ in shape or role.
    package init(_ samples: [Sample], indices: [Int]) throws(DatasetError) {
        var images: [SampleRole: Images] = [:]
        for role in Set(samples.flatMap(\.images.keys)) { images[role] = try Images(of: samples, role: role) }
        (self.images, self.indices, names) = (images, indices, samples.map(\.name))
    }
}
