/// The sizes of the images of a sample for sharpening, which have to fit together.
struct SampleSizes: Sendable {
    /// (bands, rows, columns) of an image, and what to call it in an error.
    struct Size: Sendable {
        let name: String
        let bands: Int
        let height: Int
        let width: Int

        var text: String { "\(name) is \(bands) × \(height) × \(width)" }
    }

    let ratio: Int

    /// Finds the ratio.
    ///
    /// - Parameters:
    ///   - reference: nil at full resolution.
    ///   - interpolated: the multispectral image that was brought to PAN's size, where a file has one.
    /// - Throws: ``DatasetError/Code/shape`` with both sizes.
    init(
        place: String, ms: Size, pan: Size, reference: Size?, interpolated: Size? = nil
    ) throws(DatasetError) {
        func fail(_ found: Size, _ other: Size, _ expected: String) -> DatasetError {
            DatasetError(
                .shape, place, "\(found.text) (bands × rows × columns) and \(other.text); \(expected).",
                remedy: "Check how the file was made.")
        }
        let ratio = ms.height > 0 ? pan.height / ms.height : 0
        guard ratio >= 1, ms.bands > 0, pan.bands > 0, pan.height == ratio * ms.height, pan.width == ratio * ms.width
        else { throw fail(pan, ms, "the first has to be a whole number of times as high and as wide") }
        for other in [reference, interpolated].compactMap({ $0 }) {
            guard other.bands == ms.bands else { throw fail(other, ms, "they have to have the same bands") }
            guard other.height == pan.height, other.width == pan.width else {
                throw fail(other, pan, "they have to have the same rows and columns")
            }
        }
        self.ratio = ratio
    }
}
