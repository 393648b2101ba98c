import Foundation
import Sensors

/// Plain statistics, written apart from the code under test.
enum Statistics {
    static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    static func deviation(_ values: [Double]) -> Double {
        let mean = mean(values)
        return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
    }

    static func correlation(_ left: [Double], _ right: [Double]) -> Double {
        let (leftMean, rightMean) = (mean(left), mean(right))
        let covariance = zip(left, right).reduce(0) { $0 + ($1.0 - leftMean) * ($1.1 - rightMean) }
        return covariance / Double(left.count) / (deviation(left) * deviation(right))
    }

    /// One band seen through a Gaussian, at pixels ratio × index + centre for a range of indices in both directions.
    static func sampled(
        _ image: Image, rows: Range<Int>, ratio: Int, centre: Double, deviation: Double
    ) -> [Double] {
        let reach = 5 * ratio
        let offsets = (-reach...reach).map { Double($0) + centre.rounded(.down) - centre }
        let weights = offsets.map { exp(-$0 * $0 / (2 * deviation * deviation)) }
        let sum = weights.reduce(0, +)
        return rows.flatMap { row in
            rows.map { column in
                let (top, left) = (row * ratio + Int(centre) - reach, column * ratio + Int(centre) - reach)
                var value = 0.0
                for (i, vertical) in weights.enumerated() {
                    var line = 0.0
                    for (j, horizontal) in weights.enumerated() {
                        guard image.height > top + i, image.width > left + j, top + i >= 0, left + j >= 0 else {
                            continue
                        }
                        line += horizontal * image.values[(top + i) * image.width + left + j]
                    }
                    value += vertical * line
                }
                return value / (sum * sum)
            }
        }
    }

    /// Mean square of the difference of pixels `step` columns apart.
    static func stepEnergy(_ image: Image, step: Int) -> Double {
        var sum = 0.0
        for row in 0..<image.height {
            for column in step..<image.width {
                let difference = image[0, row, column] - image[0, row, column - step]
                sum += difference * difference
            }
        }
        return sum / Double(image.height * (image.width - step))
    }
}
