import Sensors

/// Model-based fusion in the wavelet domain of principal components.
///
/// Y = MS enlarged by cubic convolution; G = Y·R, R its right singular vectors. X = P, X̃ = P reduced (bilinear) and enlarged
/// (cubic). All are decomposed by an undecimated wavelet transform (Daubechies, four taps, four levels, circular). In every
/// detail plane of the first three components, with y of G, x of X̃ and x₀ of X: a = Σxy/Σx², V = Σy²/n − a·Σxy/n,
/// C = (mean| |y| − mean|y| |/0.6745)², z = a·x₀ + (y − a·x)·V/(V + C). F = G·Rᵀ after the inverse transform. The approximation is kept.
///
/// The whole scene is held in memory: ``ClassicalError/tooLarge(method:pixels:most:)`` for large ones.
public struct PWMBF: ClassicalMethod {
    /// The name in the literature.
    public let name = "PWMBF"
    /// What it does.
    public let summary = "model-based: wavelet details of principal components are estimated from PAN's; small scenes"
    /// Who published it.
    public let source = "Palsson, Sveinsson, Ulfarsson, Benediktsson, IEEE TGRS 53(5), 2015"

    private static let components = 3
    private static let levels = 4

    /// The method has no settings.
    public init() {}

    /// Reads the scene and fuses it.
    public func start(on scene: SharpeningScene) throws(ClassicalError) -> FittingStep {
        try WholeScene.step(name, on: scene, fuse: Self.fuse)
    }

    private static func fuse(_ whole: WholeScene) -> Image {
        let (ratio, count) = (whole.scene.ratio, whole.scene.bands)
        let pan = whole.paddedPAN()
        let blurred = Resize.enlarge(Resize.reduce(pan, by: ratio, kernel: .bilinear), by: ratio, kernel: .bicubic)
        var result = Resize.enlarge(whole.multispectral(), by: ratio, kernel: .bicubic)
        let bands = (0..<count).map { result.band($0).values }
        let gram = (0..<count * count).map { place in
            zip(bands[place / count], bands[place % count]).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let (values, vectors) = LeastSquares.eigen(gram, count: count)
        let order = values.indices.sorted { values[$0] > values[$1] }
        for component in order.prefix(components) {
            let vector = Array(vectors[component * count..<(component + 1) * count])
            var plane = [Double](repeating: 0, count: pan.pixels)
            for band in 0..<count {
                for pixel in plane.indices { plane[pixel] += vector[band] * bands[band][pixel] }
            }
            let sharp = sharpen(plane, pan: pan, blurred: blurred)
            // F = Σ G_p·R_pᵀ: only what changed of a component has to be added.
            for band in 0..<count {
                for pixel in plane.indices {
                    result.values[band * pan.pixels + pixel] += vector[band] * (sharp[pixel] - plane[pixel])
                }
            }
        }
        return result.cropped(rows: 0..<whole.pan.height, columns: 0..<whole.pan.width)
    }

    /// One component with the details that PAN tells of.
    private static func sharpen(_ component: [Double], pan: Image, blurred: Image) -> [Double] {
        let wavelet = RedundantWavelet(height: pan.height, width: pan.width)
        var (current, sharp, low) = (component, pan.values, blurred.values)
        var details: [[[Double]]] = []
        for level in 0..<levels {
            let own = wavelet.analyse(current, level: level)
            let (sharpPlanes, lowPlanes) = (wavelet.analyse(sharp, level: level), wavelet.analyse(low, level: level))
            details.append((1...3).map { estimate(own[$0], sharp: sharpPlanes[$0], low: lowPlanes[$0]) })
            (current, sharp, low) = (own[0], sharpPlanes[0], lowPlanes[0])
        }
        for level in (0..<levels).reversed() { current = wavelet.synthesise([current] + details[level], level: level) }
        return current
    }

    /// A detail plane from that of the component, of PAN, and of PAN at the coarse resolution.
    private static func estimate(_ y: [Double], sharp: [Double], low: [Double]) -> [Double] {
        let count = Double(y.count)
        var (xy, xx, yy, size) = (0.0, 0.0, 0.0, 0.0)
        for index in y.indices {
            xy += low[index] * y[index]
            xx += low[index] * low[index]
            yy += y[index] * y[index]
            size += abs(y[index])
        }
        let slope = xx > 0 ? xy / xx : 0
        let variance = yy / count - slope * xy / count
        let mean = size / count
        let deviation = y.reduce(0) { $0 + abs(abs($1) - mean) } / count / 0.6745
        let total = variance + deviation * deviation
        let share = total > 0 ? variance / total : 0
        return y.indices.map { slope * sharp[$0] + (y[$0] - slope * low[$0]) * share }
    }
}

/// The undecimated wavelet transform of Daubechies' four taps, on a torus.
private struct RedundantWavelet {
    let height: Int
    let width: Int
    private static let low: [Double] = {
        let root = 3.0.squareRoot()
        return [1 + root, 3 + root, 3 - root, 1 - root].map { $0 / (4 * 2.0.squareRoot()) }
    }()
    private static let high = [low[3], -low[2], low[1], -low[0]]

    /// The approximation, then the details along columns, along rows, and along both.
    func analyse(_ plane: [Double], level: Int) -> [[Double]] {
        let stride = 1 << level
        return [Self.low, Self.high].flatMap { rowTaps in
            let filtered = filter(plane, rowTaps, step: 1, stride: stride)
            return [Self.low, Self.high].map { filter(filtered, $0, step: width, stride: stride) }
        }
    }

    /// The inverse of ``analyse(_:level:)``.
    func synthesise(_ planes: [[Double]], level: Int) -> [Double] {
        let stride = -(1 << level)
        func join(_ low: [Double], _ high: [Double], step: Int) -> [Double] {
            let first = filter(low, Self.low, step: step, stride: stride)
            let second = filter(high, Self.high, step: step, stride: stride)
            return zip(first, second).map { ($0 + $1) / 2 }
        }
        let (low, high) = (join(planes[0], planes[1], step: width), join(planes[2], planes[3], step: width))
        return join(low, high, step: 1)
    }

    /// Σ_j x[i + j·stride]·taps[j] along rows (step 1) or columns (step `width`).
    private func filter(_ plane: [Double], _ taps: [Double], step: Int, stride: Int) -> [Double] {
        var result = [Double](repeating: 0, count: plane.count)
        let length = step == 1 ? width : height
        let places = (0..<length).map { position in
            taps.indices.map { ((position + $0 * stride) % length + length) % length }
        }
        plane.withUnsafeBufferPointer { plane in
            result.withUnsafeMutableBufferPointer { result in
                for row in 0..<height {
                    for tap in taps.indices {
                        let weight = taps[tap]
                        if step == 1 {
                            for column in 0..<width {
                                result[row * width + column] += weight * plane[row * width + places[column][tap]]
                            }
                        } else {
                            let source = places[row][tap] * width
                            for column in 0..<width { result[row * width + column] += weight * plane[source + column] }
                        }
                    }
                }
            }
        }
        return result
    }
}
