import ArgumentParser
import FusionKit

struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate", abstract: "Make a PAN and MS pair of a made-up landscape, with the truth.",
        discussion: """
            Writes pan.tif, ms.tif and truth.tif (the bands as an instrument with PAN's pixels would see them) into a \
            folder. The same seed gives the same scene on every machine.

            Example: fusionkit simulate --sensor WV3 --size 1024 -o scene
            """)

    @Option(help: ArgumentHelp("The sensor.", valueName: "name"), completion: .list(Sensor.all.map(\.name)))
    var sensor = "WV3"

    @Option(help: ArgumentHelp("Rows and columns of PAN.", valueName: "pixels"))
    var size = 1024

    @Option(help: ArgumentHelp("Decides everything that is random.", valueName: "number"))
    var seed: UInt64 = 0

    @Option(
        name: [.short, .long], help: ArgumentHelp("The folder to write into; made when missing.", valueName: "folder"),
        completion: .directory)
    var output: String

    @Flag(help: "Replace existing files.")
    var overwrite = false

    @OptionGroup(title: "Talk") var talk: TalkOptions

    func validate() throws {
        guard try NamedChoices.sensor(sensor) != nil else {
            throw ValidationError("A scene is simulated as a sensor sees it; name one with --sensor.")
        }
    }

    func run() throws {
        guard let sensor = try NamedChoices.sensor(sensor) else { return }
        let simulator: SceneSimulator
        do {
            simulator = try SceneSimulator(sensor: sensor, panSize: size, seed: seed)
        } catch {
            throw Failure(.usage, "--size \(size), --sensor \(sensor.name): \(error)")
        }
        let folder = try SceneFolder(output, overwrites: overwrite)
        talk.talk.detail("simulating \(size) × \(size) PAN pixels of \(sensor.title), seed \(seed)")
        // Ctrl-C ends this at once: nothing has been written.
        let scene = simulator.render()
        try Interruption.gracefully { try folder.write(scene, of: simulator, cancellation: $0) }
        talk.talk.say(
            "\(output): pan.tif, ms.tif, truth.tif; \(sensor.title), \(size) × \(size) PAN pixels, seed \(seed)")
    }
}
