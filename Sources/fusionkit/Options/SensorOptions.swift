import ArgumentParser
import FusionKit

/// The instrument that an image is from.
struct SensorOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The sensor, for its MTF gains and bits; none for 0.30 in every band (default: what the image's metadata or the "
                + "weights say, else 0.30; pansharpen and hypersharpen tell where they ask the images).",
            valueName: "name"),
        completion: .list(Sensor.all.map(\.name)))
    var sensor: String?

    func validate() throws { _ = try named }

    /// The sensor that the user names; nil where it is "none", or nobody named one.
    var named: Sensor? {
        get throws { try sensor.flatMap(NamedChoices.sensor) }
    }
}
