import Foundation

/// A separable low pass with a sharp edge at the Nyquist frequency of the coarse grid: 23 taps, sin(πn/r)/(πn) under a
/// Hamming window, with the sum 1.
///
/// It takes the place of PAN's own response where details of PAN are compared with those of sharp bands (Khan, Alparone,
/// Chanussot, IEEE TGRS 47(11), 2009).
package enum IdealFilter {
    /// Taps on each side of the centre.
    package static let radius = 11

    /// The taps along one axis.
    package static func taps(ratio: Int) -> [Double] {
        let taps = (-radius...radius).map { n in
            let x = Double(n) / Double(ratio)
            let sinc = n == 0 ? 1 : sin(.pi * x) / (.pi * x)
            return sinc * (0.54 + 0.46 * cos(.pi * Double(n) / Double(radius)))
        }
        let sum = taps.reduce(0, +)
        return taps.map { $0 / sum }
    }

    /// A region of a scene filtered, every band; border symmetric.
    ///
    /// - Parameter window: pixels of the scene, at least those within ``radius`` of the region.
    package static func apply(to window: SceneWindow, ratio: Int, region: PixelRegion) -> Image {
        func operation(_ positions: Range<Int>) -> AxisOperator {
            AxisOperator(
                weights: [taps(ratio: ratio)], outputs: positions.map { .init(first: $0 - radius, weights: 0) })
        }
        return AxisOperator.apply(
            rows: operation(region.rows), columns: operation(region.columns), to: window, border: .symmetric)
    }
}
