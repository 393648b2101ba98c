extension StoredArray {
    /// How many numbers it holds.
    var placeCount: Int { lengths.reduce(1, saturatingProduct) }

    /// The groups that it lies in.
    private var group: Substring { name[..<(name.lastIndex(of: "/") ?? name.startIndex)] }

    /// Whether another array lies in the same group.
    fileprivate func isBeside(_ other: StoredArray) -> Bool { group == other.group }
}

extension Wavelength {
    /// The wavelengths that a file keeps in a list of their own: the one in the group of the image, else any with a place for
    /// each band.
    ///
    /// - Parameter read: gives the numbers of a list and their unit.
    /// - Returns: one for each band; none where the file has none.
    static func list(
        bands: Int, beside image: StoredArray, in arrays: [StoredArray],
        read: (StoredArray) -> (values: [Double], unit: String)?
    ) -> [Wavelength] {
        func found(_ isWanted: (StoredArray) -> Bool) -> (values: [Double], unit: String)? {
            let lists = arrays.filter { isWanted($0) && $0.placeCount == bands && $0.name != image.name }
            guard let list = lists.first(where: image.isBeside) ?? lists.first, let numbers = read(list),
                numbers.values.allSatisfy({ $0.isFinite && $0 > 0 })
            else { return nil }
            return numbers
        }
        guard let centres = found(\.isWavelengths) else { return [] }
        let widths = found(\.isWidths)?.values
        let unit = centres.unit.isEmpty ? likelyUnit(of: centres.values) : standardName(of: centres.unit)
        return centres.values.enumerated().map { index, centre in
            Wavelength(centre: centre, width: widths?[index], unit: unit)
        }
    }
}
