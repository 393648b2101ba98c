import ArgumentParser
import FusionKit

struct MethodsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "methods", abstract: "List the methods and networks that fuse images.")

    @Flag(help: "Print the list as JSON, with sources.")
    var json = false

    func run() throws {
        let methods = MethodDescription.all
        if json { return try Console.result(json: methods) }
        var table = TextTable(["name", "task", "weights", "summary"])
        for method in methods {
            table.rows.append(
                [
                    method.name, method.tasks.joined(separator: ", "), method.needsWeights ? "needed" : "",
                    method.summary,
                ])
        }
        try Console.result(table.text)
    }
}

/// What a method is, for people who choose.
private struct MethodDescription: Encodable {
    let name: String
    let title: String
    let summary: String
    let source: String
    let tasks: [String]
    let needsWeights: Bool

    static var all: [MethodDescription] {
        ClassicalMethods.all.map {
            MethodDescription(
                name: $0.name, title: $0.name, summary: $0.summary, source: $0.source, tasks: ["pansharpen"],
                needsWeights: false)
        }
            + NetworkSystem.all.map {
                MethodDescription(
                    name: $0.name, title: $0.title, summary: $0.summary, source: $0.source, tasks: $0.tasks,
                    needsWeights: true)
            }
    }
}
