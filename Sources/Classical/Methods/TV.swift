import Sensors

/// Total variation: of all images that the two observed ones could come from, the one with the least variation.
///
/// Majorisation and minimisation of ‖y − Hx‖² + λ·TV(x). H reduces each band by 4 (bilinear, antialiased) and adds bands
/// with weights w_b to PAN; Hᵀ enlarges by 4 (bilinear) and gives PAN back with the same weights. D are forward differences along
/// columns, then rows. From x = z = 0: b = αx + Hᵀ(y − Hx), z = (Db + DDᵀz)/(2(α/λ)·|∇x| + c), x = (b − Dᵀz)/α.
///
/// Quirk: the paper's update of z has Db + c·z − DDᵀz for a numerator; the published program computes that and uses DDᵀz
/// instead. So do we, for the numbers of the published tables.
///
/// Weights are published for four bands (IKONOS, GeoEye-1 and WorldView-4) and eight (WorldView-3); other sensors take those
/// of their number of bands, other numbers equal weights. The ratio has to be 4; the whole scene is held in memory.
public struct TV: ClassicalMethod {
    /// The name in the literature.
    public let name = "TV"
    /// What it does.
    public let summary = "variational: the image of least total variation that explains both; ratio 4, small scenes"
    /// Who published it.
    public let source = "Palsson, Sveinsson, Ulfarsson, IEEE GRSL 11(1), 2014"
    /// Whether planes are mixed for eight bands as in the DLPan toolbox.
    public let isToolboxCompatible: Bool

    /// The method.
    ///
    /// - Parameter isToolboxCompatible: Quirk: with true, Dᵀ takes the differences along rows of band i from plane i + 4, as
    ///   the toolbox does, which is right for four bands only (golden files of eight bands).
    public init(isToolboxCompatible: Bool = false) { self.isToolboxCompatible = isToolboxCompatible }

    /// Reads the scene and fuses it.
    ///
    /// - Throws: ``ClassicalError/methodRatio(method:ratio:allowed:)`` unless the ratio is 4.
    public func start(on scene: SharpeningScene) throws(ClassicalError) -> FittingStep {
        guard scene.ratio == 4 else {
            throw .methodRatio(method: name, ratio: scene.ratio, allowed: "the ratio 4")
        }
        return try WholeScene.step(name, on: scene, fuse: fuse)
    }

    /// The published settings.
    private struct Settings {
        let weights: [Double]
        let alpha: Double
        let lambda: Double
        let iterations: Int
        /// c.
        let bound = 8.0

        init(sensor: String, bands: Int) {
            switch (sensor, bands) {
            case ("GE1", 4), ("WV4", 4):
                self.init([0.1552, 0.3959, 0.2902, 0.1587], alpha: 0.75, lambda: 157.8954, iterations: 50)
            case (_, 4): self.init([0.1091, 0.2127, 0.2928, 0.3854], alpha: 1.064, lambda: 0.47106, iterations: 10)
            case (_, 8):
                self.init(
                    [0.0657, 0.1012, 0.1537, 0.1473, 0.1245, 0.1545, 0.1338, 0.1192], alpha: 0.75, lambda: 0.001,
                    iterations: 50)
            default:
                self.init(
                    [Double](repeating: 1 / Double(bands), count: bands), alpha: 1.064, lambda: 0.47106, iterations: 10)
            }
        }

        private init(_ weights: [Double], alpha: Double, lambda: Double, iterations: Int) {
            (self.weights, self.alpha, self.lambda, self.iterations) = (weights, alpha, lambda, iterations)
        }
    }

    private func fuse(_ whole: WholeScene) -> Image {
        let count = whole.scene.bands
        let settings = Settings(sensor: whole.scene.sensorName, bands: count)
        let (ms, pan) = (whole.multispectral(), whole.paddedPAN())
        let offset = isToolboxCompatible ? 4 : count
        var x = Image(bands: count, height: pan.height, width: pan.width)
        var z = Differences(along: Array(repeating: [Double](repeating: 0, count: pan.pixels), count: 2 * count))
        for _ in 0..<settings.iterations {
            let b = Self.step(x, ms: ms, pan: pan, settings)
            let returned = z.adjoint(bands: count, offset: offset, width: pan.width)
            var next: [[Double]] = []
            let gradients = (0..<count).map { Differences.of(x.band($0).values, width: pan.width) }
            let differences = (0..<count).map { band in
                Differences.of(
                    zip(b.band(band).values, returned[band]).map { $0 + $1 }, width: pan.width)
            }
            for axis in 0..<2 {
                for band in 0..<count {
                    let (along, down) = gradients[band]
                    let numerator = axis == 0 ? differences[band].along : differences[band].down
                    next.append(
                        numerator.indices.map { pixel in
                            let size = (along[pixel] * along[pixel] + down[pixel] * down[pixel]).squareRoot()
                            return numerator[pixel] / (2 * settings.alpha / settings.lambda * size + settings.bound)
                        })
                }
            }
            z = Differences(along: next)
            let smoothing = z.adjoint(bands: count, offset: offset, width: pan.width)
            for band in 0..<count {
                for pixel in 0..<pan.pixels {
                    let index = band * pan.pixels + pixel
                    x.values[index] = (b.values[index] - smoothing[band][pixel]) / settings.alpha
                }
            }
        }
        return x.cropped(rows: 0..<whole.pan.height, columns: 0..<whole.pan.width)
    }

    /// b = αx + Hᵀ(y − Hx).
    private static func step(_ x: Image, ms: Image, pan: Image, _ settings: Settings) -> Image {
        var residual = Resize.reduce(x, by: 4, kernel: .bilinear)
        for index in residual.values.indices { residual.values[index] = ms.values[index] - residual.values[index] }
        var sharp = pan.values
        let pixels = pan.pixels
        for (band, weight) in settings.weights.enumerated() {
            for pixel in 0..<pixels { sharp[pixel] -= weight * x.values[band * pixels + pixel] }
        }
        var result = Resize.enlarge(residual, by: 4, kernel: .bilinear)
        for (band, weight) in settings.weights.enumerated() {
            for pixel in 0..<pixels {
                let index = band * pixels + pixel
                result.values[index] += settings.alpha * x.values[index] + weight * sharp[pixel]
            }
        }
        return result
    }
}

/// Differences of neighbouring pixels: B planes along columns' index, then B planes along rows'.
private struct Differences {
    let along: [[Double]]

    /// D of a plane; the last column and row are 0.
    static func of(_ plane: [Double], width: Int) -> (along: [Double], down: [Double]) {
        var along = [Double](repeating: 0, count: plane.count)
        var down = along
        for index in plane.indices {
            if index % width + 1 < width { along[index] = plane[index + 1] - plane[index] }
            if index + width < plane.count { down[index] = plane[index + width] - plane[index] }
        }
        return (along, down)
    }

    /// Dᵀ for each band.
    ///
    /// - Parameter offset: from a band's plane along columns' index to that along rows'.
    func adjoint(bands: Int, offset: Int, width: Int) -> [[Double]] {
        (0..<bands).map { band in
            let (x, y) = (along[band], along[min(band + offset, along.count - 1)])
            let height = x.count / width
            return x.indices.map { index in
                let (row, column) = (index / width, index % width)
                var sum = 0.0
                if width > 1 {
                    sum += (column > 0 ? x[index - 1] : 0) - (column + 1 < width ? x[index] : 0)
                }
                if height > 1 {
                    sum += (row > 0 ? y[index - width] : 0) - (row + 1 < height ? y[index] : 0)
                }
                return sum
            }
        }
    }
}
