/// Principal components: the first component of the bands is replaced by PAN.
///
/// v is the first eigenvector of the bands' covariance with Σ v_b > 0, p1 = Σ v_b(M_b − m(M_b)),
/// P' = (P − m(P))·s(p1)/s(P), F_b = M_b + v_b(P' − p1). Where PAN is constant, F = M.
public struct PCA: MomentMethod {
    /// The name in the literature.
    public let name = "PCA"
    /// What it does.
    public let summary = "component substitution: the first principal component of the bands is replaced by PAN"
    /// Who published it.
    public let source = "Chavez, Kwarteng, PE&RS 55(3), 1989"

    /// The method has no settings.
    public init() {}

    /// All covariances of the bands, variance of PAN.
    public func moments(of scene: SharpeningScene) -> MomentPlan {
        MomentPlan(fine: MomentPlan.bands(of: scene) + [.init(.pan, .pan)])
    }

    /// Finds the first principal component.
    public func fit(_ statistics: SceneStatistics) throws(ClassicalError) -> FittedMethod {
        try statistics.validate()
        let count = statistics.scene.bands
        let (values, vectors) = LeastSquares.eigen(statistics.bandCovariances(), count: count)
        let first = values.indices.max { values[$0] < values[$1] } ?? 0
        let vector = Array(vectors[first * count..<(first + 1) * count])
        let sign: Double = vector.reduce(0, +) < 0 ? -1 : 1
        let weights = vector.map { sign * $0 }
        let means = (0..<count).map { statistics.mean(.band($0)) }
        let panMean = statistics.mean(.pan)
        let deviation = statistics.deviation(.pan)
        let slope = deviation > 0 ? max(values[first], 0).squareRoot() / deviation : 0
        let gains = deviation > 0 ? weights : weights.map { _ in 0 }
        return FittedMethod(coefficients: [.init(name: "first component", values: weights)]) { block in
            let component = block.combination(of: weights, less: means)
            return block.add(zip(block.pan.values, component).map { ($0 - panMean) * slope - $1 }, gains: gains)
        }
    }
}
