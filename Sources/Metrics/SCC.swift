import Sensors

/// Spatial correlation of edges: Σ|∇F||∇GT| / √(Σ|∇F|²·Σ|∇GT|²), gradients by Sobel, over all pixels and bands jointly.
///
/// A frame of one pixel is dropped first and what lies beyond is 0, as in the DLPan toolbox. Despite the name it is no
/// correlation: no mean is subtracted and magnitudes are not negative, so that two pictures of noise that have nothing in
/// common are at 0.8 or so. Compare methods by it, and judge no image by it alone. A pixel with a masked neighbour is left
/// out. Where neither image has an edge the index is 1, where only one has, 0.
public struct SCC: ReferenceMetric {
    /// Short name.
    public let name = "SCC"
    /// Full name.
    public let title = "spatial correlation coefficient"
    /// A plain number.
    public let unit = ""
    /// Filter and border.
    public let variant = "Sobel magnitudes without their mean taken off, zero border, all bands jointly"
    /// Origin.
    public let source = "Zhou, Civco, Silander, International Journal of Remote Sensing 19(4), 1998; Vivone et al. 2021"
    /// Larger is better.
    public let higherIsBetter = true
    /// Gradients are not negative: 0 to 1.
    public let range = 0.0...1

    /// The metric has no settings.
    public init() {}

    /// Products of gradients.
    public func statistics(of scene: PairScene) -> [PairStatistic] { [.gradients] }

    /// The index.
    public func value(of sums: PairSums) throws(MetricError) -> MetricValue {
        try sums.requireSide(3, for: name)
        guard let gradients = sums.gradients, gradients.count > 0 else { throw .noValidPixels(metric: name) }
        func correlation(_ sums: GradientSums.Band) -> Double {
            if sums.squares == 0 || sums.fusedSquares == 0 { return sums.squares == sums.fusedSquares ? 1 : 0 }
            return sums.products / (sums.squares.squareRoot() * sums.fusedSquares.squareRoot())
        }
        return MetricValue(
            correlation(gradients.bands.reduce(GradientSums.Band(), +)), bands: gradients.bands.map(correlation))
    }
}

/// Sums of products of the gradients of two images.
struct GradientSums: Sendable, Hashable {
    struct Band: Sendable, Hashable {
        var products = 0.0
        var squares = 0.0
        var fusedSquares = 0.0

        static func + (a: Band, b: Band) -> Band {
            Band(
                products: a.products + b.products, squares: a.squares + b.squares,
                fusedSquares: a.fusedSquares + b.fusedSquares)
        }
    }

    var bands: [Band]
    var count: Int

    static func + (a: GradientSums, b: GradientSums) -> GradientSums {
        GradientSums(bands: zip(a.bands, b.bands).map { $0 + $1 }, count: a.count + b.count)
    }

    init(bands: [Band], count: Int) { (self.bands, self.count) = (bands, count) }

    /// The sums over the pixels of a tile; those at the edge of the scene have no gradient.
    init(_ tile: PairTile) {
        bands = [Band](repeating: Band(), count: tile.reference.bands)
        count = 0
        let own = PixelRegion(
            rows: tile.region.rows.clamped(to: 1..<max(1, tile.height - 1)),
            columns: tile.region.columns.clamped(to: 1..<max(1, tile.width - 1)))
        guard own.pixels > 0 else { return }
        let area = own.expanded(by: 1, height: tile.height, width: tile.width)
        let isKnown = tile.unknown.map { _ in
            own.rows.flatMap { row in
                own.columns.map { column in
                    !tile.isUnknown(rows: row - 1..<row + 2, columns: column - 1..<column + 2)
                }
            }
        }
        count = isKnown?.count { $0 } ?? own.pixels
        for band in bands.indices {
            let planes = tile.planes(band, in: area)
            bands[band] = Self.products(
                Self.gradient(planes.reference, of: area, tile), Self.gradient(planes.fused, of: area, tile),
                where: isKnown)
        }
    }

    private static func products(_ truth: [Double], _ fused: [Double], where isKnown: [Bool]?) -> Band {
        var sums = Band()
        truth.withUnsafeBufferPointer { truth in
            fused.withUnsafeBufferPointer { fused in
                for pixel in truth.indices where isKnown?[pixel] ?? true {
                    sums.products += truth[pixel] * fused[pixel]
                    sums.squares += truth[pixel] * truth[pixel]
                    sums.fusedSquares += fused[pixel] * fused[pixel]
                }
            }
        }
        return sums
    }

    /// Magnitude of the gradient at the pixels of a plane that have eight neighbours; the outermost pixels of the scene
    /// count as 0.
    private static func gradient(_ plane: Plane, of area: PixelRegion, _ tile: PairTile) -> [Double] {
        let (height, width, padded) = (plane.height - 2, plane.width - 2, plane.width)
        var framed = plane.values
        for (row, position) in area.rows.enumerated() where position == 0 || position == tile.height - 1 {
            for column in 0..<padded { framed[row * padded + column] = 0 }
        }
        for (column, position) in area.columns.enumerated() where position == 0 || position == tile.width - 1 {
            for row in 0..<plane.height { framed[row * padded + column] = 0 }
        }
        var result = [Double](repeating: 0, count: height * width)
        framed.withUnsafeBufferPointer { values in
            result.withUnsafeMutableBufferPointer { result in
                guard let values = values.baseAddress, let result = result.baseAddress else { return }
                for row in 0..<height {
                    let a = values + row * padded
                    let (b, c, target) = (a + padded, a + 2 * padded, result + row * width)
                    for column in 0..<width {
                        let vertical =
                            (a[column] + 2 * a[column + 1] + a[column + 2])
                            - (c[column] + 2 * c[column + 1] + c[column + 2])
                        let horizontal =
                            (a[column] + 2 * b[column] + c[column])
                            - (a[column + 2] + 2 * b[column + 2] + c[column + 2])
                        target[column] = (vertical * vertical + horizontal * horizontal).squareRoot()
                    }
                }
            }
        }
        return result
    }
}
