/// Why a training can't begin or go on.
public struct TrainingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of trouble, to switch on.
    public enum Code: Sendable, Hashable {
        /// Settings that don't fit together.
        case settings
        /// Data that lack something, or don't fit the network.
        case data
        /// A scene that a network can't be adapted to.
        case scene
        /// The folder of a run is not what it should be.
        case folder
        /// NaN or infinity.
        case notFinite
        /// Processes that should train together can't.
        case processes
        /// Stopped as asked; the state is saved.
        case stopped
    }

    /// The kind of trouble.
    public let code: Code
    /// What is wrong; a sentence.
    public let problem: String
    /// What to do; a sentence, or empty.
    public let remedy: String

    /// An error.
    public init(_ code: Code, _ problem: String, remedy: String) {
        self.code = code
        self.problem = problem
        self.remedy = remedy
    }

    /// Problem and remedy.
    public var description: String { remedy.isEmpty ? problem : "\(problem) \(remedy)" }
}
