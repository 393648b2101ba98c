/// Which axes of an array are rows, columns and bands.
///
/// What the selection says counts first, and MATLAB's arrays are rows × columns × bands (× images). Of other arrays with
/// three axes the bands are the first or the last one:
///
/// 1. the one whose name says so, such as "bands" or "wavelength";
/// 2. the only one that has as many places as the file has wavelengths;
/// 3. the one that differs while the other two are equal;
/// 4. the one that is shorter than half of each of the others.
///
/// Where none of these tells, the user has to. A stack of images has one axis more: the first one, MATLAB's last.
package struct CubeAxes: Hashable, Sendable {
    /// The axis along which rows follow each other.
    package let row: Int
    /// The axis along which columns follow each other.
    package let column: Int
    /// The axis of bands; nil where there is one band only.
    package let band: Int?
    /// The axis of a stack of images, and which of them is meant.
    package let stack: Stack?

    /// One image of a stack.
    package struct Stack: Hashable, Sendable {
        /// The axis.
        package let axis: Int
        /// The image, from 0.
        package let index: Int
    }

    /// The axes of an array with 2 to 4 of them.
    ///
    /// - Parameter wavelengthCounts: how many places the lists of wavelengths have that the file holds.
    /// - Throws: ``RasterError/Code/unclearImage`` with what to add to the file's name.
    package init(
        of array: StoredArray, selection: ArraySelection?, wavelengthCounts: Set<Int>, file: String
    ) throws(RasterError) {
        let rank = array.lengths.count
        let name = "\(file):\(array.name)"
        var axes = Array(0..<rank)
        if rank == 4 || (rank == 3 && selection?.index != nil) {
            let axis = array.isMATLAB ? rank - 1 : 0
            let count = array.lengths[axis]
            guard let index = selection?.index ?? (count == 1 ? 0 : nil), index < count else {
                throw RasterError(
                    .unclearImage, file: file, "\(array.description) holds \(count) images.",
                    remedy: "Name one of them from \(name)[0] to \(name)[\(count - 1)].")
            }
            axes.remove(at: axis)
            stack = Stack(axis: axis, index: index)
        } else {
            if selection?.index != nil {
                throw RasterError(
                    .unclearImage, file: file, "\(array.description) is one image, no stack of them.",
                    remedy: "Leave the brackets out: \(name).")
            }
            stack = nil
        }
        let order =
            selection?.order
            ?? (axes.count == 2
                ? "hw"
                : array.isMATLAB
                    ? "hwc" : Self.order(of: axes.map { (array.lengths[$0], array.axes[$0]) }, wavelengthCounts))
        guard let order, order.count == axes.count else {
            let choices = axes.count == 2 ? ["hw", "wh"] : ["chw", "hwc"]
            throw RasterError(
                .unclearImage, file: file,
                "which axes of \(array.description) are bands, rows and columns is not clear.",
                remedy: "Say it: \(name)@\(choices[0]), or \(name)@\(choices[1]).")
        }
        let places = Dictionary(uniqueKeysWithValues: zip(order, axes))
        guard let row = places["h"], let column = places["w"] else {
            preconditionFailure("\(order) was checked to have rows and columns")
        }
        (self.row, self.column, band) = (row, column, places["c"])
    }

    /// "chw" or "hwc", whichever the lengths and names of three axes tell; nil when they don't.
    private static func order(of axes: [(length: Int, name: String)], _ wavelengthCounts: Set<Int>) -> String? {
        func decided(_ isBands: (Int) -> Bool) -> String? {
            isBands(0) == isBands(2) ? nil : isBands(0) ? "chw" : "hwc"
        }
        let lengths = axes.map(\.length)
        return decided { place in
            let name = axes[place].name.lowercased()
            return ["band", "wavelength", "channel", "spectral", "lambda"].contains { name.contains($0) }
        } ?? decided { wavelengthCounts.contains(lengths[$0]) }
            ?? decided { place in
                let others = lengths.indices.filter { $0 != place }.map { lengths[$0] }
                return others[0] == others[1] && lengths[place] != others[0]
            }
            ?? decided { place in
                lengths.indices.allSatisfy { $0 == place || 2 * lengths[place] < lengths[$0] }
            }
    }
}
