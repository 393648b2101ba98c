import Sensors

/// Spatial distortion by correlation: the mean over pixels and bands of 1 − ρ, ρ the correlation of a band with PAN in
/// windows of r × r pixels, held in −1…1. Best value 0.
///
/// A window in which the band or PAN is constant has ρ = 0 and adds 1. Pixels whose windows reach an unknown one are left
/// out.
public struct DRho: NoReferenceMetric {
    /// Short name.
    public let name = "D_rho"
    /// Full name.
    public let title = "correlation distortion"
    /// A plain number.
    public let unit = ""
    /// Window.
    public let variant = "windows of ratio × ratio, mean over pixels and bands"
    /// Origin.
    public let source = "Scarpa, Ciotola, Remote Sensing 14(8), 2022"
    /// Smaller is better.
    public let higherIsBetter = false
    /// 0 to 2.
    public let range = 0.0...2
    /// Local correlation.
    public let statistics = [SceneStatistic.correlation]

    /// The metric has no settings.
    public init() {}

    /// The distortion.
    public func value(of sums: SceneSums) throws(MetricError) -> MetricValue {
        MetricValue(meanOf: try SceneSums.values(sums.correlation, for: name))
    }
}

extension SharpenedScene {
    /// Half the side of the windows.
    private var halfWidth: Int { max(1, ratio / 2) }

    /// Sums of 1 − ρ by band.
    func correlation(_ work: SceneWork) throws -> Means {
        let tiles = SceneTiles(height: fused.height, width: fused.width, bands: fused.bands)
        let scene = self
        return try tiles.reduce(
            into: Means(channels: fused.bands), threads: work.threads, progress: work.progress,
            merge: { $0.merge($1) },
            measure: { region in
                let (map, isKnown) = try scene.localCorrelation(region)
                var means = Means(channels: map.bands)
                means.count = Double(isKnown.map { $0.reduce(0) { $0 + Int($1) } } ?? region.pixels)
                map.values.withUnsafeBufferPointer { map in
                    for band in means.sums.indices {
                        var sum = 0.0
                        for pixel in 0..<region.pixels where isKnown.map({ $0[pixel] != 0 }) ?? true {
                            sum += 1 - min(max(map[band * region.pixels + pixel], -1), 1)
                        }
                        means.sums[band] = sum
                    }
                }
                return means
            })
    }

    /// The local correlation of each band with PAN in a region, and which of its pixels have one; nil when all have.
    package func localCorrelation(_ region: PixelRegion) throws -> (map: Image, isKnown: [UInt8]?) {
        let reach = LocallyCentred.reach(halfWidth: halfWidth)
        let area = region.expanded(by: reach, height: fused.height, width: fused.width)
        let (bands, sharp) = (try fused.read(area), try pan.read(area))
        let isValid = PixelSamples.both(bands.isValid, sharp.isValid).flatMap { $0.contains(0) ? $0 : nil }
        let image = PixelSamples(bands.image, isValid: isValid).withoutUnknown().image
        func centred(_ image: Image, _ band: Int) -> LocallyCentred {
            let whole = PixelRegion(rows: 0..<area.rows.count, columns: 0..<area.columns.count)
            return LocallyCentred(
                Plane(image, band: band, whole), area: area, region: region, halfWidth: halfWidth,
                height: fused.height, width: fused.width)
        }
        let panCentred = centred(PixelSamples(sharp.image, isValid: isValid).withoutUnknown().image, 0)
        let values = (0..<image.bands).flatMap { centred(image, $0).correlation(with: panCentred).values }
        return (
            Image(bands: image.bands, height: region.rows.count, width: region.columns.count, values: values),
            PixelSamples(image, isValid: isValid).validity(in: area, rows: region.rows, columns: region.columns) {
                $0 - reach + 1..<$0 + reach + 1
            }
        )
    }
}
