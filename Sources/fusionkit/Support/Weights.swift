import FusionKit

extension NetworkCheckpoint {
    /// Loads weights to use them, and tells what people may want to know of them.
    ///
    /// - Throws: `CheckpointError`, `NetworkCheckpointError`.
    static func forUse(_ file: String, talk: Talk) throws -> NetworkCheckpoint {
        let checkpoint = try NetworkCheckpoint(file: file)
        for notice in checkpoint.notices { talk.detail("\(file): \(notice)") }
        if checkpoint.description.isUntrained {
            talk.warn("\(file) holds random weights; its result says nothing about the images.")
        }
        return checkpoint
    }
}
