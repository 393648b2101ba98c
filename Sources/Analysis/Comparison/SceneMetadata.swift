import Raster
import Sensors

/// The names of metadata that a simulated scene carries, and whatever is fused from it.
package enum SceneMetadata {
    package static let ratio = "FUSIONKIT_RATIO"
    package static let bits = "FUSIONKIT_BITS"
    package static let sensor = "FUSIONKIT_SENSOR"
    package static let seed = "FUSIONKIT_SEED"
}

extension RasterProfile {
    /// The sensor that the metadata name; nil where they name none that is known.
    package var recordedSensor: Sensor? { metadata[""]?[SceneMetadata.sensor].flatMap(Sensor.named) }
}
