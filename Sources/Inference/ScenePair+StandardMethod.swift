import Classical
import Sensors

extension ScenePair {
    /// Of Jasper Ridge's 198 bands, every sixth (31 in all) came out better by HySure than by GFPCA, every twelfth hardly, every
    /// twentieth much worse.
    public static let fewestBandsForHySure = 24

    /// The method without training that runs where none is named.
    ///
    /// C-GS2-GLP, which sharpens with one band; for several in hypersharpening HySure, nearly as good as CNMF and three times as
    /// fast, or GFPCA for scenes beyond HySure's limit and for few bands, of which HySure makes worse than what it was given.
    ///
    /// - Throws: ``SceneError`` and `ClassicalError` for a pair that no method can sharpen.
    public func standardMethod() throws -> any ClassicalMethod {
        guard task == .hypersharpen, panBands.count > 1 else { return ClassicalMethods.standard }
        guard msBands.count >= Self.fewestBandsForHySure else { return GFPCA() }
        let sensor = Sensor.unknown(bands: msBands.count, ratio: ratio, bits: 16)
        let scene = try SceneReader(self, sensor: sensor).scene
        let best = HySure()
        do {
            _ = try best.start(on: scene)
            return best
        } catch ClassicalError.tooLarge {
            return GFPCA()
        }
    }
}
