import Raster

/// Samples in an HDF5 file of stacks, N × C × H × W under one name each: PanCollection, HISR and their like.
///
/// Samples are read one by one; the file is never in memory as a whole. Files whose arrays are stored in compressed blocks
/// of many samples are slow in random order, as each sample unpacks all blocks that it touches; `h5repack -l gt:CONTI`
/// and so on for each array makes them fast.
public struct StackSource: SampleSource {
    /// The file.
    public let file: String
    /// How many samples it holds.
    public let count: Int
    /// Size of a multispectral pixel in PAN pixels.
    public let ratio: Int
    /// Multispectral bands.
    public var bands: Int { stacks.ms.bands }
    /// Whether there is a truth.
    public var hasReference: Bool { stacks.reference != nil }
    private let stacks: (ms: ImageStack, pan: ImageStack, reference: ImageStack?)
    private let scale: PeakScale

    /// Opens a file and compares the shapes of its arrays.
    ///
    /// - Parameters:
    ///   - peak: what counts as 1: 2047 for PanCollection's WorldView and QuickBird files, 1023 for its GF2 ones
    ///     (`Sensor.peak`), 1 for HISR.
    ///   - layout: the names of the arrays.
    /// - Throws: `RasterError`, ``DatasetError`` with `missingArray`, `shape`, `peak` or `empty`.
    public init(_ file: String, peak: Double, layout: ArrayLayout = .panCollection) throws {
        scale = try PeakScale(peak)
        let arrays = try layout.arrays(of: file)
        func open(_ array: StoredArray) throws -> ImageStack {
            guard array.lengths.count == 4 else {
                throw DatasetError(
                    .shape, "\(file):\(array.name)",
                    "it is \(array.lengths.map(String.init).joined(separator: " × ")), no stack of images.",
                    remedy: "Give arrays of samples × bands × rows × columns.")
            }
            return try ImageStack(file, array: array, order: layout.order.rawValue)
        }
        let (ms, pan) = (try open(arrays.ms), try open(arrays.pan))
        let reference = try arrays.reference.map(open)
        let interpolated = try arrays.interpolated.map(open)
        for other in [pan, reference, interpolated].compactMap({ $0 }) where other.count != ms.count {
            throw DatasetError(
                .shape, file, "\(ms.name) holds \(ms.count) samples and \(other.name) \(other.count).",
                remedy: "Check how the file was made.")
        }
        ratio = try SampleSizes(
            place: file, ms: ms.sizes, pan: pan.sizes, reference: reference?.sizes, interpolated: interpolated?.sizes
        ).ratio
        guard ms.count > 0 else {
            throw DatasetError(.empty, file, "its arrays hold 0 samples.", remedy: "Give a file with samples.")
        }
        (self.file, count, stacks) = (file, ms.count, (ms, pan, reference))
    }

    /// Reads a sample; nothing about it is random.
    ///
    /// - Throws: `RasterError` for a damaged file, ``DatasetError`` with `peak` or `notFinite`.
    public func sample(_ index: Int, random: inout SampleRandom) throws -> Sample {
        var images = [
            SampleRole.ms: try image(index, of: stacks.ms), .pan: try image(index, of: stacks.pan),
        ]
        if let reference = stacks.reference { images[.reference] = try image(index, of: reference) }
        return Sample(images: images, name: "\(file)[\(index)]")
    }

    private func image(_ index: Int, of stack: ImageStack) throws -> SampleImage {
        var values = try stack.read(index)
        try scale.apply(to: &values, place: "\(stack.name)[\(index)]")
        return SampleImage(bands: stack.bands, height: stack.height, width: stack.width, values: values)
    }
}

extension ImageStack {
    /// The size of its images.
    fileprivate var sizes: SampleSizes.Size {
        SampleSizes.Size(name: name, bands: bands, height: height, width: width)
    }
}
