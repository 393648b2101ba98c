/// Fusion of two images by their wavelet transforms (Li, Manjunath, Mitra 1995): of each detail the one of the larger absolute
/// value, the mean of what is left.
///
/// The wavelet is the biorthogonal 9/7 of Cohen, Daubechies and Feauveau in four lifting steps (Daubechies, Sweldens 1998,
/// section 7.7), which takes images of any size and mirrors them at their edges. It is not shift-invariant, so a moved
/// picture is fused a little differently; ``DualTreeFusion`` hardly is.
public struct WaveletFusion: PairMethod {
    /// The name on the command line.
    public let name = "DWT"
    /// Its full name.
    public let title = "discrete wavelet transform"
    /// One line for people who choose.
    public let summary = "the stronger wavelet coefficient of the two, the mean of the coarsest scale"
    /// Who published it.
    public let source = "Li, Manjunath, Mitra: Multisensor Image Fusion Using the Wavelet Transform, GMIP 57(3), 1995"
    /// Parts that begin at such places have the same coefficients as the whole.
    public let sizeMultiple = 1 << WaveletFusion.levels
    /// Bytes of memory for each pixel.
    public let bytesPerPixel = 24

    private static let levels = 4
    /// α, β, γ, δ of the lifting steps. The scaling that follows them changes no choice and is left out.
    private static let steps: [Float] = [-1.586_134_342, -0.052_980_118, 0.882_911_075, 0.443_506_852]

    /// The method has no settings.
    public init() {}

    /// Beyond the range of the inputs near strong edges.
    public func fuse(_ first: [Float], _ second: [Float], height: Int, width: Int) -> [Float] {
        var (a, b) = (first, second)
        for level in 0..<Self.levels {
            Self.lift(&a, height, width, spacing: 1 << level)
            Self.lift(&b, height, width, spacing: 1 << level)
        }
        // Coefficients lie where their pixels are: those of the coarsest scale at every 2^levels-th.
        let coarse = sizeMultiple
        for row in 0..<height {
            for column in 0..<width {
                let index = row * width + column
                if row % coarse == 0 && column % coarse == 0 {
                    a[index] = (a[index] + b[index]) / 2
                } else if abs(b[index]) > abs(a[index]) {
                    a[index] = b[index]
                }
            }
        }
        for level in (0..<Self.levels).reversed() { Self.unlift(&a, height, width, spacing: 1 << level) }
        return a
    }

    private static func lift(_ values: inout [Float], _ height: Int, _ width: Int, spacing: Int) {
        for (step, weight) in steps.enumerated() {
            alongRows(&values, height, width, spacing, isOdd: step % 2 == 0, weight)
        }
        for (step, weight) in steps.enumerated() {
            alongColumns(&values, height, width, spacing, isOdd: step % 2 == 0, weight)
        }
    }

    private static func unlift(_ values: inout [Float], _ height: Int, _ width: Int, spacing: Int) {
        for (step, weight) in steps.enumerated().reversed() {
            alongColumns(&values, height, width, spacing, isOdd: step % 2 == 0, -weight)
        }
        for (step, weight) in steps.enumerated().reversed() {
            alongRows(&values, height, width, spacing, isOdd: step % 2 == 0, -weight)
        }
    }

    /// Adds weight · (left + right) to every second sample of the rows.
    private static func alongRows(
        _ values: inout [Float], _ height: Int, _ width: Int, _ spacing: Int, isOdd: Bool, _ weight: Float
    ) {
        let count = (width + spacing - 1) / spacing
        guard count > 1 else { return }
        values.withUnsafeMutableBufferPointer { values in
            for row in stride(from: 0, to: height, by: spacing) {
                let start = row * width
                for index in stride(from: isOdd ? 1 : 0, to: count, by: 2) {
                    let (left, right) = neighbours(of: index, count: count)
                    values[start + index * spacing] +=
                        weight * (values[start + left * spacing] + values[start + right * spacing])
                }
            }
        }
    }

    /// Adds weight · (above + below) to every second sample of the columns.
    private static func alongColumns(
        _ values: inout [Float], _ height: Int, _ width: Int, _ spacing: Int, isOdd: Bool, _ weight: Float
    ) {
        let count = (height + spacing - 1) / spacing
        guard count > 1 else { return }
        values.withUnsafeMutableBufferPointer { values in
            for index in stride(from: isOdd ? 1 : 0, to: count, by: 2) {
                let (above, below) = neighbours(of: index, count: count)
                let row = index * spacing * width
                let (first, second) = (above * spacing * width, below * spacing * width)
                for column in stride(from: 0, to: width, by: spacing) {
                    values[row + column] += weight * (values[first + column] + values[second + column])
                }
            }
        }
    }

    /// The samples beside one, mirrored at the ends.
    private static func neighbours(of index: Int, count: Int) -> (Int, Int) {
        (index > 0 ? index - 1 : 1, index + 1 < count ? index + 1 : count - 2)
    }
}
