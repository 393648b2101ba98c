import ArgumentParser
import FusionKit

struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate", abstract: "Make a PAN and MS pair of a made-up landscape, with the truth.",
        discussion: """
            Writes pan.tif, ms.tif and truth.tif (the bands as an instrument with PAN's pixels would see them) into a \
            folder. The same seed gives the same scene on every machine. Scenes of any size are drawn tile by tile.

            Examples:
              fusionkit simulate --sensor WV3 --size 1024 -o scene
              fusionkit simulate --sensor random --land coast --clouds 0.2 --misregistration 0.5,-1 -o scene
            """)

    @Option(
        help: ArgumentHelp("The sensor; random: a made-up one, by the seed.", valueName: "name"),
        completion: .list(Sensor.all.map(\.name) + ["random"]))
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

    @OptionGroup(title: "Scene") var scene: SceneOptions
    @OptionGroup(title: "Resources") var work: WorkOptions
    @OptionGroup(title: "Talk") var talk: TalkOptions

    private func namedSensor() throws -> Sensor? {
        sensor.lowercased() == "random" ? .random(seed: seed) : try NamedChoices.sensor(sensor)
    }

    func validate() throws {
        guard try namedSensor() != nil else {
            throw ValidationError("A scene is simulated as a sensor sees it; name one with --sensor.")
        }
    }

    func run() throws {
        guard let sensor = try namedSensor() else { return }
        // A made-up sensor may have any ratio, so the size gives way.
        let panSize = self.sensor.lowercased() == "random" ? size / sensor.ratio * sensor.ratio : size
        let simulator: SceneSimulator
        do {
            simulator = try SceneSimulator(
                sensor: sensor, panSize: panSize, seed: seed, conditions: try scene.conditions())
        } catch let error as SceneSimulatorError {
            throw Failure(.usage, "--size \(size), --sensor \(sensor.name): \(error)")
        }
        let folder = try SceneFolder(output, overwrites: overwrite)
        talk.talk.detail("simulating \(panSize) × \(panSize) PAN pixels of \(sensor.title), seed \(seed)")
        let threads = max(1, min(work.threadCount, work.memoryBytes / Self.bytesOfTile))
        try Interruption.gracefully { try folder.write(simulator, threads: threads, cancellation: $0) }
        talk.talk.say(
            "\(output): pan.tif, ms.tif, truth.tif; \(sensor.title), \(panSize) × \(panSize) PAN pixels, seed \(seed)")
    }

    /// Memory that drawing a tile takes at most, nearly.
    private static let bytesOfTile = 600 << 20
}
