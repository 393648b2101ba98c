import Analysis
import Classical
import Foundation
import Raster
import Sensors

/// A folder for one test.
final class TemporaryDirectory {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/fusionkit-analysis-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Everything in the folder, hidden files too.
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

    func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: file(name))), as: UTF8.self)
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
    }
}

/// What lies beside the repository; nil where it does not.
enum Shared {
    static let satellite: String? = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        let folder = root + "/../shared/data/satellite"
        return FileManager.default.fileExists(atPath: folder) ? folder : nil
    }()
}

/// Images to compare methods on.
enum Scene {
    /// Text that does harm where it is taken for HTML.
    static let hostileName = #"<img src=x onerror="document.title='harm'">'&"#

    static func write(_ image: Image, to file: String, bands: [String] = [], nodata: Double? = nil) throws {
        let profile = RasterProfile(
            width: image.width, height: image.height,
            bands: (0..<image.bands).map {
                .init(name: bands.isEmpty ? "" : bands[$0], sampleType: .uint16, nodata: nodata)
            })
        let writer = try RasterWriter(file, profile: profile)
        // What is valid is never written as the value that stands for nodata.
        let valid = nodata.map { unknown in image.values.prefix(image.pixels).map { UInt8($0 == unknown ? 0 : 1) } }
        try writer.write(image.values, to: profile.window, valid: valid)
        try writer.finish()
    }

    /// Writes pan.tif, ms.tif and truth.tif of a simulated IKONOS scene; one band has a hostile name.
    static func simulate(in directory: TemporaryDirectory, side: Int = 256) throws {
        let scene = try SceneSimulator(sensor: .ikonos, panSize: side, seed: 3).render()
        try write(scene.pan, to: directory.file("pan.tif"))
        try write(scene.ms, to: directory.file("ms.tif"), bands: ["Blue", "Green</script>", hostileName, "NIR"])
        try write(scene.truth, to: directory.file("truth.tif"))
    }

    /// A method that fails when it has begun.
    static var broken: ComparisonCandidate { .init(name: "broken", source: .classical(BrokenMethod())) }

    static func classical(_ names: String...) -> [ComparisonCandidate] {
        names.compactMap(ClassicalMethods.named).map { .init(name: $0.name, source: .classical($0)) }
    }
}

extension RunRecord {
    static var test: RunRecord {
        RunRecord(
            words: ["fusionkit", "compare", "--pan", "a <b>.tif"], versions: [.init("FusionKit", "0")], threads: 1)
    }
}

/// A method that is defined for nothing.
private struct BrokenMethod: ClassicalMethod {
    let name = "broken"
    let summary = "fails"
    let source = "nobody"

    func start(on scene: SharpeningScene) throws(ClassicalError) -> FittingStep {
        throw .methodRatio(method: name, ratio: scene.ratio, allowed: "no ratio")
    }
}
