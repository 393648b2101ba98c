/// Fusion of two images by weights that follow their edges (Li, Kang, Hu 2013, GFF).
///
///     B = box₃₁(I), D = I − B                                          base and detail
///     S = gauss₁₁,₅(|laplace(I)|), P = 1 where this image's S is the larger one
///     W_B = guided(P, I; r = 45, ε = 0.3), W_D = guided(P, I; r = 7, ε = 10⁻⁶), each divided by the sum of both images'
///     F = Σ W_B·B + Σ W_D·D
///
/// with the authors' settings for images in 0…1.
public struct GuidedFilterFusion: PairMethod {
    /// The name on the command line.
    public let name = "GFF"
    /// Its full name.
    public let title = "guided filter fusion"
    /// One line for people who choose.
    public let summary = "base and detail of both, weighted by which is more salient, along the edges of each"
    /// Who published it.
    public let source = "Li, Kang, Hu: Image Fusion With Guided Filtering, IEEE TIP 22(7), 2013"
    /// The method has no scales.
    public let sizeMultiple = 1
    /// Bytes of memory for each pixel.
    public let bytesPerPixel = 160

    /// The method has no settings.
    public init() {}

    /// Rarely beyond the range of the inputs.
    public func fuse(_ first: [Float], _ second: [Float], height: Int, width: Int) -> [Float] {
        let images = [first, second].map { GuidedPlane(height: height, width: width, values: $0.map(Double.init)) }
        let salience = images.map { $0.salience() }
        let firstWins = zip(salience[0].values, salience[1].values).map { $0 >= $1 }
        let choices = [true, false].map { isFirst in
            GuidedPlane(height: height, width: width, values: firstWins.map { $0 == isFirst ? 1 : 0 })
        }
        let bases = images.map { $0.boxMean(radius: 15) }
        func weights(radius: Int, epsilon: Double) -> [[Double]] {
            zip(choices, images).map { $0.guided(by: $1, radius: radius, epsilon: epsilon).values }
        }
        let (baseWeights, detailWeights) = (weights(radius: 45, epsilon: 0.3), weights(radius: 7, epsilon: 1e-6))
        return (0..<height * width).map { pixel in
            func mixed(_ weights: [[Double]], _ a: Double, _ b: Double) -> Double {
                let (one, two) = (max(weights[0][pixel], 0), max(weights[1][pixel], 0))
                let sum = one + two
                // Filtered choices may both end near 0; then neither is better.
                return sum > 1e-12 ? (one * a + two * b) / sum : (a + b) / 2
            }
            let (base, otherBase) = (bases[0].values[pixel], bases[1].values[pixel])
            return Float(
                mixed(baseWeights, base, otherBase)
                    + mixed(detailWeights, images[0].values[pixel] - base, images[1].values[pixel] - otherBase))
        }
    }
}

/// A plane with the filters of the method. Windows end at the edge of the image.
private struct GuidedPlane {
    let height: Int
    let width: Int
    var values: [Double]

    /// The mean of the pixels within a square of side 2·radius + 1, by running sums.
    func boxMean(radius: Int) -> GuidedPlane { sums(radius).transposed().sums(radius).transposed() }

    /// Means along rows.
    private func sums(_ radius: Int) -> GuidedPlane {
        var result = self
        result.values.withUnsafeMutableBufferPointer { result in
            values.withUnsafeBufferPointer { values in
                for row in 0..<height {
                    let start = row * width
                    var sum = 0.0
                    for column in 0..<min(radius, width) { sum += values[start + column] }
                    for column in 0..<width {
                        if column + radius < width { sum += values[start + column + radius] }
                        if column > radius { sum -= values[start + column - radius - 1] }
                        let count = min(column + radius, width - 1) - max(column - radius, 0) + 1
                        result[start + column] = sum / Double(count)
                    }
                }
            }
        }
        return result
    }

    private func transposed() -> GuidedPlane {
        var result = GuidedPlane(height: width, width: height, values: values)
        for row in 0..<height {
            for column in 0..<width { result.values[column * height + row] = values[row * width + column] }
        }
        return result
    }

    private func times(_ other: GuidedPlane) -> GuidedPlane {
        var result = self
        for index in values.indices { result.values[index] *= other.values[index] }
        return result
    }

    /// The guided filter of this plane (He, Sun, Tang 2013).
    func guided(by guide: GuidedPlane, radius: Int, epsilon: Double) -> GuidedPlane {
        var solver = LinearGuide(
            guides: 1, means: guide.boxMean(radius: radius).values,
            products: [guide.times(guide).boxMean(radius: radius).values], pixels: values.count,
            regularisation: epsilon)
        var functions = [Double](repeating: 0, count: 2 * values.count)
        solver.solve(
            mean: boxMean(radius: radius).values, products: [times(guide).boxMean(radius: radius).values],
            into: &functions)
        func averaged(_ range: Range<Int>) -> GuidedPlane {
            GuidedPlane(height: height, width: width, values: Array(functions[range])).boxMean(radius: radius)
        }
        var result = averaged(0..<values.count).times(guide)
        let offset = averaged(values.count..<2 * values.count)
        for index in result.values.indices { result.values[index] += offset.values[index] }
        return result
    }

    /// Where there is something to see.
    func salience() -> GuidedPlane {
        var laplacian = self
        for row in 0..<height {
            for column in 0..<width {
                func sample(_ y: Int, _ x: Int) -> Double {
                    values[min(max(y, 0), height - 1) * width + min(max(x, 0), width - 1)]
                }
                laplacian.values[row * width + column] = abs(
                    sample(row - 1, column) + sample(row + 1, column) + sample(row, column - 1)
                        + sample(row, column + 1) - 4 * sample(row, column))
            }
        }
        return laplacian.blurred().transposed().blurred().transposed()
    }

    /// Gaussian of σ = 5 and 11 taps along rows, edges repeated.
    private func blurred() -> GuidedPlane {
        let weights = (-5...5).map { Self.gaussian[abs($0)] }
        var result = self
        for row in 0..<height {
            for column in 0..<width {
                var sum = 0.0
                for (tap, weight) in weights.enumerated() {
                    sum += weight * values[row * width + min(max(column + tap - 5, 0), width - 1)]
                }
                result.values[row * width + column] = sum
            }
        }
        return result
    }

    /// exp(−k²/50) for k = 0…5, as parts of the sum over −5…5.
    private static let gaussian: [Double] = {
        let taps = [1, 0.980_198_673, 0.923_116_346, 0.835_270_211, 0.726_149_037, 0.606_530_660]
        let sum = taps[0] + 2 * taps.dropFirst().reduce(0, +)
        return taps.map { $0 / sum }
    }()
}
