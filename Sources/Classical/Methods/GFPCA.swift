import Sensors

/// Guided filtering of principal components: the components take over the edges of the sharp image.
///
/// Principal components of M, the interpolated bands; each of the first ones passes a ``GuidedFilter`` whose guide is the sharp
/// image, ε = 1e-6 of its squared largest value; F = M + Σ (filtered − component)·vᵀ, the inverse transform, so that the other
/// components stay as they are interpolated. Several sharp bands guide together.
///
/// Ours: F = M + Σ (filtered − its low pass with the bands' MTF)·vᵀ instead, unless ``keepsBands`` is false. The published form
/// replaces all that the sharp image does not show by means over 17 × 17 pixels, and is further from the truth than interpolation
/// where that is much.
public struct GFPCA: MomentMethod {
    /// The name in the literature.
    public let name = "GFPCA"
    /// What it does.
    public let summary = "hyperspectral: components take over the sharp image's edges; takes several sharp bands"
    /// Who published it.
    public let source = "Liao et al., IEEE JSTARS 8(6), 2015"
    /// Yes.
    public let takesSeveralSharpBands = true
    /// Pixels around a block that it reads: what the guided filter reaches, and the low pass after it.
    static let reach = GuidedFilter.reach + MTFFilter.radius
    /// How many components are filtered; those that a scene has, where it has fewer.
    public let components: Int

    /// Whether only what the filter adds to a component's fine details is taken over.
    public let keepsBands: Bool

    /// The method.
    ///
    /// - Parameters:
    ///   - components: how many components are filtered, 1 or more.
    ///   - keepsBands: false for the published method, which takes filtered components as they are and so loses what the sharp
    ///     image does not show, coarse or not.
    public init(components: Int = 4, keepsBands: Bool = true) {
        precondition(components > 0, "\(components) components")
        self.components = components
        self.keepsBands = keepsBands
    }

    /// All covariances of the bands, and the range of the guide.
    public func moments(of scene: SharpeningScene) -> MomentPlan {
        MomentPlan(fine: MomentPlan.bands(of: scene) + [.init(.pan, .pan)], extremes: [.pan])
    }

    /// Finds the components.
    public func fit(_ statistics: SceneStatistics) throws(ClassicalError) -> FittedMethod {
        try statistics.validate()
        let bands = statistics.scene.bands
        let directions = PrincipalDirections(
            Matrix(rows: bands, columns: bands, values: statistics.bandCovariances()))
        let vectors = directions.vectors(min(components, bands))
        let range = statistics.extremes(.pan)
        let largest = max(abs(range.lowerBound), abs(range.upperBound))
        // A guide of zeros has no scale, and no edges.
        let filter = GuidedFilter(regularisation: largest > 0 ? 1e-6 * largest * largest : 1)
        let total = directions.values.reduce(0, +)
        let keepsBands = keepsBands
        return FittedMethod(
            coefficients: [
                .init(
                    name: "share of variance",
                    values: directions.values.prefix(vectors.columns).map { total > 0 ? $0 / total : 0 })
            ], ingredients: .guide
        ) { block in
            guard let wide = block.wide else { preconditionFailure("the bands around a block were not prepared") }
            let projected = (vectors.transposed * Matrix(wide.image))
            let planes = SceneWindow(
                projected.image(height: wide.image.height, width: wide.image.width), region: wide.region,
                sceneHeight: wide.sceneHeight, sceneWidth: wide.sceneWidth)
            let guide = block.guide(around: wide.region)
            let changes =
                keepsBands
                ? block.details(of: planes, guide: guide, by: filter)
                : filter.apply(to: planes, guide: guide, region: block.region).less(planes.samples(of: block.region))
            var result = vectors * Matrix(changes)
            for index in result.values.indices { result.values[index] += block.interpolated.values[index] }
            return result.image(height: changes.height, width: changes.width)
        }
    }
}

extension Image {
    fileprivate func less(_ other: Image) -> Image {
        var result = self
        for index in result.values.indices { result.values[index] -= other.values[index] }
        return result
    }
}

extension PreparedBlock {
    /// What filtered planes have that their low pass lacks.
    fileprivate func details(of planes: SceneWindow, guide: SceneWindow, by filter: GuidedFilter) -> Image {
        let around = region.expanded(by: MTFFilter.radius, height: scene.panHeight, width: scene.panWidth)
        let filtered = SceneWindow(
            filter.apply(to: planes, guide: guide, region: around), region: around, sceneHeight: scene.panHeight,
            sceneWidth: scene.panWidth)
        let lowPass = (0..<filtered.image.bands).flatMap { band in
            SymmetricFilter.apply(
                [scene.filters[0]], to: filtered, band: band, rows: region.rows, columns: region.columns
            ).values.map { $0 / scene.filters[0].sum }
        }
        let own = filtered.samples(of: region)
        return own.less(Image(bands: own.bands, height: own.height, width: own.width, values: lowPass))
    }

    /// The sharp image in a region around the block.
    fileprivate func guide(around region: PixelRegion) -> SceneWindow {
        SceneWindow(
            source.pan.samples(of: region), region: region, sceneHeight: scene.panHeight, sceneWidth: scene.panWidth)
    }
}
