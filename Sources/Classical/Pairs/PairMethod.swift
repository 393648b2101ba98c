/// Fusion without training of two pictures of one subject: what networks are compared with first.
public protocol PairMethod: Sendable {
    /// The name on the command line.
    var name: String { get }
    /// Its full name.
    var title: String { get }
    /// One line for people who choose.
    var summary: String { get }
    /// Who published it.
    var source: String { get }
    /// Where parts of an image have to begin, to see the same scales as the whole does.
    var sizeMultiple: Int { get }
    /// Bytes of memory for each pixel.
    var bytesPerPixel: Int { get }

    /// Fuses two pictures.
    ///
    /// - Parameters:
    ///   - first: (H, W) with H, W ≥ 1, 0…1.
    ///   - second: the same size.
    /// - Returns: (H, W); not clipped.
    func fuse(_ first: [Float], _ second: [Float], height: Int, width: Int) -> [Float]
}

/// The methods by name.
public enum PairMethods {
    /// Every method.
    public static let all: [any PairMethod] = [
        AverageFusion(), MaximumFusion(), LaplacianPyramid(), WaveletFusion(), DualTreeFusion(), GuidedFilterFusion(),
    ]

    /// The method of a name, in any case; nil when there is none.
    public static func named(_ name: String) -> (any PairMethod)? {
        all.first { $0.name.lowercased() == name.lowercased() }
    }
}
