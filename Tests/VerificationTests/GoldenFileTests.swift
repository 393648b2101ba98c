import Foundation
import Testing
import Verification

/// Where the golden files are; nil on machines that don't have them.
let fixtures: String? = {
    let packageFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let path =
        ProcessInfo.processInfo.environment["FUSIONKIT_FIXTURES"]
        ?? packageFolder.deletingLastPathComponent().appendingPathComponent("shared/fixtures").path
    return FileManager.default.fileExists(atPath: path) ? path : nil
}()

@Suite(
    "Golden files", .enabled(if: fixtures != nil, "the golden files are not on this machine: set FUSIONKIT_FIXTURES"))
struct GoldenFileTests {
    static let files = fixtures.map { Verifier.files(under: $0) } ?? []

    @Test("agree with what this program computes", arguments: files)
    func agrees(file: String) throws {
        let checkpoints = URL(fileURLWithPath: fixtures ?? "").deletingLastPathComponent()
            .appendingPathComponent("checkpoints").path
        guard let result = Verifier(places: GoldenPlaces(checkpoints: [checkpoints])).verify(file) else { return }
        #expect(
            result.outcome != .fail, "\(result.reason ?? ""): \(result.worst.map { "\($0)" } ?? "")")
    }
}
