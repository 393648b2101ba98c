import ArgumentParser
import FusionKit

@main
struct FusionKitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fusionkit", abstract: "Fuse images taken by different sensors.", version: FusionKitVersion.current)
}
