/// Names of folders that hold the two halves of pairs of pictures.
enum PictureFolders {
    /// Pictures with the structure, and what they are fused with.
    private static let layouts: [(first: Set<String>, second: Set<String>)] = [
        (["vi", "vis", "visible", "rgb"], ["ir", "infrared", "lwir", "thermal"]),
        (["mri"], ["ct", "pet", "spect"]),
        (["pc", "phase"], ["gfp"]),
    ]

    /// For errors.
    static let examples = "vi and ir, visible and lwir, MRI and CT, PET or SPECT, PC and GFP"

    private static let mostDepth = 4

    /// Every two folders of a known layout in a folder and below it.
    static func all(below folder: String, depth: Int = 0) throws(DatasetError) -> [(first: String, second: String)] {
        let names = try FileListing.names(in: folder).filter { FileListing.isFolder("\(folder)/\($0)") }
        var found: [(first: String, second: String)] = []
        for layout in layouts {
            guard let first = names.first(where: { layout.first.contains($0.lowercased()) }) else { continue }
            for second in names where layout.second.contains(second.lowercased()) {
                found.append(("\(folder)/\(first)", "\(folder)/\(second)"))
            }
        }
        guard found.isEmpty, depth < mostDepth else { return found }
        for name in names { found += try all(below: "\(folder)/\(name)", depth: depth + 1) }
        return found
    }
}
