import ArgumentParser
import Foundation
import FusionKit

struct CreateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a network with random weights, to train it or to try a command.",
        discussion: """
            The weights are drawn by the rule of the network's authors; the same seed gives the same ones. What such a \
            network makes of images is of no use before it is trained.

            Example: fusionkit create lemamba --preset wv3 -o untrained.safetensors
            """)

    @Argument(help: "The network system.", completion: .list(NetworkSystem.all.map(\.name)))
    var system: String

    @Option(
        name: [.short, .long], help: ArgumentHelp("The .safetensors file to write.", valueName: "file"),
        completion: .file(extensions: ["safetensors"]))
    var output: String

    @Option(help: ArgumentHelp("A configuration that has a name; 'fusionkit methods' lists them.", valueName: "name"))
    var preset: String?

    @Option(
        help: ArgumentHelp(
            "A JSON object with a configuration; what it does not name is as the authors have it.", valueName: "json"))
    var settings: String?

    @Option(
        help: ArgumentHelp("The sensor that it is for.", valueName: "name"), completion: .list(Sensor.all.map(\.name)))
    var sensor: String?

    @Option(
        help: ArgumentHelp("The digital number that becomes 1 (default: the sensor's largest).", valueName: "number"))
    var peak: Double?

    @Option(help: ArgumentHelp("Decides everything that is random.", valueName: "number"))
    var seed: UInt64 = 0

    @Flag(help: "Replace an existing output.")
    var overwrite = false

    @OptionGroup(title: "Talk") var talk: TalkOptions

    func validate() throws {
        let system = try NamedChoices.system(system)
        if let preset {
            if settings != nil { throw ValidationError("--preset and --settings both configure; give one.") }
            _ = try NamedChoices.preset(preset, of: system)
        }
        if let sensor { _ = try NamedChoices.sensor(sensor) }
        if let peak, !(peak > 0 && peak.isFinite) { throw ValidationError("--peak is \(peak); give a number above 0.") }
        guard (output as NSString).pathExtension.lowercased() == "safetensors" else {
            throw ValidationError("The output is \(output); give a name that ends in .safetensors.")
        }
    }

    func run() throws {
        try OutputPath.check(output, overwrites: overwrite, inputs: [])
        let system = try NamedChoices.system(system)
        let json = try preset.map { try NamedChoices.preset($0, of: system).json } ?? settings ?? "{}"
        let named = try sensor.flatMap(NamedChoices.sensor)
        let network: any FusionNetwork
        do {
            network = try system.network(json)
        } catch {
            throw Failure(.usage, "The settings of \(system.name) can't be used: \(error)")
        }
        if let named { try named.check(network, of: output) }
        let known = named ?? preset.flatMap { Sensor.named($0, suiting: network) }
        var description = CheckpointDescription(
            system: system.name, configuration: network.configurationText, sensor: known?.name,
            origin: CheckpointDescription.untrained(seed: seed))
        if let peak = peak ?? known?.peak { description.peak = peak }
        try Interruption.gracefully { cancellation in
            try withTorchErrors { network.initialize(using: RandomGenerator(seed: seed)) }
            try cancellation.check()
            try SafetensorsFile.write(network.state(), metadata: description.metadata, to: output)
        }
        let bytes = (try? FileManager.default.attributesOfItem(atPath: output)[.size] as? Int) ?? 0
        talk.talk.say(
            "\(output): \(description.system), \(network.parameterCount) random parameters, seed \(seed), "
                + "\(bytes / 1_000_000) MB")
    }
}

extension Sensor {
    /// The sensor that a preset such as "wv3-base" is named after, where it has the bands and the ratio of a network.
    fileprivate static func named(_ preset: String, suiting network: any FusionNetwork) -> Sensor? {
        guard let network = network as? any SharpeningNetwork, let name = preset.split(separator: "-").first,
            let sensor = named(String(name)), sensor.bands.count == network.msBands, sensor.ratio == network.ratio
        else { return nil }
        return sensor
    }
}
