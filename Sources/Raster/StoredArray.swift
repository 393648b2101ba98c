/// An array in a file that holds arrays by name, as HDF5 and MAT files do.
package struct StoredArray: Hashable, Sendable {
    /// Its name, in HDF5 with the groups that it lies in: "/scene/cube".
    package var name: String
    /// The lengths of its axes as the program that wrote it sees them: MATLAB's arrays are rows × columns × bands, though
    /// HDF5 files keep their axes in reverse.
    package var lengths: [Int]
    /// What the file calls the axes; empty texts where it does not.
    package var axes: [String]
    /// The type of its numbers, or of what it holds instead.
    package var type: String
    /// Whether it holds real numbers.
    package var isNumeric: Bool
    /// Whether MATLAB wrote it.
    package var isMATLAB: Bool

    /// An array of a file.
    package init(
        name: String, lengths: [Int], axes: [String]? = nil, type: String = "Float32", isNumeric: Bool = true,
        isMATLAB: Bool = false
    ) {
        (self.name, self.lengths, self.type) = (name, lengths, type)
        self.axes = axes ?? lengths.map { _ in "" }
        (self.isNumeric, self.isMATLAB) = (isNumeric, isMATLAB)
    }

    /// The last part of the name.
    var lastName: String { name.split(separator: "/").last.map(String.init) ?? name }

    /// Whether it is a list of numbers: all axes but one have one place at most.
    var isList: Bool { isNumeric && lengths.filter { $0 > 1 }.count <= 1 && !lengths.contains(0) }

    /// Whether it lists the wavelengths of bands, by its name.
    var isWavelengths: Bool {
        let name = lastName.lowercased()
        return isList && (name.contains("wavelength") || ["lambda", "lambdas", "wl", "wls"].contains(name))
    }

    /// Whether it lists the widths of bands, by its name.
    var isWidths: Bool { isList && lastName.lowercased() == "fwhm" }

    /// Whether it may be an image or a stack of images.
    var isImage: Bool {
        isNumeric && (2...4).contains(lengths.count) && !lengths.contains(0) && lengths.filter { $0 > 1 }.count >= 2
    }

    /// Such as "/ms (Float32, 9714 × 8 × 16 × 16)".
    var description: String { "\(name) (\(type), \(lengths.map(String.init).joined(separator: " × ")))" }

    /// The one that a selection means.
    ///
    /// - Throws: ``RasterError/Code/unclearImage`` with what the file holds, ``RasterError/Code/unsupportedSamples``.
    package static func chosen(
        from arrays: [StoredArray], by selection: ArraySelection?, file: String
    ) throws(RasterError) -> StoredArray {
        guard let name = selection?.name else {
            let images = arrays.filter(\.isImage)
            if images.count == 1 { return images[0] }
            let problem =
                images.isEmpty
                ? "it holds no array that could be an image."
                : "it holds \(images.count) arrays that could be the image."
            throw unclear(file, problem, among: images.isEmpty ? arrays : images)
        }
        guard let array = arrays.first(where: { $0.name == name || $0.name == "/" + name }) else {
            throw unclear(file, "it holds no array \(name).", among: arrays)
        }
        guard array.isNumeric else {
            throw RasterError(
                .unsupportedSamples, file: file, "\(array.description) holds no real numbers.",
                remedy: "Name an array of numbers.")
        }
        guard array.isImage || (array.lengths.count == 2 && !array.lengths.contains(0)) else {
            throw unclear(file, "\(array.description) is no image.", among: arrays.filter(\.isImage))
        }
        return array
    }

    private static func unclear(_ file: String, _ problem: String, among arrays: [StoredArray]) -> RasterError {
        let list = arrays.prefix(12).map(\.description).joined(separator: ", ") + (arrays.count > 12 ? ", …" : "")
        let example = arrays.first { $0.isImage }?.name ?? "NAME"
        return RasterError(
            .unclearImage, file: file, problem,
            remedy: list.isEmpty
                ? "Give a file with an array of 2 to 4 axes."
                : "Name one, such as \(file):\(example). It holds \(list).")
    }
}
