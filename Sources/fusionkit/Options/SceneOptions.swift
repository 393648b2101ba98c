import ArgumentParser
import FusionKit

extension SceneLand: ExpressibleByArgument {}

/// What a simulated scene shows and what its instrument gets wrong.
struct SceneOptions: ParsableArguments {
    @Option(help: "The kind of land.")
    var land = SceneLand.mixed

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Share of the scene below clouds, 0 to 1.", valueName: "share"))
    var clouds = 0.0

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Haze as aerosol optical depth, 0 to 2; 0.05 is clear, 0.5 hazy (default: 0.05 to 0.25, by the seed).",
            valueName: "depth"))
    var haze: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Noise of the detectors, relative to that of good ones.", valueName: "factor"))
    var noise = 1.0

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How far MS lies right of and below where its grid says, in PAN pixels; at most half an MS pixel each.",
            valueName: "x,y"))
    var misregistration = "0,0"

    func validate() throws { _ = try shift() }

    private func shift() throws -> SceneConditions.Misregistration {
        let parts = misregistration.split(separator: ",", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Double($0.filter { $0 != " " }) }
        guard parts.count == 2, numbers.count == 2 else {
            throw ValidationError("--misregistration \(misregistration) is no pair of numbers; write it as 0.5,-1.")
        }
        return SceneConditions.Misregistration(x: numbers[0], y: numbers[1])
    }

    func conditions() throws -> SceneConditions {
        SceneConditions(land: land, clouds: clouds, haze: haze, noise: noise, misregistration: try shift())
    }
}
