/// A square cut out of all images of a sample at one place, which begins with a whole pixel of the coarse image.
struct AlignedCrop: Sendable, Hashable {
    /// Side in pixels of the sharp image; a multiple of the ratio.
    let side: Int
    let ratio: Int

    /// Cuts the square out.
    ///
    /// - Throws: ``DatasetError/Code/setting`` where an image is smaller.
    func apply(to sample: inout Sample, random: inout SampleRandom) throws(DatasetError) {
        let fine = sample.images.filter { $0.key != .ms }.values.first
        let ms = sample.images[.ms]
        let unit = ms == nil ? 1 : ratio
        let height = fine?.height ?? (ms?.height ?? 0) * ratio
        let width = fine?.width ?? (ms?.width ?? 0) * ratio
        guard side <= height, side <= width else {
            throw DatasetError(
                .setting, sample.name, "a square of \(side) pixels can't be cut out of \(height) × \(width).",
                remedy: "Make the crop smaller, or leave the sample out.")
        }
        let row = random.below((height - side) / unit + 1)
        let column = random.below((width - side) / unit + 1)
        for (role, image) in sample.images {
            let (unit, side) = role == .ms ? (1, self.side / ratio) : (unit, self.side)
            sample.images[role] = image.cropped(
                rows: row * unit..<row * unit + side, columns: column * unit..<column * unit + side)
        }
    }
}
