import Sensors

/// Pixels along the border that do not count.
public enum BorderCut: String, Sendable, Hashable, CaseIterable {
    /// Every pixel counts.
    case none
    /// 20 rows and columns at the start and 21 at the end are cut, as the DLPan toolbox does for published tables.
    case dlpan

    /// The stretch of an axis that is left.
    package func kept(of count: Int) -> Range<Int> {
        switch self {
        case .none: 0..<count
        case .dlpan: min(20, count)..<max(min(20, count), count - 21)
        }
    }
}

/// A reference and a fused image that can be compared.
public struct ImagePair: Sendable {
    /// The truth, (C, H, W), after the border cut.
    public let reference: Image
    /// The image to be judged, of the same shape.
    public let fused: Image
    /// Size of a multispectral pixel in PAN pixels; ERGAS depends on it.
    public let ratio: Double
    /// The largest value that a sample can have, 2^L − 1; PSNR and SSIM depend on it.
    public let peak: Double
    /// Which pixels count, row by row; all of them when nil.
    public let isValid: [Bool]?

    /// Checks and cuts a pair.
    ///
    /// - Parameters:
    ///   - reference: (C, H, W), digital numbers or any other linear unit.
    ///   - fused: same shape and unit.
    ///   - ratio: size of a multispectral pixel in PAN pixels.
    ///   - peak: the largest value that a sample can have, such as 2047 for 11 bits.
    ///   - border: pixels along the border that do not count.
    ///   - isValid: which pixels count, row by row, H × W; all of them when nil.
    public init(
        reference: Image, fused: Image, ratio: Double, peak: Double, border: BorderCut = .none, isValid: [Bool]? = nil
    ) throws(MetricError) {
        func shape(_ image: Image) -> String { "\(image.bands) × \(image.height) × \(image.width)" }
        guard shape(reference) == shape(fused) else {
            throw .shapes(reference: shape(reference), fused: shape(fused))
        }
        if let isValid, isValid.count != reference.pixels {
            throw .mask(pixels: isValid.count, expected: reference.pixels)
        }
        let rows = border.kept(of: reference.height)
        let columns = border.kept(of: reference.width)
        guard reference.bands > 0, !rows.isEmpty, !columns.isEmpty else { throw .empty(shape(reference)) }
        self.ratio = ratio
        self.peak = peak
        let isCut = border != .none
        self.reference = isCut ? reference.cropped(rows: rows, columns: columns) : reference
        self.fused = isCut ? fused.cropped(rows: rows, columns: columns) : fused
        self.isValid = isValid.map { isValid in
            rows.flatMap { row in columns.map { isValid[row * reference.width + $0] } }
        }
        for (name, image) in [("reference", self.reference), ("fused image", self.fused)] {
            let count = Self.countNotFinite(image, isValid: self.isValid)
            guard count == 0 else { throw .notFinite(image: name, samples: count) }
        }
    }

    static func countNotFinite(_ image: Image, isValid: [Bool]?) -> Int {
        var count = 0
        for (index, value) in image.values.enumerated() where !value.isFinite {
            if isValid?[index % image.pixels] ?? true { count += 1 }
        }
        return count
    }

    /// 1 at pixels that do not count, 0 elsewhere; nil when all count.
    var masked: [Double]? { isValid.map { $0.map { $0 ? 0 : 1 } } }

    func requireSide(_ minimum: Int, for metric: String) throws(MetricError) {
        guard min(reference.height, reference.width) >= minimum else {
            throw .tooSmall(metric: metric, height: reference.height, width: reference.width, minimum: minimum)
        }
    }
}
