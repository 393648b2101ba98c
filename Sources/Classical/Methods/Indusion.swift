import Sensors

/// Induction scaling: what PAN has more than the same PAN reduced and enlarged by the filters that enlarge the bands.
///
/// With ↓ and ↑ of `InductionScaling`, M'_b = ↑MS_b, P_l = ↓P: F_b = M'_b + Q_b − ↑q_b, where
/// Q_b = (P − m(P))·s(M'_b)/s(P) + m(M'_b) and q_b = (P_l − m(P_l))·s(MS_b)/s(P_l) + m(MS_b). Where PAN is constant, F = M' up to
/// the difference of the means of M' and MS. Ratios that are powers of two.
///
/// Programs of the field keep other samples when they reduce, so that P_l lies a pixel beside MS; here both lie at r·j + r/2.
public struct Indusion: ClassicalMethod {
    /// The name in the literature.
    public let name = "Indusion"
    /// What it does.
    public let summary = "multi-resolution: PAN less PAN reduced and enlarged by biorthogonal filters is added"
    /// Who published it.
    public let source = "Khan, Chanussot, Condat, Montanvert, IEEE GRSL 5(1), 2008"

    /// The method has no settings.
    public init() {}

    /// Measures means and deviations on both grids.
    ///
    /// - Throws: ``ClassicalError/methodRatio(method:ratio:allowed:)`` unless the ratio is a power of two.
    public func start(on scene: SharpeningScene) throws(ClassicalError) -> FittingStep {
        guard let scaling = scene.induction else {
            throw .methodRatio(method: name, ratio: scene.ratio, allowed: "ratios that are powers of two")
        }
        let count = scene.bands
        let table = PairTable(channels: count + 1, (0...count).map { ($0, $0) })
        let fine = GroupedMoments(
            ingredients: .widePAN, grid: .fine, table: table,
            channels: { block in
                let enlarged = scaling.enlarge(block.source.ms, region: block.region)
                return (0..<count).map { enlarged.band($0).values } + [block.pan.values]
            })
        let coarse = GroupedMoments(
            ingredients: .coarseGrid, grid: .coarse, table: table,
            channels: { block in
                let places = scene.coarseRegion(of: block.region)
                let reduced = scaling.reduce(block.source.pan, rows: places.rows, columns: places.columns)
                return (0..<count).map { block.coarseInterpolated?.band($0).values ?? [] } + [reduced.values]
            })
        return .pass(
            ScenePass(MeasurementPair(first: fine, second: coarse)) { (measured) throws(ClassicalError) in
                try measured.first.validate()
                try measured.second.validate()
                return .fitted(fitted(scaling, fine: measured.first.group(0), coarse: measured.second.group(0)))
            })
    }

    private func fitted(_ scaling: InductionScaling, fine: GroupMoments, coarse: GroupMoments) -> FittedMethod {
        let pan = fine.table.channels - 1
        func slopes(_ moments: GroupMoments) -> [Double] {
            let variance = moments.variance(pan)
            return (0..<pan).map { variance > 0 ? (moments.variance($0) / variance).squareRoot() : 0 }
        }
        let (sharp, low) = (slopes(fine), slopes(coarse))
        // The constants of Q_b and q_b; enlarging keeps a constant.
        let offsets = (0..<pan).map { band in
            fine.mean(band) - sharp[band] * fine.mean(pan) - coarse.mean(band) + low[band] * coarse.mean(pan)
        }
        return FittedMethod(
            coefficients: [.init(name: "injection gain", values: sharp)], ingredients: .widePAN
        ) { block in
            let enlarged = scaling.enlarge(block.source.ms, region: block.region)
            let lowPass = scaling.lowPass(block.source.pan, region: block.region)
            let pixels = block.pan.pixels
            return enlarged.values.withUnsafeBufferPointer { enlarged in
                block.fuseBands(lowPass: lowPass) { band, _, pan, lowPass, result in
                    let (gain, lowGain, offset) = (sharp[band], low[band], offsets[band])
                    for pixel in result.indices {
                        result[pixel] =
                            enlarged[band * pixels + pixel] + gain * pan[pixel] - lowGain * lowPass[pixel] + offset
                    }
                }
            }
        }
    }
}
