import Foundation
import Networks
import Torch

/// The folder of a run: settings, the state to go on from, and checkpoints.
struct RunFolder {
    let path: String

    var state: String { path + "/state.safetensors" }
    var settings: String { path + "/configuration.yaml" }
    var last: String { path + "/last.safetensors" }
    var best: String { path + "/best.safetensors" }

    /// Makes the folder, or looks at one that is to be gone on with.
    ///
    /// - Throws: ``TrainingError`` where a run is there and is not to be gone on with, or there is none.
    init(_ path: String, resumes: Bool) throws {
        self.path = path
        let manager = FileManager.default
        let hasState = manager.fileExists(atPath: path + "/state.safetensors")
        if hasState, !resumes {
            throw TrainingError(
                .folder, "\(path) holds a run already.",
                remedy: "Go on with it (--resume), or choose another folder with record.folder.")
        }
        // One that was stopped before its first state begins anew.
        do {
            try manager.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw TrainingError(.folder, "\(path) can't be made: \(error.localizedDescription)", remedy: "")
        }
    }

    var hasState: Bool { FileManager.default.fileExists(atPath: state) }

    /// A checkpoint that is kept for itself.
    func kept(_ epoch: Int) -> String { path + String(format: "/epoch-%05d.safetensors", epoch) }

    /// A copy of averages, from which others are made after the run.
    func copy(_ epoch: Int) -> String { path + String(format: "/averages-%05d.safetensors", epoch) }

    /// Removes all but the newest of these.
    func prune(keeping count: Int) {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [])
            .filter { $0.hasPrefix("epoch-") && $0.hasSuffix(".safetensors") }.sorted()
        for name in names.dropLast(count) { try? FileManager.default.removeItem(atPath: "\(path)/\(name)") }
    }
}
