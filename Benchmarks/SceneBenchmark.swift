import Classical
import Foundation
import Raster
import Sensors

/// Whole scenes from file to file, each contestant a process of its own: some methods of `fusionkit` beside GDAL's weighted
/// Brovey and Orfeo ToolBox's ratio component substitution.
///
/// Files are not compressed, for the compressor would take most of the time of the fast ones.
func benchmarkScenePeers(report: (Comparison) -> Void) throws {
    try benchmarkScenes(report: report) { $0.peers(threads: $1) }
}

/// Every classical method that takes a scene of this size, from file to file.
func benchmarkSceneMethods(report: (Comparison) -> Void) throws {
    try benchmarkScenes(report: report) { [try $0.methods(threads: $1)] }
}

private func benchmarkScenes(
    report: (Comparison) -> Void, groups: (BenchmarkScene, _ threads: Int) throws -> [ContestantGroup]
) throws {
    let scene = try BenchmarkScene(side: 8192)
    for threads in [1, 2] {
        for group in try groups(scene, threads) {
            report(
                Comparison(
                    title: group.title, unit: "pixels", work: Double(scene.side * scene.side), threads: threads,
                    measurements: try measure(group.contestants, rounds: group.rounds)))
        }
    }
}

/// A program with its arguments.
private struct ProgramContestant {
    let name: String
    let run: () throws -> ProcessUsage
}

/// Programs that are compared with the first of them.
private struct ContestantGroup {
    let title: String
    let rounds: Int
    let contestants: [ProgramContestant]
}

/// Runs programs in turns; the files that they read are in the system's cache by then.
private func measure(_ contestants: [ProgramContestant], rounds count: Int) throws -> [Measurement] {
    let rounds = try (0..<count).map { _ in try contestants.map { try $0.run() } }
    func middle(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
    return contestants.indices.map { index in
        let usages = rounds.map { $0[index] }
        return Measurement(
            name: contestants[index].name, wallSeconds: middle(usages.map(\.wallSeconds)),
            processorSeconds: middle(usages.map(\.processorSeconds)),
            ratioToFirst: middle(rounds.map { $0[index].processorSeconds / $0[0].processorSeconds }),
            peakBytes: usages.map(\.peakBytes).max())
    }
}

/// A pair of files in a folder that goes with this object.
private final class BenchmarkScene {
    let side: Int
    private let sensor = Sensor.ikonos
    private let folder = FileManager.default.temporaryDirectory.appending(path: "scene-\(UUID().uuidString)").path

    init(side: Int) throws {
        self.side = side
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let patch = folder + "/patch"
        // By another process, for what this one has held counts as held by those that it starts.
        _ = try runProgram(
            program, ["simulate", "--sensor", sensor.name, "--size", "2048", "--seed", "1", "-o", patch, "--quiet"])
        try repeatPatch(patch + "/pan.tif", to: pan, side: side, metres: 1)
        try repeatPatch(patch + "/ms.tif", to: ms, side: side / sensor.ratio, metres: Double(sensor.ratio))
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private var pan: String { folder + "/pan.tif" }
    private var ms: String { folder + "/ms.tif" }
    private var output: String { folder + "/fused.tif" }

    /// The command, beside this program.
    private var program: String {
        URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "fusionkit").path
    }

    /// An image of 16 bits that repeats another; both grids begin at one corner.
    private func repeatPatch(_ patch: String, to file: String, side: Int, metres: Double) throws {
        let reader = try RasterReader(patch)
        let (whole, bands) = (reader.profile.window, Array(reader.profile.bands.indices))
        let samples: [Float] = try reader.read(whole, bands: bands)
        var profile = RasterProfile(
            width: side, height: side,
            bands: bands.map { _ in RasterProfile.Band(sampleType: .uint16) })
        profile.projection = Projection.wkt(named: "EPSG:32633")
        profile.geoTransform = GeoTransform(
            originX: 500_000, originY: 5_300_000, columnStepX: metres, rowStepY: -metres)
        let writer = try RasterWriter(
            file, profile: profile, options: RasterWriter.Options(creationOptions: ["COMPRESS=NONE"]))
        for window in profile.window.tiles(width: whole.width, height: whole.height) {
            try writer.write(samples, to: window)
        }
        try writer.finish()
    }

    private var size: String { "PAN \(side) × \(side), \(sensor.bands.count) bands of 16 bits, file to file" }

    /// Every method, beside plain interpolation.
    func methods(threads: Int) throws -> ContestantGroup {
        let scene = try SharpeningScene(
            panHeight: side, panWidth: side, msHeight: side / sensor.ratio, msWidth: side / sensor.ratio,
            bands: sensor.bands.count, sensor: sensor, ratio: sensor.ratio)
        // Those for several sharp bands are for cubes, and take many times as long for a pixel.
        let methods = ClassicalMethods.all.filter {
            !$0.takesSeveralSharpBands && (try? $0.start(on: scene)) != nil
        }
        return ContestantGroup(
            title: "Classical methods, \(size)", rounds: 1,
            contestants: methods.map { fusionkit($0.name, threads: threads) })
    }

    /// Those programs that are installed, each with the methods that it is compared with.
    func peers(threads: Int) -> [ContestantGroup] {
        var groups: [ContestantGroup] = []
        if let gdal = gdal(threads: threads) {
            groups.append(
                ContestantGroup(
                    title: "Brovey, \(size)", rounds: 3, contestants: [gdal, fusionkit("Brovey", threads: threads)]))
        } else {
            print("gdal_pansharpen.py is missing (Debian: gdal-bin); Brovey is not compared with GDAL's.")
        }
        if let orfeo = orfeo(threads: threads) {
            let ours = ["GSA", "MTF-GLP-HPM"].map { fusionkit($0, threads: threads) }
            groups.append(
                ContestantGroup(title: "Component substitution, \(size)", rounds: 3, contestants: [orfeo] + ours))
        } else {
            print("otbcli_BundleToPerfectSensor is missing (Debian: otb-bin); nothing is compared with Orfeo ToolBox.")
        }
        return groups
    }

    private func contestant(
        _ name: String, _ program: String, _ arguments: [String], environment: [String: String] = [:]
    ) -> ProgramContestant {
        ProgramContestant(name: name) { [output] in
            try? FileManager.default.removeItem(atPath: output)
            return try runProgram(program, arguments, environment: environment)
        }
    }

    private func fusionkit(_ method: String, threads: Int) -> ProgramContestant {
        contestant(
            "fusionkit \(method)", program,
            [
                "pansharpen", "--pan", pan, "--ms", ms, "-o", output, "--method", method, "--sensor", sensor.name,
                "--threads", "\(threads)", "--memory", "900MB", "-co", "COMPRESS=NONE", "--quiet",
            ])
    }

    private func gdal(threads: Int) -> ProgramContestant? {
        installedProgram("gdal_pansharpen.py").map {
            contestant(
                "gdal_pansharpen.py (weighted Brovey)", $0, ["-q", "-threads", "\(threads)", pan, ms, output])
        }
    }

    private func orfeo(threads: Int) -> ProgramContestant? {
        installedProgram("otbcli_BundleToPerfectSensor").map {
            contestant(
                "otbcli_BundleToPerfectSensor (RCS)", $0,
                ["-inp", pan, "-inxs", ms, "-out", output, "uint16", "-method", "rcs", "-progress", "false"],
                environment: ["ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS": "\(threads)", "OMP_NUM_THREADS": "\(threads)"])
        }
    }
}
