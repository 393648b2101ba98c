import Foundation

/// Interpolation from the coarse grid to the PAN grid.
///
/// Ratios that are powers of two use the 23-tap half-band filter once a doubling (Aiazzi et al., "Context-driven fusion of
/// high spatial and spectral resolution images based on oversampled multiresolution analysis", IEEE TGRS 40(10), 2002);
/// other ratios cubic convolution (Keys 1981, a = −0.5). Coarse sample j lies at fine pixel r·j + r/2 (integer division)
/// and keeps its value there.
///
/// With a shift s the coarse samples lie at r·j + r/2 + s instead, as a pair of real products needs whose grids are not
/// aligned: the interpolated image is read at i − s, between fine pixels by a 10-point Lagrange polynomial. Without a shift
/// no such step is taken.
public struct Upsampler: Sendable, Hashable {
    /// Size of a coarse pixel in fine pixels.
    public let ratio: Int
    /// What lies beyond the coarse image: circular as in the reference implementation, symmetric for scenes.
    public let border: Border
    private let rowKernel: InterpolationKernel
    private let columnKernel: InterpolationKernel

    /// An interpolator.
    ///
    /// - Parameters:
    ///   - ratio: size of a coarse pixel in fine pixels, at least 1.
    ///   - border: what lies beyond the coarse image.
    ///   - rowShift: fine pixels that the coarse samples lie further down than r·j + r/2.
    ///   - columnShift: fine pixels that the coarse samples lie further right.
    public init(ratio: Int, border: Border, rowShift: Double = 0, columnShift: Double = 0) {
        self.init(
            ratio: ratio, border: border, rowShift: rowShift, columnShift: columnShift,
            doubling: InterpolationKernel.halfBand)
    }

    /// An interpolator that takes another filter for each doubling.
    ///
    /// - Parameter doubling: lags 0, 1, … of a symmetric filter that doubles the grid with gain 1.
    init(ratio: Int, border: Border, rowShift: Double = 0, columnShift: Double = 0, doubling: [Double]) {
        precondition(ratio >= 1, "a ratio of \(ratio)")
        self.ratio = ratio
        self.border = border
        rowKernel = InterpolationKernel(ratio: ratio, shift: rowShift, doubling: doubling)
        columnKernel = InterpolationKernel(ratio: ratio, shift: columnShift, doubling: doubling)
    }

    /// The largest distance, in fine pixels, between a fine pixel and a coarse sample that it depends on, not counting the
    /// shift.
    public var reach: Int { max(rowKernel.reach, columnKernel.reach) }

    /// The coarse samples that a fine region needs, inside a coarse scene of given size.
    public func coarseRegion(for fine: PixelRegion, height: Int, width: Int) -> PixelRegion {
        PixelRegion(
            rows: border.needed(by: rowKernel.inputs(of: fine.rows), count: height),
            columns: border.needed(by: columnKernel.inputs(of: fine.columns), count: width))
    }

    /// The interpolated image in a region of the fine grid.
    ///
    /// - Parameters:
    ///   - coarse: samples of the coarse scene, at least ``coarseRegion(for:height:width:)``.
    ///   - region: fine pixels; the fine grid's origin is that of the coarse scene, moved by the shift.
    /// - Returns: (C, rows, columns) of the region.
    public func apply(to coarse: SceneWindow, region: PixelRegion) -> Image {
        AxisOperator.apply(
            rows: rowKernel.operation(Array(region.rows)), columns: columnKernel.operation(Array(region.columns)),
            to: coarse, border: border)
    }

    /// The interpolated image at the fine pixels r·i + r/2 only, where coarse sample i lies when there is no shift.
    ///
    /// - Parameters:
    ///   - rows: rows i.
    ///   - columns: columns j.
    public func applyDecimated(to coarse: SceneWindow, rows: Range<Int>, columns: Range<Int>) -> Image {
        AxisOperator.apply(
            rows: rowKernel.operation(rows.map { $0 * ratio + ratio / 2 }),
            columns: columnKernel.operation(columns.map { $0 * ratio + ratio / 2 }),
            to: coarse, border: border)
    }

