import ArgumentParser
import Foundation
import FusionKit

/// The methods to compare, as the user lists them.
enum NamedCandidates {
    /// What is compared when nobody says what: the plain enlargement to compare with, and the families' best.
    private static let standard = [
        "EXP", "Brovey", "GSA", "C-GS2-GLP", "BDSD-PC", "AWLP", "MTF-GLP-FS", "MTF-GLP-HPM", "MTF-GLP-HPM-R",
    ]

    /// The methods of lists such as `gsa,net.safetensors,mine=fused.tif`.
    static func list(_ lists: [String], sharpening: Bool) throws -> [ComparisonCandidate] {
        let words = lists.flatMap { $0.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } }
        var candidates: [ComparisonCandidate] = []
        for word in words where !word.isEmpty {
            let candidate = try candidate(word, sharpening: sharpening)
            guard !candidates.contains(where: { $0.name == candidate.name }) else {
                throw ValidationError("--methods names '\(candidate.name)' twice; write name=FILE to tell files apart.")
            }
            candidates.append(candidate)
        }
        if !lists.isEmpty, candidates.isEmpty {
            throw ValidationError("--methods names no method; 'fusionkit methods' lists all.")
        }
        return candidates.isEmpty ? defaults(sharpening: sharpening) : candidates
    }

    private static func defaults(sharpening: Bool) -> [ComparisonCandidate] {
        let network = sharpening ? NetworkSystem.consistentDetail : .salientDetail
        let others: [ComparisonCandidate] =
            sharpening
            ? standard.compactMap(ClassicalMethods.named).map { .init(name: $0.name, source: .classical($0)) }
            : PairMethods.all.map { .init(name: $0.name, source: .fuser(.classical($0))) }
        return others + [.init(name: network.name, source: .shipped(network))]
    }

    private static func candidate(_ word: String, sharpening: Bool) throws -> ComparisonCandidate {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty {
            return .init(name: parts[0], source: isWeights(parts[1]) ? .weights(parts[1]) : .image(parts[1]))
        }
        if isWeights(word) {
            let name = ((word as NSString).lastPathComponent as NSString).deletingPathExtension
            return .init(name: name, source: .weights(word))
        }
        if (word as NSString).pathExtension.count > 1, FileManager.default.fileExists(atPath: word) {
            throw ValidationError("'\(word)' is a file: write name=\(word) for an image that was fused before.")
        }
        if let system = NetworkSystem.shipped(word, for: sharpening ? .pansharpen : .fuse) {
            return .init(name: system.name, source: .shipped(system))
        }
        if sharpening {
            let method = try NamedChoices.method(word)
            return .init(name: method.name, source: .classical(method))
        }
        let method = try NamedChoices.pairMethod(word)
        return .init(name: method.name, source: .fuser(.classical(method)))
    }

    private static func isWeights(_ file: String) -> Bool {
        ["safetensors", "pth", "pt"].contains((file as NSString).pathExtension.lowercased())
    }
}
