import Foundation
import Raster

/// Scenes of the test toolbox, one a file: MAT of any version, or HDF5, with one image under each name.
///
/// A scene is read when it is needed and not kept. MAT files up to version 7 can only be read as a whole.
public struct ArrayScenesSource: SampleSource {
    /// The files, one scene each.
    public let files: [String]
    /// Size of a multispectral pixel in PAN pixels.
    public let ratio: Int
    private let layout: ArrayLayout
    private let scale: PeakScale

    /// How many scenes there are.
    public var count: Int { files.count }

    /// Looks at the first scene; the others have to have its ratio.
    ///
    /// - Parameters:
    ///   - files: at least one.
    ///   - peak: what counts as 1, such as 2047 for 11 bits.
    ///   - layout: the names of the arrays.
    /// - Throws: `RasterError`, ``DatasetError`` with `empty`, `missingArray`, `shape` or `peak`.
    public init(files: [String], peak: Double, layout: ArrayLayout = .toolbox) throws {
        scale = try PeakScale(peak)
        guard let first = files.first else {
            throw DatasetError(.empty, "scenes", "there are no files.", remedy: "Name at least one.")
        }
        (self.files, self.layout) = (files, layout)
        ratio = try Scene(first, layout).sizes.ratio
    }

    /// The scenes of a folder: all its files in `.mat`, in the order of their names.
    ///
    /// - Throws: as ``init(files:peak:layout:)``, and `noFolder`.
    public init(folder: String, peak: Double, layout: ArrayLayout = .toolbox) throws {
        let files = try FileListing.files(of: folder, extensions: ["mat"])
        guard !files.isEmpty else {
            throw DatasetError(.empty, folder, "it holds no file in .mat.", remedy: "Name the folder of the scenes.")
        }
        try self.init(files: files, peak: peak, layout: layout)
    }

    /// Reads a scene; nothing about it is random.
    ///
    /// - Throws: as ``init(files:peak:layout:)``, and `notFinite`.
    public func sample(_ index: Int, random: inout SampleRandom) throws -> Sample {
        let scene = try Scene(files[index], layout)
        guard scene.sizes.ratio == ratio else {
            throw DatasetError(
                .shape, files[index], "its ratio is \(scene.sizes.ratio), that of \(files[0]) \(ratio).",
                remedy: "Give scenes of one ratio.")
        }
        var images: [SampleRole: SampleImage] = [:]
        for (role, reader) in scene.readers {
            var values: [Float] = try reader.read(reader.profile.window)
            try scale.apply(to: &values, place: reader.file)
            let profile = reader.profile
            images[role] = SampleImage(
                bands: profile.bands.count, height: profile.height, width: profile.width, values: values)
        }
        return Sample(images: images, name: files[index])
    }

    /// An open file.
    private struct Scene {
        let readers: [SampleRole: RasterReader]
        let sizes: SampleSizes

        init(_ file: String, _ layout: ArrayLayout) throws {
            let arrays = try layout.arrays(of: file)
            func open(_ array: StoredArray) throws -> RasterReader {
                // MATLAB's axes need not be told, and a band alone has none.
                let isPlain = array.isMATLAB || array.lengths.count == 2
                return try RasterReader("\(file):\(array.name)" + (isPlain ? "" : "@\(layout.order.rawValue)"))
            }
            var readers = [SampleRole.ms: try open(arrays.ms), .pan: try open(arrays.pan)]
            if let reference = arrays.reference { readers[.reference] = try open(reference) }
            func size(_ role: SampleRole) -> SampleSizes.Size? {
                readers[role].map { reader in
                    let profile = reader.profile
                    return SampleSizes.Size(
                        name: reader.file, bands: profile.bands.count, height: profile.height, width: profile.width)
                }
            }
            guard let ms = size(.ms), let pan = size(.pan) else { preconditionFailure("both were just opened") }
            sizes = try SampleSizes(place: file, ms: ms, pan: pan, reference: size(.reference))
            self.readers = readers
        }
    }
}
