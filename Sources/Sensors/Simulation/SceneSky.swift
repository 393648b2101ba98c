/// Clouds, their shadows and the haze of a scene.
struct SceneSky {
    private let clouds: SceneNoise
    private let haze: SceneNoise
    /// Noise above this is cloud; nil for a clear sky.
    private let threshold: Float?
    /// From a cloud to its shadow, in pixels.
    private let shadow: (x: Int, y: Int)

    /// - Parameters:
    ///   - share: of the scene below clouds, 0 to 1.
    ///   - side: of the scene in pixels.
    init(share: Double, side: Int, metresPerPixel: Double, sun: SceneSun, seed: UInt64) {
        let extent = min(Double(side), 1200 / metresPerPixel)
        clouds = SceneNoise(
            cells: [
                (extent * 0.4, 1), (extent * 0.18, 0.55), (extent * 0.08, 0.32), (extent * 0.035, 0.2),
                (extent * 0.015, 0.12), (extent * 0.007, 0.07),
            ], key: ScenePlan.key(8, seed))
        haze = SceneNoise(cells: [(extent * 0.6, 1), (extent * 0.25, 0.4)], key: ScenePlan.key(9, seed))
        threshold = share > 0 ? Self.threshold(exceededBy: share) : nil
        // As far as clouds of a few hundred metres throw it, but not out of the scene.
        let reach = min(400 / metresPerPixel / sun.tangent, 0.22 * Double(side))
        shadow = (Int((-reach * sun.toward.x).rounded()), Int((-reach * sun.toward.y).rounded()))
    }

    /// What a share of the values of noise exceeds, nearly: the logistic approximation of the normal distribution.
    private static func threshold(exceededBy share: Double) -> Float {
        let bounded = min(max(share, 0.002), 0.998)
        return Float((PortableMath.logarithm(1 - bounded) - PortableMath.logarithm(bounded)) / 1.702)
    }

    /// What lies above each pixel of a frame.
    struct Map {
        /// Factor on the aerosol, around 1.
        let haze: [Float]
        /// Opacity of clouds and of those between pixel and sun, 0 to 1; empty for a clear sky.
        let cloud: [Float]
        let shadow: [Float]
    }

    func map(_ frame: SceneFrame) -> Map {
        let haze = haze.map(frame).map { max(1 + 0.28 * $0, 0.2) }
        guard let threshold else { return Map(haze: haze, cloud: [], shadow: []) }
        func opacity(_ noise: [Float]) -> [Float] {
            noise.map { value in
                let step = min(max((value - threshold) / 0.7 + 0.35, 0), 1)
                return step * step * (3 - 2 * step)
            }
        }
        return Map(
            haze: haze, cloud: opacity(clouds.map(frame)),
            shadow: opacity(clouds.map(frame.moved(x: -shadow.x, y: -shadow.y))))
    }
}
