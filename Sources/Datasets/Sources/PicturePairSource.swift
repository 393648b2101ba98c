import Foundation

/// Pairs of registered pictures in two folders, matched by their names: infrared and visible light, MRI and CT, PET, SPECT.
///
/// A pair is two files of one name, whatever their endings. A sample has the brightness (luma) of both, 0…1:
/// ``SampleRole/first`` is the picture with the structure (visible light, MRI, phase contrast), ``SampleRole/second`` the
/// other one.
public struct PicturePairSource: SampleSource {
    /// Two files that show one place.
    public struct Pair: Sendable, Hashable {
        /// The picture with the structure.
        public let first: String
        /// The other one.
        public let second: String
    }

    /// The pairs, in the order of their names.
    public let pairs: [Pair]

    /// How many pairs there are.
    public var count: Int { pairs.count }

    /// Both pictures have the same size.
    public var ratio: Int { 1 }

    /// The pairs of two folders.
    ///
    /// - Throws: ``DatasetError`` with `noFolder`, `empty`, or `noPartner` with the names in question.
    public init(first: String, second: String) throws(DatasetError) {
        pairs = try Self.pairs(first, second)
    }

    /// The pairs below a folder, at any depth down to four: every folder that holds two folders of a known layout, such as
    /// `ir` and `vi`, `lwir` and `visible` (KAIST's `set00/V000`), `MRI` and `CT`.
    ///
    /// - Throws: ``DatasetError`` with `noFolder`, `empty` or `noPartner`.
    public init(folder: String) throws(DatasetError) {
        var pairs: [Pair] = []
        for folders in try PictureFolders.all(below: folder) {
            pairs += try Self.pairs(folders.first, folders.second)
        }
        guard !pairs.isEmpty else {
            throw DatasetError(
                .empty, folder, "it has no two folders of pictures with names of a known pair.",
                remedy: "Name both folders, or call them \(PictureFolders.examples).")
        }
        self.pairs = pairs
    }

    private static let endings: Set<String> = ["png", "jpg", "jpeg", "bmp", "tif", "tiff", "pgm", "ppm", "webp"]

    private static func pairs(_ first: String, _ second: String) throws(DatasetError) -> [Pair] {
        let files = (try byName(first), try byName(second))
        guard !files.0.isEmpty || !files.1.isEmpty else {
            throw DatasetError(
                .empty, first, "neither it nor \(second) holds pictures.",
                remedy: "Give folders with files in \(endings.sorted().map { "." + $0 }.joined(separator: ", ")).")
        }
        for (folder, names, other, partners) in [(first, files.0, second, files.1), (second, files.1, first, files.0)] {
            let alone = names.keys.filter { partners[$0] == nil }.sorted()
            guard alone.isEmpty else {
                let list = alone.prefix(5).joined(separator: ", ") + (alone.count > 5 ? ", …" : "")
                throw DatasetError(
                    .noPartner, folder,
                    "\(alone.count) of \(names.count) pictures have no partner in \(other): \(list).",
                    remedy: "Give partners the same name, or take the pictures out.")
            }
        }
        return files.0.keys.sorted().compactMap { name in
            guard let first = files.0[name], let second = files.1[name] else { return nil }
            return Pair(first: first, second: second)
        }
    }

    /// The pictures of a folder by their names without ending.
    private static func byName(_ folder: String) throws(DatasetError) -> [String: String] {
        var files: [String: String] = [:]
        for file in try FileListing.files(of: folder, extensions: endings) {
            let name = ((file as NSString).lastPathComponent as NSString).deletingPathExtension
            if let other = files.updateValue(file, forKey: name) {
                throw DatasetError(
                    .noPartner, file, "\(other) has the same name.", remedy: "Keep one of the two.")
            }
        }
        return files
    }

    /// Reads both pictures.
    ///
    /// - Throws: `RasterError`, ``DatasetError`` with `shape` where the sizes differ or a file is no picture.
    public func sample(_ index: Int, random: inout SampleRandom) throws -> Sample {
        let pair = pairs[index]
        let (first, second) = (try PictureLuma.read(pair.first), try PictureLuma.read(pair.second))
        guard first.height == second.height, first.width == second.width else {
            throw DatasetError(
                .shape, pair.first,
                "it has \(first.height) × \(first.width) pixels, \(pair.second) \(second.height) × \(second.width).",
                remedy: "Register the pictures, or cut them to one size.")
        }
        return Sample(images: [.first: first, .second: second], name: pair.first)
    }
}
