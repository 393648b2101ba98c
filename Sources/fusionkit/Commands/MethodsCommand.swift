import ArgumentParser
import FusionKit

struct MethodsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "methods", abstract: "List the methods and networks that fuse images.",
        discussion: """
            Networks need weights; their presets are configurations for sensors and data sets, with which \
            'fusionkit create' makes a network to train.
            """)

    @Flag(help: "Print the list as JSON, with sources and configurations.")
    var json = false

    func run() throws {
        let methods = MethodDescription.all
        if json { return try Console.result(json: methods) }
        var table = TextTable(["name", "tasks", "weights", "summary"])
        var presets = TextTable(["network", "preset", "for"])
        for method in methods {
            table.rows.append(
                [
                    method.name, method.tasks.map(\.rawValue).joined(separator: ", "),
                    method.needsWeights ? "needed" : "", method.summary,
                ])
            presets.rows += method.presets.map { [method.name, $0.name, $0.summary] }
        }
        try Console.result([table, presets].map { $0.text(width: Console.resultWidth) }.joined(separator: "\n\n"))
    }
}

/// What a method is, for people who choose.
private struct MethodDescription: Encodable {
    struct Preset: Encodable {
        let name: String
        let summary: String
        /// A JSON object.
        let configuration: String
    }

    let name: String
    let title: String
    let summary: String
    let source: String
    let tasks: [FusionTask]
    let needsWeights: Bool
    let presets: [Preset]

    static var all: [MethodDescription] { sharpening + fusion + networks }

    private static var sharpening: [MethodDescription] {
        ClassicalMethods.all.map {
            MethodDescription(
                name: $0.name, title: $0.name, summary: $0.summary, source: $0.source,
                tasks: [.pansharpen, .hypersharpen] + ($0.name == EXP().name ? [.upscale] : []), needsWeights: false,
                presets: [])
        }
    }

    private static var fusion: [MethodDescription] {
        PairMethods.all.map {
            MethodDescription(
                name: $0.name, title: $0.title, summary: $0.summary, source: $0.source, tasks: [.fuse],
                needsWeights: false, presets: [])
        }
    }

    private static var networks: [MethodDescription] {
        NetworkSystem.all.map {
            MethodDescription(
                name: $0.name, title: $0.title, summary: $0.summary, source: $0.source, tasks: $0.tasks,
                needsWeights: !$0.hasWeights,
                presets: $0.presets.map { Preset(name: $0.name, summary: $0.summary, configuration: $0.json) })
        }
    }
}
