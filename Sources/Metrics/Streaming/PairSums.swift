import Sensors

/// Something that is summed over the tiles of two images; several indices may follow from one.
public enum PairStatistic: Hashable, Sendable {
    /// Squared errors, means, covariances, angles.
    case pixels
    /// Q2n of blocks of a side.
    case blocks(side: Int)
    /// The same, where a block that is constant in both images is judged by how near their levels are.
    case levelledBlocks(side: Int)
    /// The universal quality index in sliding windows of a side; values below 0 count as 0 where so asked.
    case windows(side: Int, clipsNegative: Bool)
    /// Structural similarity.
    case similarity
    /// Products of gradients.
    case gradients
    /// Both images reduced by a factor, pixel by pixel.
    case reduced(factor: Int)
}

/// The sums over two images, or parts of them, from which the indices follow.
public struct PairSums: Sendable {
    let bands: Int
    let height: Int
    let width: Int
    /// Size of a multispectral pixel in PAN pixels.
    let ratio: Double
    /// The largest value that a sample can have.
    let peak: Double
    var pixels: PixelSums?
    var means: [PairStatistic: Means] = [:]
    var gradients: GradientSums?
    /// Parts of the reduced images, by factor.
    var reduced: [Int: [ReducedPart]] = [:]

    /// Nothing summed yet.
    init(_ scene: PairScene) {
        (bands, height, width) = (scene.reference.bands, scene.reference.height, scene.reference.width)
        (ratio, peak) = (scene.ratio, scene.peak)
    }

    /// The sums of a tile.
    init(_ scene: PairScene, _ tile: PairTile, _ statistics: Set<PairStatistic>) {
        self.init(scene)
        for statistic in statistics {
            switch statistic {
            case .pixels: pixels = PixelSums(tile)
            case .blocks(let side): means[statistic] = Q2n.sums(tile, side: side)
            case .levelledBlocks(let side):
                means[statistic] = Q2n.sums(tile, side: side, comparesLevels: true)
            case .windows(let side, let clips): means[statistic] = Q.sums(tile, side: side, clipsNegative: clips)
            case .similarity: means[statistic] = SSIM.sums(tile, peak: peak)
            case .gradients: gradients = GradientSums(tile)
            case .reduced(let factor): reduced[factor] = [ReducedPart(tile, factor: factor)]
            }
        }
    }

    /// Adds those of another part of the same images.
    mutating func merge(_ other: PairSums) {
        if let part = other.pixels {
            if pixels == nil { pixels = part } else { pixels?.merge(part) }
        }
        for (statistic, part) in other.means { means[statistic, default: Means(channels: part.sums.count)].merge(part) }
        if let part = other.gradients { gradients = gradients.map { $0 + part } ?? part }
        reduced.merge(other.reduced) { $0 + $1 }
    }

    /// The sums over pixels.
    func pixels(for metric: String) throws(MetricError) -> PixelSums {
        guard let pixels, pixels.count > 0 else { throw .noValidPixels(metric: metric) }
        return pixels
    }

    /// The mean of each channel of a statistic.
    func means(_ statistic: PairStatistic, for metric: String) throws(MetricError) -> [Double] {
        guard let means = means[statistic], means.count > 0 else { throw .noValidPixels(metric: metric) }
        return means.values
    }

    func requireSide(_ minimum: Int, for metric: String) throws(MetricError) {
        guard min(height, width) >= minimum else {
            throw .tooSmall(metric: metric, height: height, width: width, minimum: minimum)
        }
    }
}

/// Means of several channels over the same places.
struct Means: Sendable, Hashable {
    var sums: [Double]
    var count = 0.0

    init(channels: Int) { sums = [Double](repeating: 0, count: channels) }

    mutating func merge(_ other: Means) {
        for channel in sums.indices { sums[channel] += other.sums[channel] }
        count += other.count
    }

    var values: [Double] { sums.map { $0 / count } }
}
