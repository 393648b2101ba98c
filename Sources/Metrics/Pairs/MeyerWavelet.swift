import Sensors

/// One level of the discrete Meyer wavelet transform, symmetric extension (the edge sample twice).
///
/// 62 taps, those of PyWavelets' `dmey`; MATLAB's table may have more.
enum MeyerWavelet {
    /// Taps 1 to 31 of the low pass; tap 0 is 0, and the others mirror these about tap 31.
    private static let half: [Double] = [
        -1.009999956941423e-12, 8.519459636796214e-09, -1.111944952595278e-08, -1.0798819539621958e-08,
        6.066975741351135e-08, -1.0866516536735883e-07, 8.200680650386481e-08, 1.1783004497663934e-07,
        -5.506340565252278e-07, 1.1307947017916706e-06, -1.489549216497156e-06, 7.367572885903746e-07,
        3.20544191334478e-06, -1.6312699734552807e-05, 6.554305930575149e-05, -0.0006011502343516092,
        -0.002704672124643725, 0.002202534100911002, 0.006045814097323304, -0.006387718318497156,
        -0.011061496392513451, 0.015270015130934803, 0.017423434103729693, -0.03213079399021176,
        -0.024348745906078023, 0.0637390243228016, 0.030655091960824263, -0.13284520043622938, -0.035087555656258346,
        0.44459300275757724, 0.7445855923188063,
    ]

    private static let lowPass = [0] + half + half.dropLast().reversed()

    /// Tap j is (−1)^(j + 1) times the low pass' tap 61 − j.
    private static let highPass = lowPass.indices.map {
        ($0.isMultiple(of: 2) ? -1 : 1) * lowPass[lowPass.count - 1 - $0]
    }

    /// The four bands in one plane: approximation and horizontal detail (high pass along columns, low pass along rows) above,
    /// vertical and diagonal detail below. Each has ⌊(n + 61)/2⌋ samples along an axis of n.
    static func bands(_ plane: Plane) -> Plane {
        let (low, high) = filteredColumns(plane)
        func alongRows(_ plane: Plane) -> (low: Plane, high: Plane) {
            let (low, high) = filteredColumns(plane.transposed)
            return (low.transposed, high.transposed)
        }
        let (approximation, vertical) = alongRows(low)
        let (horizontal, diagonal) = alongRows(high)
        let (height, width) = (approximation.height, approximation.width)
        var values: [Double] = []
        values.reserveCapacity(4 * height * width)
        for (left, right) in [(approximation, horizontal), (vertical, diagonal)] {
            for row in 0..<height {
                values += left.values[row * width..<(row + 1) * width]
                values += right.values[row * width..<(row + 1) * width]
            }
        }
        return Plane(height: 2 * height, width: 2 * width, values: values)
    }

    /// y[k] = Σ_j h[j]·x[2k + 1 − j] along columns, with both filters.
    private static func filteredColumns(_ plane: Plane) -> (low: Plane, high: Plane) {
        let (taps, width) = (lowPass.count, plane.width)
        let rows = (plane.height + taps - 1) / 2
        var low = Plane(height: rows, width: width, values: [Double](repeating: 0, count: rows * width))
        var high = low
        plane.values.withUnsafeBufferPointer { values in
            low.values.withUnsafeMutableBufferPointer { low in
                high.values.withUnsafeMutableBufferPointer { high in
                    for row in 0..<rows {
                        for tap in 0..<taps {
                            let source = Border.symmetric.index(2 * row + 1 - tap, count: plane.height) * width
                            let (a, b) = (lowPass[tap], highPass[tap])
                            for column in 0..<width {
                                low[row * width + column] += a * values[source + column]
                                high[row * width + column] += b * values[source + column]
                            }
                        }
                    }
                }
            }
        }
        return (low, high)
    }
}

extension Plane {
    /// Rows as columns.
    var transposed: Plane {
        var result = Plane(height: width, width: height, values: values)
        for row in 0..<height {
            for column in 0..<width { result.values[column * height + row] = values[row * width + column] }
        }
        return result
    }
}
