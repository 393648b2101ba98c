/// The mean of both pictures.
public struct AverageFusion: PairMethod {
    /// The name on the command line.
    public let name = "average"
    /// Its full name.
    public let title = "average"
    /// One line for people who choose.
    public let summary = "the mean of both at every pixel"
    /// Who published it.
    public let source = "common baseline"
    /// Pixels are fused one by one.
    public let sizeMultiple = 1
    /// Bytes of memory for each pixel.
    public let bytesPerPixel = 12

    /// The method has no settings.
    public init() {}

    /// (a + b)/2
    public func fuse(_ first: [Float], _ second: [Float], height: Int, width: Int) -> [Float] {
        zip(first, second).map { ($0 + $1) / 2 }
    }
}

/// The brighter of both pictures.
public struct MaximumFusion: PairMethod {
    /// The name on the command line.
    public let name = "maximum"
    /// Its full name.
    public let title = "maximum"
    /// One line for people who choose.
    public let summary = "the brighter of both at every pixel"
    /// Who published it.
    public let source = "common baseline"
    /// Pixels are fused one by one.
    public let sizeMultiple = 1
    /// Bytes of memory for each pixel.
    public let bytesPerPixel = 12

    /// The method has no settings.
    public init() {}

    /// max(a, b)
    public func fuse(_ first: [Float], _ second: [Float], height: Int, width: Int) -> [Float] {
        zip(first, second).map { max($0, $1) }
    }
}
