/// The Cayley-Dickson algebra of 2^k components in the order of the DLPan toolbox.
///
/// With x = (a, b) and y = (c, d) split in halves, x∘y = (a∘c − d̄∘b, ā∘d̄ + c∘b̄); the bar negates all components but
/// number 0. The product of two unit components is a unit component with a sign: e_i∘e_j = s_ij·e_(i xor j).
package struct Hypercomplex: Sendable {
    /// Number of components, a power of two.
    package let count: Int
    /// s_ij at i·count + j.
    let signs: [Double]

    /// The algebra of `count` components, a power of two.
    package init(count: Int) {
        precondition(count > 0 && count & (count - 1) == 0, "\(count) components")
        self.count = count
        var signs = [1.0]
        var half = 1
        while half < count {
            /// Sign of the unit component i under the bar.
            func bar(_ i: Int) -> Double { i == 0 ? 1 : -1 }
            var next = [Double](repeating: 0, count: 4 * half * half)
            for i in 0..<half {
                for j in 0..<half {
                    let width = 2 * half
                    next[i * width + j] = signs[i * half + j]
                    next[(half + i) * width + half + j] = -bar(j) * signs[j * half + i]
                    next[i * width + half + j] = bar(i) * bar(j) * signs[i * half + j]
                    next[(half + i) * width + j] = bar(i) * signs[j * half + i]
                }
            }
            signs = next
            half *= 2
        }
        self.signs = signs
    }

    /// The product of two numbers, from the matrix of the products of their components.
    ///
    /// - Parameter products: x_i·y_j at i·count + j, or a mean of such.
    func contract(_ products: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: count)
        for i in 0..<count {
            for j in 0..<count { result[i ^ j] += signs[i * count + j] * products[i * count + j] }
        }
        return result
    }

    /// The Euclidean norm of the product of two numbers of which only the first `bands` components differ from 0.
    ///
    /// - Parameters:
    ///   - products: x_i·y_j at i·bands + j, or a mean of such, without the signs of the conjugation.
    ///   - conjugates: whether y is to be conjugated: components 1, 2, … change their sign.
    func norm(_ products: UnsafeBufferPointer<Double>, bands: Int, conjugates: Bool, scratch: inout [Double]) -> Double
    {
        for component in scratch.indices { scratch[component] = 0 }
        for i in 0..<bands {
            for j in 0..<bands {
                let sign = conjugates && j > 0 ? -signs[i * count + j] : signs[i * count + j]
                scratch[i ^ j] += sign * products[i * bands + j]
            }
        }
        return scratch.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }

    /// The product of two numbers.
    package func product(_ x: [Double], _ y: [Double]) -> [Double] {
        contract(x.flatMap { a in y.map { a * $0 } })
    }
}
