import Foundation
import FusionKit
import Testing

/// What the program did with some words.
struct Outcome {
    let status: Int32
    let output: String
    let error: String

    /// The single line of an error message.
    var message: String { error.trimmingCharacters(in: .newlines) }
}

/// The built program.
enum Program {
    /// Beside the tests, where the package manager puts both.
    static let path: String = {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let beside = tests.deletingLastPathComponent().appendingPathComponent("fusionkit").path
        if FileManager.default.isExecutableFile(atPath: beside) { return beside }
        return Repository.root + "/.build/release/fusionkit"
    }()

    /// Starts the program; its output goes into files of `directory`.
    static func start(_ arguments: [String], in directory: TemporaryDirectory) throws -> RunningProgram {
        try RunningProgram(arguments, directory: directory)
    }

    /// What the program prints on a terminal of so many columns.
    static func onTerminal(_ arguments: [String], columns: UInt16, in directory: TemporaryDirectory) throws -> String {
        let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        defer { close(terminal) }
        // Linux's requests to unlock the other end and to tell its number; C's functions for it are hidden from Swift.
        let (unlock, number): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
        var (isLocked, place): (Int32, Int32) = (0, 0)
        guard terminal >= 0, ioctl(terminal, unlock, &isLocked) == 0, ioctl(terminal, number, &place) == 0 else {
            throw POSIXError(.ENOTTY)
        }
        let end = open("/dev/pts/\(place)", O_RDWR | O_NOCTTY)
        var size = winsize(ws_row: 1000, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        guard end >= 0, ioctl(end, UInt(TIOCSWINSZ), &size) == 0 else { throw POSIXError(.ENOTTY) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: directory.path)
        process.environment = ProcessInfo.processInfo.environment.filter { $0.key != "COLUMNS" }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(fileDescriptor: end)
        process.standardError = FileHandle.nullDevice
        try process.run()
        close(end)
        // Reading fails when the last writer has gone.
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = read(terminal, &buffer, buffer.count), count > 0 { text += buffer.prefix(count) }
        process.waitUntilExit()
        return String(decoding: text, as: UTF8.self)
    }

    /// Runs the program to its end.
    static func run(_ arguments: String..., in directory: TemporaryDirectory) throws -> Outcome {
        try start(arguments, in: directory).outcome()
    }
}

/// The program at work.
final class RunningProgram {
    let process = Process()
    private let output: String
    private let error: String

    init(_ arguments: [String], directory: TemporaryDirectory) throws {
        let name = NSTemporaryDirectory() + "/fusionkit-talk-\(UUID().uuidString)"
        (output, error) = (name + ".out", name + ".err")
        for file in [output, error] { try Data().write(to: URL(fileURLWithPath: file)) }
        process.executableURL = URL(fileURLWithPath: Program.path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: directory.path)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: error)
        try process.run()
    }

    deinit { for file in [output, error] { unlink(file) } }

    /// Waits for the end.
    func outcome() throws -> Outcome {
        process.waitUntilExit()
        let isKilled = process.terminationReason == .uncaughtSignal
        return Outcome(
            status: isKilled ? -process.terminationStatus : process.terminationStatus,
            output: try String(contentsOfFile: output, encoding: .utf8),
            error: try String(contentsOfFile: error, encoding: .utf8))
    }
}

/// A folder for one test.
final class TemporaryDirectory {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/fusionkit-command-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Everything in the folder, hidden files too.
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
    }

    func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: file(name))), as: UTF8.self)
    }
}

/// The repository and what may lie beside it.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// Released weights for WorldView-3; nil where they are not there.
    static let weights: String? = {
        let file = root + "/../shared/checkpoints/fusionmamba-rs/420.pth"
        return FileManager.default.fileExists(atPath: file) ? file : nil
    }()

    /// The hyperspectral scene; nil where it is not there.
    static let jasperRidge: String? = {
        let folder = root + "/../shared/data/satellite/jasper_ridge"
        return FileManager.default.fileExists(atPath: folder) ? folder : nil
    }()

    /// Golden files of the resampling filters; nil where they are not there.
    static let goldenFilters: String? = {
        let fixtures = ProcessInfo.processInfo.environment["FUSIONKIT_FIXTURES"] ?? root + "/../shared/fixtures"
        let folder = fixtures + "/sharpening"
        return FileManager.default.fileExists(atPath: folder) ? folder : nil
    }()
}

/// Images to try the program on.
enum TestImage {
    /// Writes an image of smooth, textured values between 100 and 1900; pixels with the indices `unknown` are nodata.
    static func write(
        _ file: String, bands: Int, width: Int, height: Int, type: SampleType = .uint16, nodata: Double? = nil,
        pixelSize: Double? = nil, constant: Float? = nil, unknown: Range<Int>? = nil,
        change: (inout [Float]) -> Void = { _ in }
    ) throws {
        var values: [Float] = []
        values.reserveCapacity(bands * width * height)
        for band in 0..<bands {
            for row in 0..<height {
                for column in 0..<width {
                    // The same landscape whatever the pixels' size.
                    let (y, x) = (Float(row) / Float(height), Float(column) / Float(width))
                    let value = 1000 + 500 * sin(20 * x + Float(band)) * cos(17 * y) + 400 * sin(90 * x * y)
                    values.append(constant ?? value.rounded())
                }
            }
        }
        change(&values)
        var profile = RasterProfile(
            width: width, height: height,
            bands: (0..<bands).map { .init(name: "B\($0 + 1)", sampleType: type, nodata: nodata) })
        if let pixelSize {
            profile.geoTransform = GeoTransform(
                originX: 500_000, originY: 5_300_000, columnStepX: pixelSize, rowStepY: -pixelSize)
            profile.projection = Projection.wkt(named: "EPSG:32633")
        }
        let writer = try RasterWriter(file, profile: profile)
        let valid = unknown.map { unknown in (0..<width * height).map { UInt8(unknown.contains($0) ? 0 : 1) } }
        try writer.write(values, to: profile.window, valid: valid)
        try writer.finish()
    }

    /// Writes pan.tif and ms.tif of 4 bands with a ratio of 4.
    static func writePair(in directory: TemporaryDirectory, side: Int = 64, bands: Int = 4) throws {
        try write(directory.file("pan.tif"), bands: 1, width: side, height: side, pixelSize: 0.5)
        try write(directory.file("ms.tif"), bands: bands, width: side / 4, height: side / 4, pixelSize: 2)
    }

    static func read(_ file: String) throws -> (profile: RasterProfile, values: [Float], valid: [UInt8]) {
        let reader = try RasterReader(file)
        return (reader.profile, try reader.read(reader.profile.window), try reader.readMask(reader.profile.window))
    }

    /// Writes a network with random weights.
    static func writeWeights(_ file: String, bands: Int = 8, peak: Double = 2047) throws {
        let configuration = FusionMambaRSConfiguration(width: 8, msBands: bands, ratio: 4)
        let network = try FusionMambaRS(configuration)
        network.initialize(using: RandomGenerator(seed: 1))
        let text = #"{"dim":8,"pan_dim":1,"ms_dim":\#(bands),"scale":4,"upsample":"pixelshuffle"}"#
        let description = CheckpointDescription(
            system: "fusionmamba-rs", configuration: text, sensor: bands == 8 ? "WV3" : nil, peak: peak)
        try SafetensorsFile.write(network.state(), metadata: description.metadata, to: file)
    }
}
