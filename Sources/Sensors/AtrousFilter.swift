/// The "à trous" low-pass filter of the DLPan toolbox (`LPfilter`).
///
/// b = [1 4 6 4 1]/16 is applied 2·⌈log₂ r⌉ times an axis, half of them while the signal grows by two samples at each end
/// (each time mirrored about the ends of the grown signal) and half while it shrinks back. Inside, that is a binomial
/// filter of 8·⌈log₂ r⌉ + 1 taps; near the ends its rows differ from every border rule, so they are found by sending unit
/// impulses through the exact procedure.
public struct AtrousFilter: Sendable, Hashable {
    private static let taps = [1.0, 4, 6, 4, 1].map { $0 / 16 }

    /// Size of a coarse pixel in pixels of the image.
    public let ratio: Int
    private let levels: Int

    /// A filter for a ratio, at least 2.
    public init(ratio: Int) {
        precondition(ratio >= 2, "a ratio of \(ratio)")
        self.ratio = ratio
        levels = Int.bitWidth - (ratio - 1).leadingZeroBitCount
    }

    /// Pixels on each side of an output that it depends on.
    public var reach: Int { 4 * levels }

    /// The filtered image at the pixels step·i + step/2 of a scene: every pixel with step 1, `LPfilterPlusDec` with step r.
    ///
    /// - Parameters:
    ///   - window: pixels of the scene, at least those within ``reach`` of an output.
    ///   - step: distance of the outputs.
    ///   - rows: output rows i.
    ///   - columns: output columns j.
    /// - Returns: (C, rows, columns).
    public func apply(to window: SceneWindow, step: Int = 1, rows: Range<Int>, columns: Range<Int>) -> Image {
        AxisOperator.apply(
            rows: operation(rows.map { $0 * step + step / 2 }, count: window.sceneHeight),
            columns: operation(columns.map { $0 * step + step / 2 }, count: window.sceneWidth),
            to: window, border: .symmetric)
    }

    /// A whole image filtered.
    public func apply(to image: Image) -> Image {
        apply(to: SceneWindow(whole: image), rows: 0..<image.height, columns: 0..<image.width)
    }

    /// The weighted sums for outputs of an axis of `count` pixels.
    private func operation(_ positions: [Int], count: Int) -> AxisOperator {
        let edge = reach
        // Rows near the ends do not depend on the length of the axis once the ends do not meet.
        let model = min(count, 4 * edge + 1)
        let middle = model / 2
        var places: [Int: Int] = [:]
        var weights: [[Double]] = []
        var starts: [Int] = []
        let outputs = positions.map { position in
            let fromEnd = count - 1 - position
            let modelled: Int
            if count == model || position < 2 * edge {
                modelled = position
            } else if fromEnd < 2 * edge {
                modelled = model - 1 - fromEnd
            } else {
                modelled = middle
            }
            let place: Int
            if let known = places[modelled] {
                place = known
            } else {
                place = weights.count
                places[modelled] = place
                let first = max(0, modelled - edge)
                let last = min(model - 1, modelled + edge)
                starts.append(first - modelled)
                weights.append(
                    (first...last).map { input in
                        Self.filter(impulse: input, count: model, levels: levels)[modelled]
                    })
            }
            return AxisOperator.Output(first: position + starts[place], weights: place)
        }
        return AxisOperator(weights: weights, outputs: outputs)
    }

    /// A unit impulse sent through the procedure.
    private static func filter(impulse: Int, count: Int, levels: Int) -> [Double] {
        var signal = [Double](repeating: 0, count: count)
        signal[impulse] = 1
        for _ in 0..<levels {
            signal = convolve((-4..<signal.count + 4).map { signal[Border.symmetric.index($0, count: signal.count)] })
        }
        for _ in 0..<levels { signal = convolve(signal) }
        return signal
    }

    /// The convolution where the taps lie fully on the signal.
    private static func convolve(_ signal: [Double]) -> [Double] {
        (0..<signal.count - 4).map { start in
            zip(taps, signal[start...]).reduce(0) { $0 + $1.0 * $1.1 }
        }
    }
}
