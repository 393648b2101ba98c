/// Band-dependent spatial detail with physical constraints: PAN adds detail and bands take away what they have already.
///
/// As ``BDSD`` for the whole scene, with a gain of PAN of at least 0 and gains of bands of at most 0: least squares without
/// negative weights after the signs of the A' are turned.
public struct BDSDPC: ClassicalMethod {
    /// The name in the literature.
    public let name = "BDSD-PC"
    /// What it does.
    public let summary = "component substitution: BDSD in which PAN adds and bands subtract only"
    /// Who published it.
    public let source = "Vivone, IEEE TGRS 57(9), 2019"

    /// The method has no settings.
    public init() {}

    /// Measures products of bands and PAN at reduced scale.
    public func start(on scene: SharpeningScene) throws(ClassicalError) -> FittingStep {
        .pass(
            ScenePass(DetailRegression.moments(of: scene)) { (moments) throws(ClassicalError) in
                try moments.validate()
                let regression = DetailRegression(signed: moments.group(0), bands: scene.bands)
                return .fitted(
                    FittedMethod(coefficients: [.init(name: "gain of PAN", values: regression.panGains)]) { block in
                        var result = block.interpolated
                        regression.inject(into: &result, of: block, part: block.region)
                        return result
                    })
            })
    }
}
