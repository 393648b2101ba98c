import Sensors

/// PAN brought to mean and deviation of each band: Q_b = a_b·P + c_b with a_b = s(M_b)/s(X) and c_b = m(M_b) − a_b·m(P).
///
/// X is PAN or a low pass of it, as methods differ in that. Where X is constant, so is Q_b.
struct BandMatch: Sendable {
    /// a_b.
    let slopes: [Double]
    /// c_b.
    let offsets: [Double]
    /// m(M_b), which is the mean of Q_b too.
    let means: [Double]
    /// For each band the sum of its MTF filter's taps.
    let filterSums: [Double]

    /// The numbers for a report.
    var coefficients: [FittedMethod.Coefficients] {
        [.init(name: "slope of matched PAN", values: slopes), .init(name: "offset of matched PAN", values: offsets)]
    }

    /// - Parameter spread: X.
    static func plan(_ scene: SharpeningScene, spread: Channel) -> MomentPlan {
        MomentPlan(
            fine: (0..<scene.bands).map { .init(.band($0), .band($0)) }
                + [.init(.pan, .pan), .init(spread, spread)])
    }

    init(_ statistics: SceneStatistics, spread: Channel) throws(ClassicalError) {
        try statistics.validate()
        let scene = statistics.scene
        let deviation = statistics.deviation(spread)
        let slopes = (0..<scene.bands).map { deviation > 0 ? statistics.deviation(.band($0)) / deviation : 0 }
        self.slopes = slopes
        means = (0..<scene.bands).map { statistics.mean(.band($0)) }
        offsets = zip(means, slopes).map { $0 - $1 * statistics.mean(.pan) }
        filterSums = scene.filterOfBand.map { scene.filters[$0].sum }
    }
}