    /// A whole image interpolated to `ratio` times its size.
    ///
    /// - Parameters:
    ///   - image: (C, H, W).
    /// - Returns: (C, r·H, r·W).
    public static func apply(to image: Image, ratio: Int, border: Border) -> Image {
        Upsampler(ratio: ratio, border: border).apply(
            to: SceneWindow(whole: image),
            region: PixelRegion(rows: 0..<ratio * image.height, columns: 0..<ratio * image.width))
    }
}

/// The weights of interpolation along one axis.
private struct InterpolationKernel: Sendable, Hashable {
    /// Lags 0 to 11 of the half-band filter; it is symmetric and doubles the grid with gain 1.
    static let halfBand = [
        0.5, 0.305334091185, 0, -0.072698593239, 0, 0.021809577942, 0, -0.005192756653, 0, 0.000807762146, 0,
        -0.000060081482,
    ].map { 2 * $0 }

    let ratio: Int
    /// Whole fine pixels by which positions move.
    let offset: Int
    /// Weight of a coarse sample at distance n − `centre` of the fine pixel.
    let response: [Double]
    let centre: Int

    init(ratio: Int, shift: Double, doubling: [Double]) {
        self.ratio = ratio
        let base = ratio & (ratio - 1) == 0 ? Self.cascade(ratio, doubling) : Self.cubic(ratio)
        offset = Int((-shift).rounded(.down))
        let fraction = -shift - (-shift).rounded(.down)
        guard fraction > 0 else {
            response = base
            centre = base.count / 2
            return
        }
        let nodes = Array(-4...5)
        var moved = [Double](repeating: 0, count: base.count + nodes.count - 1)
        for node in nodes {
            var weight = 1.0
            for other in nodes where other != node {
                weight *= (fraction - Double(other)) / Double(node - other)
            }
            for (index, value) in base.enumerated() { moved[index + 5 - node] += weight * value }
        }
        response = moved
        centre = base.count / 2 + 5
    }

    var reach: Int { max(centre, response.count - 1 - centre) + 1 }

    /// What an impulse on the coarse grid becomes: a doubling with the filter each time.
    private static func cascade(_ ratio: Int, _ filter: [Double]) -> [Double] {
        var response = [1.0]
        var size = 1
        while size < ratio {
            let lags = filter.count - 1
            var next = [Double](repeating: 0, count: 2 * (response.count - 1) + 2 * lags + 1)
            for (index, value) in response.enumerated() {
                for lag in -lags...lags { next[2 * index + lags + lag] += value * filter[abs(lag)] }
            }
            response = next
            size *= 2
        }
        return response
    }

    private static func cubic(_ ratio: Int) -> [Double] {
        (-2 * ratio...2 * ratio).map { Resize.Kernel.bicubic(Double($0) / Double(ratio)) }
    }

    /// The coarse samples that a stretch of the fine axis reads, ends of the image left aside.
    func inputs(of fine: Range<Int>) -> Range<Int> {
        guard !fine.isEmpty else { return 0..<0 }
        return operation([fine.lowerBound, fine.upperBound - 1] + fine.prefix(ratio) + fine.suffix(ratio)).inputs
    }

    /// The weighted sums that give the fine positions asked for.
    func operation(_ positions: [Int]) -> AxisOperator {
        var weights: [[Double]] = []
        var firsts: [Int] = []
        for phase in 0..<ratio {
            // Coarse sample base + m lies at distance phase − r·m from the fine pixel.
            var taps: [(m: Int, weight: Double)] = []
            for m in -(response.count / ratio + 1)...(response.count / ratio + 1) {
                let index = centre + phase - ratio * m
                if response.indices.contains(index) { taps.append((m, response[index])) }
            }
            while taps.count > 1, let last = taps.last, last.weight == 0 { taps.removeLast() }
            while taps.count > 1, taps[0].weight == 0 { taps.removeFirst() }
            weights.append(taps.map(\.weight))
            firsts.append(taps[0].m)
        }
        let outputs = positions.map { position in
            let place = position + offset - ratio / 2
            let base = Int((Double(place) / Double(ratio)).rounded(.down))
            let phase = place - base * ratio
            return AxisOperator.Output(first: base + firsts[phase], weights: phase)
        }
        return AxisOperator(weights: weights, outputs: outputs)
    }
}
