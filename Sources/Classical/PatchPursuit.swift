import Sensors

/// Patches of detail as combinations of few patches of a dictionary (``SRD``).
struct PatchPursuit {
    private static let side = 7
    private static let step = 3
    private static let mostAtoms = 10

    private let high: Image
    private let ratio: Int
    private let bands: Int
    /// Rows and columns of a patch.
    private let patchHeight: Int
    private let patchWidth: Int
    private let origins: [(row: Int, column: Int)]
    /// Patches of the target and of the dictionary, one after another, each band by band.
    private let targets: [Double]
    private let atoms: [Double]

    /// - Parameters:
    ///   - target: what is approximated, on the coarse grid.
    ///   - low: the dictionary on the coarse grid.
    ///   - high: the dictionary on the PAN grid.
    init(target: Image, low: Image, high: Image, ratio: Int) {
        self.high = high
        self.ratio = ratio
        bands = target.bands
        let (height, width) = (min(Self.side, target.height), min(Self.side, target.width))
        (patchHeight, patchWidth) = (height, width)
        func starts(_ length: Int, _ patch: Int) -> [Int] {
            var starts = Array(stride(from: 0, through: length - patch, by: Self.step))
            if let last = starts.last, last + patch < length { starts.append(length - patch) }
            return starts
        }
        let origins = starts(target.height, height).flatMap { row in
            starts(target.width, width).map { (row: row, column: $0) }
        }
        self.origins = origins
        func patches(_ image: Image) -> [Double] {
            origins.flatMap { origin in
                image.cropped(
                    rows: origin.row..<origin.row + height, columns: origin.column..<origin.column + width
                ).values
            }
        }
        targets = patches(target)
        atoms = patches(low)
    }

    /// The detail on the PAN grid, overlapping patches averaged.
    ///
    /// - Parameter repeatsFirst: whether the first patch is pursued at every place.
    func detail(repeatsFirst: Bool) -> Image {
        var sum = Image(bands: bands, height: high.height, width: high.width)
        var counts = [Double](repeating: 0, count: high.pixels)
        for patch in origins.indices {
            let (chosen, coefficients) = pursue(repeatsFirst ? 0 : patch)
            add(patch, chosen, coefficients, to: &sum, &counts)
        }
        for band in 0..<bands {
            for pixel in 0..<high.pixels where counts[pixel] > 0 {
                sum.values[band * high.pixels + pixel] /= counts[pixel]
            }
        }
        return sum
    }

    /// The atoms of a patch and, for each band, their coefficients.
    private func pursue(_ patch: Int) -> (chosen: [Int], coefficients: [[Double]]) {
        let size = bands * patchHeight * patchWidth
        let target = Array(targets[patch * size..<(patch + 1) * size])
        var residual = target
        var chosen: [Int] = []
        var coefficients: [[Double]] = []
        while chosen.count < Self.mostAtoms {
            chosen.append(chosen.isEmpty ? patch : nearest(to: residual))
            (coefficients, residual) = project(target, on: chosen)
            if residual.allSatisfy({ $0 == 0 }) { break }
        }
        return (chosen, coefficients)
    }

    /// The atom with the largest product with the residual.
    private func nearest(to residual: [Double]) -> Int {
        let size = residual.count
        var (best, largest) = (0, -1.0)
        atoms.withUnsafeBufferPointer { atoms in
            residual.withUnsafeBufferPointer { residual in
                guard let first = atoms.baseAddress, let other = residual.baseAddress else { return }
                for atom in origins.indices {
                    let own = first + atom * size
                    var partial = SIMD8<Double>.zero
                    var index = 0
                    while index + 8 <= size {
                        let a = UnsafeRawPointer(own + index).loadUnaligned(as: SIMD8<Double>.self)
                        let b = UnsafeRawPointer(other + index).loadUnaligned(as: SIMD8<Double>.self)
                        partial += a * b
                        index += 8
                    }
                    var sum = partial.sum()
                    while index < size {
                        sum += own[index] * other[index]
                        index += 1
                    }
                    if abs(sum) > largest { (best, largest) = (atom, abs(sum)) }
                }
            }
        }
        return best
    }

    private static func dot(_ first: ArraySlice<Double>, _ second: ArraySlice<Double>) -> Double {
        zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// Least squares of a patch on atoms, for each band.
    private func project(_ target: [Double], on chosen: [Int]) -> (coefficients: [[Double]], residual: [Double]) {
        let plane = patchHeight * patchWidth
        let (size, count) = (bands * plane, chosen.count)
        var residual = target
        var coefficients: [[Double]] = []
        for band in 0..<bands {
            func column(_ atom: Int) -> ArraySlice<Double> {
                let start = chosen[atom] * size + band * plane
                return atoms[start..<start + plane]
            }
            let own = target[band * plane..<(band + 1) * plane]
            let gram = (0..<count * count).map { Self.dot(column($0 / count), column($0 % count)) }
            let products = (0..<count).map { Self.dot(column($0), own) }
            // A singular system: no coefficients, as where the determinant is small.
            let solved = LeastSquares.solution(gram, products) ?? (values: [], determinant: 0)
            let solution = solved.determinant > 0.1 ? solved.values : [Double](repeating: 0, count: count)
            coefficients.append(solution)
            for atom in 0..<count {
                for (pixel, sample) in column(atom).enumerated() {
                    residual[band * plane + pixel] -= solution[atom] * sample
                }
            }
        }
        return (coefficients, residual)
    }

    /// Adds the combination of fine patches where a patch lies.
    private func add(
        _ patch: Int, _ chosen: [Int], _ coefficients: [[Double]], to sum: inout Image, _ counts: inout [Double]
    ) {
        let (rows, columns) = (origins[patch].row * ratio, origins[patch].column * ratio)
        let height = min(patchHeight * ratio, high.height - rows)
        let width = min(patchWidth * ratio, high.width - columns)
        for row in 0..<height {
            for column in 0..<width { counts[(rows + row) * high.width + columns + column] += 1 }
        }
        for band in 0..<bands {
            for (atom, coefficient) in zip(chosen, coefficients[band]) where coefficient != 0 {
                let (fromRow, fromColumn) = (origins[atom].row * ratio, origins[atom].column * ratio)
                for row in 0..<min(height, high.height - fromRow) {
                    let target = (band * high.height + rows + row) * high.width + columns
                    let source = (band * high.height + fromRow + row) * high.width + fromColumn
                    for column in 0..<min(width, high.width - fromColumn) {
                        sum.values[target + column] += coefficient * high.values[source + column]
                    }
                }
            }
        }
    }
}
