import Classical
import Sensors

extension ScenePair {
    /// The method without training that runs where none is named.
    ///
    /// C-GS2-GLP, which sharpens with one band; for several in hypersharpening HySure, nearly as good as CNMF and three times as
    /// fast, or GFPCA where the scene is beyond HySure's limit.
    ///
    /// - Throws: ``SceneError`` and `ClassicalError` for a pair that no method can sharpen.
    public func standardMethod() throws -> any ClassicalMethod {
        guard task == .hypersharpen, panBands.count > 1 else { return ClassicalMethods.standard }
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
