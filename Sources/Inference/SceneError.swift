import Networks

/// Why two images can't be fused, or a scene not be worked through.
public struct SceneError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of trouble.
    public enum Code: String, Sendable, CaseIterable {
        /// PAN has several bands.
        case panchromaticBands
        /// The files look as if they had been exchanged.
        case swapped
        /// An image is neither grey nor a colour picture.
        case imageBands
        /// Two images have different sizes.
        case otherSize
        /// The two projections differ.
        case projectionMismatch
        /// The two grids are turned or sheared against each other.
        case rotated
        /// The pixel sizes are no whole number times each other.
        case ratio
        /// The two images have no pixel in common.
        case noOverlap
        /// The images are too small.
        case tooSmall
        /// The weights are for other bands, or another ratio.
        case weightsMismatch
        /// The sensor has fewer bands than the image.
        case sensorMismatch
        /// An option has a value that makes no sense.
        case invalidOption
        /// Samples are so large that statistics of them are not finite.
        case notFinite
        /// No pixel is valid in both images.
        case noValidPixels
        /// The work does not fit into the memory that was allowed.
        case memory
        /// Somebody asked to stop.
        case cancelled
    }

    /// The kind of trouble.
    public let code: Code
    /// What is wrong, with the files and numbers found.
    public let problem: String
    /// What to do about it.
    public let remedy: String

    /// An error.
    public init(_ code: Code, _ problem: String, remedy: String) {
        self.code = code
        self.problem = problem
        self.remedy = remedy
    }

    /// Both sentences.
    public var description: String { remedy.isEmpty ? problem : "\(problem) \(remedy)" }
}

extension SceneError {
    /// Some work does not fit into the memory that was allowed. Numbers are megabytes of 10⁶ bytes, as --memory takes them, so
    /// that what is needed is enough when it is given.
    ///
    /// - Parameters:
    ///   - work: what does not fit, with its verb: "Tiles of 64 × 64 pixels need".
    ///   - needed: bytes.
    ///   - allowed: bytes.
    package static func memory(
        _ work: String, needed: Int, allowed: Int, remedy: String = "Allow more with --memory."
    ) -> SceneError {
        let megabyte = 1_000_000
        return SceneError(
            .memory, "\(work) \(needed / megabyte + 1) MB, and \(allowed / megabyte) MB are allowed.", remedy: remedy)
    }

    /// No weights of a system for a task come with the library.
    package static func noWeights(_ system: NetworkSystem, task: FusionTask) -> SceneError {
        let tasks = system.tasks.map(\.rawValue).joined(separator: " and ")
        return system.tasks.contains(task)
            ? SceneError(
                .weightsMismatch, "\(system.name) comes without weights to \(task.rawValue) with.",
                remedy: "Give a file of them with --weights.")
            : SceneError(
                .weightsMismatch, "\(system.name) does not \(task.rawValue).", remedy: "It is made to \(tasks).")
    }

    /// The weights are for another task than the one at hand.
    static func otherTask(_ checkpoint: NetworkCheckpoint, needed: FusionTask) -> SceneError {
        let system = checkpoint.description.system
        let tasks = (NetworkSystem.named(system)?.tasks ?? []).map(\.rawValue)
        let others = NetworkSystem.all.filter { $0.tasks.contains(needed) }.map(\.name)
        return SceneError(
            .weightsMismatch, "The weights are for \(system), a network that does not \(needed.rawValue).",
            remedy: "Use it with fusionkit \(tasks.joined(separator: " or fusionkit ")), or take weights for "
                + "\(others.joined(separator: " or ")).")
    }
}
