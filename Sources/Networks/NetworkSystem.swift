import Torch

/// One of the network systems: what it is, and how to build it.
public struct NetworkSystem: Sendable {
    /// The name on the command line and in checkpoints, such as "fusionmamba-rs".
    public let name: String
    /// The name in the literature.
    public let title: String
    /// One line for people who choose.
    public let summary: String
    /// Who published it.
    public let source: String
    /// The commands that it serves.
    public let tasks: [String]
    /// Builds the network from a configuration in JSON; keys that are absent have their defaults.
    let build: @Sendable (_ configuration: String) throws -> any SharpeningNetwork
    /// The configuration, in JSON, of the network with parameters of these shapes; nil where they are of another system.
    let inferred: @Sendable (_ shapes: [String: [Int]], _ ratio: Int?) -> String?

    /// Builds the network, without values for its parameters.
    ///
    /// - Parameter configuration: a JSON object; keys that are absent have their defaults.
    /// - Throws: `ConfigurationError`.
    public func network(_ configuration: String = "{}") throws -> any SharpeningNetwork { try build(configuration) }

    /// Every system.
    public static let all: [NetworkSystem] = [.fusionMambaRS]

    /// The system of a name, in any case; nil when there is none.
    public static func named(_ name: String) -> NetworkSystem? {
        all.first { $0.name == name.lowercased() }
    }
}
