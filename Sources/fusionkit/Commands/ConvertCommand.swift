import ArgumentParser
import Foundation
import FusionKit

struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Turn an authors' checkpoint into a file that says what it is.",
        discussion: """
            Reads .pth, .pt and .safetensors, checks that the parameters are those of the system, and writes \
            safetensors with system, configuration, sensor and peak. No code in the input is run.

            Example: fusionkit convert 420.pth wv3.safetensors --system fusionmamba-rs --sensor WV3
            """)

    @Argument(help: "The checkpoint.", completion: .file(extensions: ["pth", "pt", "safetensors"]))
    var input: String

    @Argument(help: "The .safetensors file to write.", completion: .file(extensions: ["safetensors"]))
    var output: String

    @Option(
        help: ArgumentHelp("The network system (default: by the names of the parameters).", valueName: "name"),
        completion: .list(NetworkSystem.all.map(\.name)))
    var system: String?

    @Option(
        help: ArgumentHelp("The sensor that the weights were trained for.", valueName: "name"),
        completion: .list(Sensor.all.map(\.name)))
    var sensor: String?

    @Option(
        help: ArgumentHelp(
            "The digital number that training divided by (default: the sensor's largest).", valueName: "number"))
    var peak: Double?

    @Option(help: ArgumentHelp("PAN pixels along an MS pixel, where the parameters don't tell.", valueName: "number"))
    var ratio: Int?

    @Flag(help: "Replace an existing output.")
    var overwrite = false

    @OptionGroup(title: "Talk") var talk: TalkOptions

    func validate() throws {
        if let system { _ = try NamedChoices.system(system) }
        if let sensor { _ = try NamedChoices.sensor(sensor) }
        if let peak, !(peak > 0 && peak.isFinite) { throw ValidationError("--peak is \(peak); give a number above 0.") }
        if let ratio, !(1...32).contains(ratio) { throw ValidationError("--ratio is \(ratio); give 1 to 32.") }
        guard (output as NSString).pathExtension.lowercased() == "safetensors" else {
            throw ValidationError("The output is \(output); give a name that ends in .safetensors.")
        }
    }

    func run() throws {
        try OutputPath.check(output, overwrites: overwrite, inputs: [input])
        let known = try sensor.flatMap(NamedChoices.sensor)
        let checkpoint = try NetworkCheckpoint(
            file: input, system: system.map(NamedChoices.system), sensor: known?.name, peak: peak ?? known?.peak,
            ratio: ratio)
        if let ratio, let network = checkpoint.network as? any SharpeningNetwork, network.ratio != ratio {
            throw Failure(
                .data, "\(input): the weights are for a ratio of \(network.ratio), not \(ratio). Leave --ratio away.")
        }
        if let known { try known.check(checkpoint.network, of: input) }
        for notice in checkpoint.notices { talk.talk.note(notice) }
        var description = checkpoint.description
        description.origin = description.origin ?? (input as NSString).lastPathComponent
        try Interruption.gracefully { cancellation in
            try cancellation.check()
            try SafetensorsFile.write(checkpoint.network.state(), metadata: description.metadata, to: output)
        }
        talk.talk.say("\(output): \(Self.summary(of: description, checkpoint.network))")
    }

    private static func summary(of description: CheckpointDescription, _ network: any FusionNetwork) -> String {
        var parts = [description.system]
        if let network = network as? any SharpeningNetwork {
            parts += [
                "\(network.msBands) bands", "ratio \(network.ratio)", description.sensor ?? "unknown sensor",
                "peak \(description.peak.plain)",
            ]
        }
        parts.append("\(network.parameterCount) parameters")
        return parts.joined(separator: ", ")
    }
}

extension Sensor {
    /// Checks that a network can be for this sensor.
    ///
    /// - Parameter file: where its weights are.
    func check(_ network: any FusionNetwork, of file: String) throws {
        guard let network = network as? any SharpeningNetwork else {
            throw Failure(.usage, "\(file): the network fuses no images of satellites. Leave --sensor away.")
        }
        guard bands.count == network.msBands else {
            throw Failure(
                .data,
                "\(file): the weights are for \(network.msBands) bands; the sensor \(name) has "
                    + "\(bands.count). Give the --sensor that they were trained for.")
        }
        guard ratio == network.ratio else {
            throw Failure(
                .data,
                "\(file): the weights are for a ratio of \(network.ratio); the sensor \(name) has "
                    + "\(ratio). Give the --sensor that they were trained for.")
        }
    }
}
