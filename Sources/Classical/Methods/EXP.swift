/// Interpolation alone: F = M. The baseline that every method has to beat.
public struct EXP: MomentMethod {
    /// The name in the literature.
    public let name = "EXP"
    /// What it does.
    public let summary = "interpolation only, no detail from PAN: the baseline"
    /// Who published it.
    public let source = "Aiazzi et al., IEEE TGRS 40(10), 2002"

    /// The method has no settings.
    public init() {}

    /// No statistics are needed.
    public func moments(of scene: SharpeningScene) -> MomentPlan { MomentPlan() }

    /// There is nothing to find.
    public func fit(_ statistics: SceneStatistics) throws(ClassicalError) -> FittedMethod {
        FittedMethod { $0.interpolated }
    }
}
