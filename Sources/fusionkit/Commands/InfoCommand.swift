import ArgumentParser
import Foundation
import FusionKit

struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Tell what a checkpoint or an image is, or what this program runs on.")

    @Argument(help: "A checkpoint or an image.", completion: .file())
    var file: String?

    @Flag(help: "Tell about the program and this machine.")
    var system = false

    @Flag(help: "List every tensor of a checkpoint.")
    var tensors = false

    @Flag(help: "Print it as JSON.")
    var json = false

    func validate() throws {
        guard (file != nil) != system else { throw ValidationError("Give a file, or --system.") }
    }

    func run() throws {
        guard let file else { return try show(SystemInformation()) }
        let isCheckpoint = ["safetensors", "pth", "pt", "ckpt"].contains((file as NSString).pathExtension.lowercased())
        if isCheckpoint { return try show(CheckpointInformation(file, listsTensors: tensors)) }
        do {
            try show(ImageInformation(file))
        } catch let error as RasterError where error.code == .notAnImage {
            // It may be weights of another name; when it is not that either, the first answer stands.
            guard let information = try? CheckpointInformation(file, listsTensors: tensors) else { throw error }
            try show(information)
        }
    }

    private func show(_ information: some Encodable & CustomStringConvertible) throws {
        if json { try Console.result(json: information) } else { try Console.result(information.description) }
    }
}
