import Sensors

/// The regression of the BDSD family: a band's detail on all bands and PAN, F_k = M_k + γ_k·[M_1 … M_B, P] + c_k.
struct DetailRegression: Sendable {
    /// For each band the gains of the B bands and of PAN.
    let gains: [[Double]]
    /// c_k.
    let constants: [Double]

    /// Gain of PAN in each band.
    var panGains: [Double] { gains.map { $0[$0.count - 1] } }

    /// Products of A'_1 … A'_B, p and the targets A_1 − A'_1 … A_B − A'_B over the coarse grid.
    ///
    /// - Parameter labels: the group of each coarse pixel of a block.
    static func moments(
        of scene: SharpeningScene, groups: Int = 1, ingredients: Ingredients = [],
        labels: (@Sendable (PreparedBlock) -> [Int32])? = nil
    ) -> GroupedMoments {
        let count = scene.bands
        let regressors = 0...count
        return GroupedMoments(
            ingredients: ingredients.union(.reducedScale), grid: .coarse,
            table: PairTable(
                channels: 2 * count + 1,
                regressors.flatMap { first in
                    regressors.map { (first, $0) } + (0..<count).map { (first, count + 1 + $0) }
                }),
            groups: groups,
            channels: { block in
                guard let reduced = block.reduced else { preconditionFailure("reduced scale was not prepared") }
                let blurred = (0..<count).map { reduced.blurred.band($0).values }
                let details = (0..<count).map { band in
                    zip(reduced.bands.band(band).values, blurred[band]).map { $0 - $1 }
                }
                return blurred + [reduced.pan.values] + details
            }, labels: labels)
    }

    /// Least squares without intercept.
    init(_ moments: GroupMoments, bands: Int) {
        let gram = Self.products(moments, bands: bands)
        gains = LeastSquares.weights(
            covariance: gram,
            targets: (0..<bands).map { band in (0...bands).map { moments.product($0, bands + 1 + band) } })
        constants = [Double](repeating: 0, count: bands)
    }

    /// Least squares with intercept.
    ///
    /// A group without contrast keeps its intercept alone: what its pixels differ by is rounding of the interpolator's ripple.
    init(withIntercept moments: GroupMoments, bands: Int) {
        let covariances = moments.covariances(0..<bands + 1)
        let isFlat = (0...bands).allSatisfy {
            max(covariances[$0 * (bands + 2)], 0).squareRoot() <= 1e-7 * abs(moments.mean($0))
        }
        let gains =
            isFlat
            ? [[Double]](repeating: [Double](repeating: 0, count: bands + 1), count: bands)
            : LeastSquares.weights(
                covariance: covariances,
                targets: (0..<bands).map { band in (0...bands).map { moments.covariance($0, bands + 1 + band) } })
        self.gains = gains
        constants = (0..<bands).map { band in
            (0...bands).reduce(moments.mean(bands + 1 + band)) { $0 - gains[band][$1] * moments.mean($1) }
        }
    }

    /// Least squares without intercept, with a gain of PAN of at least 0 and gains of bands of at most 0.
    init(signed moments: GroupMoments, bands: Int) {
        func sign(_ channel: Int) -> Double { channel == bands ? 1 : -1 }
        let size = bands + 1
        let gram = Self.products(moments, bands: bands).enumerated().map { place, product in
            sign(place / size) * sign(place % size) * product
        }
        gains = (0..<bands).map { band in
            LeastSquares.nonNegativeWeights(
                gram: gram, target: (0...bands).map { sign($0) * moments.product($0, bands + 1 + band) }
            ).enumerated().map { sign($0) * $1 }
        }
        constants = [Double](repeating: 0, count: bands)
    }

    private static func products(_ moments: GroupMoments, bands: Int) -> [Double] {
        (0...bands).flatMap { row in (0...bands).map { moments.product(row, $0) } }
    }

    /// Adds the details to a part of a block that holds M.
    func inject(into result: inout Image, of block: PreparedBlock, part: PixelRegion) {
        let (pixels, width, bands) = (block.pan.pixels, block.pan.width, result.bands)
        let column = part.columns.lowerBound - block.region.columns.lowerBound
        result.values.withUnsafeMutableBufferPointer { result in
            block.interpolated.values.withUnsafeBufferPointer { interpolated in
                block.pan.values.withUnsafeBufferPointer { pan in
                    for band in 0..<bands {
                        let (constant, panGain) = (constants[band], gains[band][bands])
                        for row in part.rows {
                            let start = (row - block.region.rows.lowerBound) * width + column
                            let line = start..<start + part.columns.count
                            let target = band * pixels
                            for pixel in line { result[target + pixel] += constant + panGain * pan[pixel] }
                            for other in 0..<bands {
                                let (gain, source) = (gains[band][other], other * pixels)
                                for pixel in line { result[target + pixel] += gain * interpolated[source + pixel] }
                            }
                        }
                    }
                }
            }
        }
    }

    /// M with the details of each pixel's group added.
    static func fuse(_ block: PreparedBlock, groups: [DetailRegression], labels: [Int32]) -> Image {
        let bands = block.scene.bands
        var result = block.interpolated
        let pixels = block.pan.pixels
        result.values.withUnsafeMutableBufferPointer { result in
            block.interpolated.values.withUnsafeBufferPointer { interpolated in
                block.pan.values.withUnsafeBufferPointer { pan in
                    for band in 0..<bands {
                        let constants = groups.map { $0.constants[band] }
                        let panGains = groups.map { $0.gains[band][bands] }
                        for pixel in 0..<pixels {
                            let group = Int(labels[pixel])
                            result[band * pixels + pixel] += constants[group] + panGains[group] * pan[pixel]
                        }
                        for other in 0..<bands {
                            let gains = groups.map { $0.gains[band][other] }
                            for pixel in 0..<pixels {
                                result[band * pixels + pixel] +=
                                    gains[Int(labels[pixel])] * interpolated[other * pixels + pixel]
                            }
                        }
                    }
                }
            }
        }
        return result
    }
}
