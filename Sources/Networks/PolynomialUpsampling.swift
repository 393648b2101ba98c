import Torch

/// Enlargement of a low-resolution image, for networks that take it at the size of the high-resolution one. Sample k comes to
/// lie, unchanged, on high-resolution pixel ratio · k + ratio / 2 (integer division), as in the toolboxes and data sets of
/// pansharpening.
///
/// `Sensors.Upsampler` computes the same in double precision, without tensors.
public struct PolynomialUpsampling: Hashable, Sendable {
    /// What lies between the samples.
    public enum Kernel: String, Codable, Hashable, Sendable, CaseIterable {
        /// The polynomial of 23 coefficients that doubles the size (Aiazzi et al., "Context-driven fusion of high spatial and
        /// spectral resolution images based on oversampled multiresolution analysis", IEEE TGRS 40(10), 2002), as often as
        /// the ratio needs; for powers of two.
        case halfBand
        /// Cubic convolution (Keys 1981, a = −0.5), for any ratio.
        case cubic
    }

    /// What lies beyond the image.
    public enum Border: String, Codable, Hashable, Sendable, CaseIterable {
        /// The mirror image with the edge: c b a | a b c | c b a.
        case symmetric
        /// The other end, as in the toolboxes: b c | a b c | a b.
        case circular

        func index(_ index: Int, count: Int) -> Int {
            let period = self == .symmetric ? 2 * count : count
            let place = (index % period + period) % period
            return place < count ? place : period - 1 - place
        }
    }

    /// High-resolution pixels along one low-resolution pixel.
    public let ratio: Int
    /// What lies between the samples.
    public let kernel: Kernel
    /// What lies beyond the image.
    public let border: Border
    /// For each phase, the weights of samples −`back` to `ahead`.
    private let weights: [[Double]]
    private let back: Int
    private let ahead: Int

    /// An enlargement.
    ///
    /// - Parameters:
    ///   - ratio: 1 or more.
    ///   - kernel: where nil, ``Kernel/halfBand`` for powers of two and ``Kernel/cubic`` for others.
    ///   - border: what lies beyond the image.
    public init(ratio: Int, kernel: Kernel? = nil, border: Border = .symmetric) {
        precondition(ratio >= 1, "a ratio of \(ratio)")
        let isPowerOfTwo = ratio & (ratio - 1) == 0
        let kernel = kernel ?? (isPowerOfTwo ? .halfBand : .cubic)
        precondition(kernel == .cubic || isPowerOfTwo, "doublings that make a ratio of \(ratio)")
        (self.ratio, self.kernel, self.border) = (ratio, kernel, border)
        let response = kernel == .halfBand ? Self.halfBandResponse(ratio) : Self.cubicResponse(ratio)
        let centre = response.count / 2
        let (back, ahead) = (centre / ratio, (centre + ratio - 1) / ratio)
        (self.back, self.ahead) = (back, ahead)
        weights = (0..<ratio).map { phase in
            (-back...ahead).map { sample in
                let index = centre + phase - ratio * sample
                return response.indices.contains(index) ? response[index] : 0
            }
        }
    }

    /// - Parameter image: (B, C, h, w).
    /// - Returns: (B, C, h · ratio, w · ratio).
    public func callAsFunction(_ image: Tensor) -> Tensor {
        guard ratio > 1 else { return image }
        let maps = image.flattened(from: 0, to: 1).unsqueezed(1)  // (B · C, 1, h, w)
        let tall = enlarged(maps, axis: 2).unsqueezed(1)
        return enlarged(tall, axis: 3).unflattened(axis: 0, sizes: [image.size(0), image.size(1)])
    }

    /// (N, 1, h, w) to (N, h · ratio, w) or (N, h, w · ratio): a convolution gives all phases of a sample as channels, which
    /// then take their places behind it.
    private func enlarged(_ maps: Tensor, axis: Int) -> Tensor {
        let count = maps.size(axis)
        // The first pixels lie between sample −1 and sample 0.
        let samples = (-1 - back..<count + ahead).map { border.index($0, count: count) }
        let grown = maps.selected(axis: axis, indices: Tensor(samples, shape: [samples.count]).to(maps.device))
        let length = back + ahead + 1
        let taps = Tensor(weights.flatMap(\.self), shape: [ratio, 1, axis == 2 ? length : 1, axis == 2 ? 1 : length])
            .to(maps.dtype).to(maps.device)
        let phases = grown.conv2d(weight: taps)  // (N, ratio, …)
        let ordered = axis == 2 ? phases.transposed(1, 2) : phases.permuted(0, 2, 3, 1)
        return ordered.flattened(from: axis - 1, to: axis)
            .narrowed(axis: axis - 1, start: ratio - ratio / 2, length: count * ratio)
    }

    /// What an impulse becomes: a doubling with the half-band filter each time.
    private static func halfBandResponse(_ ratio: Int) -> [Double] {
        let lags = halfBand.count - 1
        var response = [1.0]
        var size = 1
        while size < ratio {
            var next = [Double](repeating: 0, count: 2 * (response.count - 1) + 2 * lags + 1)
            for (index, value) in response.enumerated() {
                for lag in -lags...lags { next[2 * index + lags + lag] += value * halfBand[abs(lag)] }
            }
            response = next
            size *= 2
        }
        return response
    }

    /// Coefficients for distances of 0 to 11 pixels.
    private static let halfBand = [
        1, 0.610668182370, 0, -0.145397186478, 0, 0.043619155884, 0, -0.010385513306, 0, 0.001615524292, 0,
        -0.000120162964,
    ]

    private static func cubicResponse(_ ratio: Int) -> [Double] {
        (-2 * ratio...2 * ratio).map { place in
            let distance = abs(Double(place)) / Double(ratio)
            let (square, cube) = (distance * distance, distance * distance * distance)
            return distance <= 1
                ? 1.5 * cube - 2.5 * square + 1 : -0.5 * cube + 2.5 * square - 4 * distance + 2
        }
    }
}
