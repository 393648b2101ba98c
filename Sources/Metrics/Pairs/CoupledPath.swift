/// The cells (i, j) where one of Fréchet's bounds has mass: at most 17 on a monotone path.
struct CoupledPath {
    private static let room = 20
    static let memory = 4 * room
    private let masses: UnsafeMutablePointer<Double>
    /// p_f·p_a, and its logarithm.
    private let products: UnsafeMutablePointer<Double>
    private let logarithms: UnsafeMutablePointer<Double>
    private let joint: UnsafeMutablePointer<Double>
    private var cells = 0

    /// - Parameter memory: ``memory`` numbers, initialised.
    init(_ memory: UnsafeMutablePointer<Double>) {
        masses = memory
        products = memory + Self.room
        logarithms = memory + 2 * Self.room
        joint = memory + 3 * Self.room
    }

    /// Lays both distributions out on 0…1, the second one backwards for the lower bound: a cell has the mass of what its two
    /// stretches have in common. There are no branches but the loop's, which nothing could foretell.
    ///
    /// - Returns: Σ(U − F·A) over all cells, which is the covariance of the places under the bound (Hoeffding).
    mutating func walk(_ first: WindowDistribution, _ second: WindowDistribution, isAscending: Bool) -> Double {
        let count = WindowDistribution.count
        let (start, direction) = isAscending ? (0, 1) : (count - 1, -1)
        // A stretch ends at Σ_{k ≤ j} p_k, from behind at 1 − Σ_{k < j} p_k.
        let (origin, sign, shift) = isAscending ? (0.0, 1.0, 1) : (1.0, -1.0, 0)
        var (i, step) = (0, 0)
        var (position, covariance) = (0.0, 0.0)
        cells = 0
        while i < count && step < count {
            let j = start + direction * step
            let (own, end) = (first.cumulative[i + 1], origin + sign * second.cumulative[j + shift])
            let next = own <= end ? own : end
            let mass = next > position ? next - position : 0
            position = next > position ? next : position
            masses[cells] = mass
            products[cells] = first.probabilities[i] * second.probabilities[j]
            logarithms[cells] = first.logarithms[i] + second.logarithms[j]
            covariance += mass * (Double(i + 1) - first.center) * (Double(j + 1) - second.center)
            cells += 1
            i += own <= end ? 1 : 0
            step += end <= own ? 1 : 0
        }
        return covariance
    }

    /// Σ x·log|x| of the joint distribution's cells x on the path, less what the same sum has without the bound.
    func excess(phi: Double, restLogarithm: Double) -> Double {
        let rest = 1 - phi
        var without = 0.0
        for cell in 0..<cells {
            let independent = rest * products[cell]
            joint[cell] = phi * masses[cell] + independent
            without += independent * (restLogarithm + logarithms[cell])
        }
        for cell in cells..<Self.room { joint[cell] = 0 }
        var sums = SIMD4<Double>()
        for cell in stride(from: 0, to: cells, by: 4) {
            let values = UnsafePointer(joint).vector(cell)
            sums += values * logarithmOfMagnitude(values)
        }
        return sums.sum() - without
    }
}
