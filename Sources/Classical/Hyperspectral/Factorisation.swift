/// Y ≈ WH without negative numbers, by the multiplicative updates of Lee and Seung (NIPS 2000), which never make the residual
/// larger.
struct Factorisation: Sendable {
    /// W, bands × spectra.
    var spectra: Matrix
    /// H, spectra × pixels.
    var shares: Matrix

    /// Updates H alone.
    ///
    /// - Parameters:
    ///   - image: Y.
    ///   - change: ends the updates when the squared residual changes by less than this part of it.
    mutating func updateShares(_ image: Matrix, atMost count: Int, until change: Double) {
        let products = spectra.transposed * image
        repeatUntil(change, atMost: count, image) { own, product in own.stepShares(products, product) }
    }

    /// Updates W alone.
    mutating func updateSpectra(_ image: Matrix, atMost count: Int, until change: Double) {
        let products = image.timesTransposed(shares)
        let gram = shares.timesTransposed(shares)
        repeatUntil(change, atMost: count, image) { own, _ in own.stepSpectra(products, gram) }
    }

    /// Updates W, then H, again and again.
    mutating func updateBoth(_ image: Matrix, atMost count: Int, until change: Double) {
        repeatUntil(change, atMost: count, image) { own, _ in
            own.stepSpectra(image.timesTransposed(own.shares), own.shares.timesTransposed(own.shares))
            own.stepShares(own.spectra.transposed * image, own.spectra * own.shares)
        }
    }

    /// - Parameter step: is told WH.
    private mutating func repeatUntil(
        _ change: Double, atMost count: Int, _ image: Matrix, step: (inout Factorisation, Matrix) -> Void
    ) {
        var product = spectra * shares
        var residual = Self.squaredDifference(image, product)
        for _ in 0..<count {
            step(&self, product)
            product = spectra * shares
            let next = Self.squaredDifference(image, product)
            let isDone = !(residual - next > change * next)
            residual = next
            if isDone { break }
        }
    }

    /// H ← H∘(WᵀY)/(WᵀWH).
    private mutating func stepShares(_ products: Matrix, _ product: Matrix) {
        Self.scale(&shares.values, by: products.values, over: (spectra.transposed * product).values)
    }

    /// W ← W∘(YHᵀ)/(WHHᵀ).
    private mutating func stepSpectra(_ products: Matrix, _ gram: Matrix) {
        Self.scale(&spectra.values, by: products.values, over: (spectra * gram).values)
    }

    /// A number whose denominator is 0 stays.
    private static func scale(_ values: inout [Double], by numerators: [Double], over denominators: [Double]) {
        values.withUnsafeMutableBufferPointer { values in
            numerators.withUnsafeBufferPointer { numerators in
                denominators.withUnsafeBufferPointer { denominators in
                    for index in values.indices {
                        let denominator = denominators[index]
                        values[index] *=
                            denominator > .leastNormalMagnitude ? max(numerators[index], 0) / denominator : 1
                    }
                }
            }
        }
    }

    private static func squaredDifference(_ first: Matrix, _ second: Matrix) -> Double {
        first.values.withUnsafeBufferPointer { first in
            second.values.withUnsafeBufferPointer { second in
                var partial = (0.0, 0.0, 0.0, 0.0)
                var index = 0
                while index + 4 <= first.count {
                    let a = first[index] - second[index]
                    let b = first[index + 1] - second[index + 1]
                    let c = first[index + 2] - second[index + 2]
                    let d = first[index + 3] - second[index + 3]
                    partial = (partial.0 + a * a, partial.1 + b * b, partial.2 + c * c, partial.3 + d * d)
                    index += 4
                }
                var sum = partial.0 + partial.1 + partial.2 + partial.3
                while index < first.count {
                    sum += (first[index] - second[index]) * (first[index] - second[index])
                    index += 1
                }
                return sum
            }
        }
    }
}
