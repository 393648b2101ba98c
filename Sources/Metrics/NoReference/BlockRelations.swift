import Foundation
import Sensors

/// Mean universal quality indices of blocks of 32 × 32 between bands, and between bands and PAN.
///
/// Rows and columns beyond the last whole block are left out; the toolbox refuses such sizes. So are blocks with a pixel
/// that is unknown in any of the images.
struct BlockRelations: Sendable {
    let bands: Int
    /// Q of each two bands of the sharpened image, then of each two of the interpolated one, then of each band of the
    /// sharpened image with PAN, then of each interpolated band with low-pass PAN.
    var means: Means

    init(bands: Int) {
        self.bands = bands
        means = Means(channels: bands * (bands - 1) + 2 * bands)
    }

    private var pairs: Int { bands * (bands - 1) / 2 }

    /// The relations of the bands to each other, before and after.
    func ofBands(for metric: String) throws(MetricError) -> (sharp: ArraySlice<Double>, coarse: ArraySlice<Double>) {
        let values = try SceneSums.values(means, for: metric)
        return (values[..<pairs], values[pairs..<2 * pairs])
    }

    /// The relations of the bands to PAN, before and after.
    func toPAN(for metric: String) throws(MetricError) -> (sharp: ArraySlice<Double>, coarse: ArraySlice<Double>) {
        let values = try SceneSums.values(means, for: metric)
        return (values[(2 * pairs)..<(2 * pairs + bands)], values[(2 * pairs + bands)...])
    }
}

extension BlockRelations {
    /// The pixels of a region's whole blocks.
    static func wholeBlocks(of region: PixelRegion) -> PixelRegion {
        func whole(_ range: Range<Int>) -> Range<Int> {
            range.lowerBound..<range.lowerBound + range.count / Q2n.side * Q2n.side
        }
        return PixelRegion(rows: whole(region.rows), columns: whole(region.columns))
    }

    /// The relations in the blocks of a region.
    ///
    /// - Parameter parts: the sharpened image, PAN, the interpolated image, low-pass PAN.
    func measure(_ parts: [PixelSamples], _ region: PixelRegion) -> BlockRelations {
        var relations = self
        let isValid = parts.map(\.isValid).reduce(nil, PixelSamples.both)
        let unknown = isValid.map { UnknownPixels(isValid: $0, height: region.rows.count, width: region.columns.count) }
        var sharp = BlockGram(bands: bands)
        var coarse = BlockGram(bands: bands)
        let side = Q2n.side
        for row in stride(from: 0, to: region.rows.count, by: side) {
            for column in stride(from: 0, to: region.columns.count, by: side) {
                if let unknown, unknown.isAny(rows: row..<row + side, columns: column..<column + side) { continue }
                sharp.load(parts[0].image, pan: parts[1].image, row: row, column: column)
                coarse.load(parts[2].image, pan: parts[3].image, row: row, column: column)
                var channel = 0
                for first in 0..<bands {
                    for second in first + 1..<Swift.max(first + 1, bands) {
                        relations.means.sums[channel] += sharp.quality(first, second)
                        relations.means.sums[pairs + channel] += coarse.quality(first, second)
                        channel += 1
                    }
                    relations.means.sums[2 * pairs + first] += sharp.quality(first, bands)
                    relations.means.sums[2 * pairs + bands + first] += coarse.quality(first, bands)
                }
                relations.means.count += 1
            }
        }
        return relations
    }
}

/// Means and products of the bands of an image and PAN in one block.
private struct BlockGram {
    private static let pixels = Q2n.side * Q2n.side
    private let channels: Int
    private var samples: [Double]
    private var means: [Double]
    private var products: [Double]

    init(bands: Int) {
        channels = bands + 1
        samples = [Double](repeating: 0, count: channels * Self.pixels)
        means = [Double](repeating: 0, count: channels)
        products = [Double](repeating: 0, count: channels * channels)
    }

    /// Takes a block; PAN is the last channel.
    mutating func load(_ image: Image, pan: Image, row: Int, column: Int) {
        for channel in 0..<channels {
            let (source, band) = channel < image.bands ? (image, channel) : (pan, 0)
            gather(source, band: band, row: row, column: column, channel: channel)
        }
        samples.withUnsafeBufferPointer { samples in
            products.withUnsafeMutableBufferPointer {
                BlockProducts.compute(samples, samples, channels, channels, count: Self.pixels, into: $0)
            }
        }
        for channel in 0..<channels {
            // A spread below the rounding of the mean is that of a constant block.
            let place = channel * channels + channel
            let power = means[channel] * means[channel] * Double(Self.pixels)
            if products[place] <= 1e-26 * power { products[place] = 0 }
        }
    }

    private mutating func gather(_ image: Image, band: Int, row: Int, column: Int, channel: Int) {
        let start = channel * Self.pixels
        samples.withUnsafeMutableBufferPointer { samples in
            image.values.withUnsafeBufferPointer { values in
                for i in 0..<Q2n.side {
                    let source = (band * image.height + row + i) * image.width + column
                    for j in 0..<Q2n.side { samples[start + i * Q2n.side + j] = values[source + j] }
                }
            }
            let block = UnsafeMutableBufferPointer(rebasing: samples[start..<start + Self.pixels])
            let mean = UnsafeBufferPointer(block).blockSum / Double(Self.pixels)
            for pixel in 0..<Self.pixels { block[pixel] -= mean }
            means[channel] = mean
        }
    }

    /// The universal quality index of two channels; where both are constant their levels are compared, 1 where both are
    /// zero.
    func quality(_ a: Int, _ b: Int) -> Double {
        let spread = products[a * channels + a] + products[b * channels + b]
        let (product, levels) = (means[a] * means[b], means[a] * means[a] + means[b] * means[b])
        if spread == 0 { return levels == 0 ? 1 : 2 * product / levels }
        return levels == 0 ? 0 : 4 * products[a * channels + b] * product / (spread * levels)
    }
}
