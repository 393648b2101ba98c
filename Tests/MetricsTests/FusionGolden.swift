import Foundation
import Metrics
import Raster
import Sensors

/// The golden values of fused pictures, and the pictures.
struct FusionGolden: Decodable {
    struct Case: Decodable, Sendable {
        struct Files: Decodable, Sendable {
            let a: String
            let b: String
            let fused: String
        }

        let id: String
        let files: Files
        /// By profile and metric; nil is what was no number.
        let metrics: [String: [String: Double?]]
    }

    let tolerance: [String: Tolerance]
    /// Sums of grey levels by file and conversion.
    let gray: [String: [String: Int]]
    let cases: [Case]
    private let octaveCrops: [Case]

    enum CodingKeys: String, CodingKey {
        case tolerance, gray, cases
        case octaveCrops = "octave_crops"
    }

    /// A relative tolerance, or a note.
    struct Tolerance: Decodable {
        let value: Double?

        init(from decoder: any Decoder) throws { value = try? decoder.singleValueContainer().decode(Double.self) }
    }

    /// The folder that holds `fixtures` and `data`, nil where there is none.
    static let shared: URL? = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let fixtures =
            ProcessInfo.processInfo.environment["FUSIONKIT_FIXTURES"].map { URL(fileURLWithPath: $0) }
            ?? root.appendingPathComponent("../shared/fixtures").standardizedFileURL
        let shared = fixtures.deletingLastPathComponent()
        let isThere = ["fixtures/metrics-multimodal", "data/irvis", "data/medical"].allSatisfy {
            FileManager.default.fileExists(atPath: shared.appendingPathComponent($0).path)
        }
        return isThere ? shared : nil
    }()

    static let fixtures = (shared ?? URL(fileURLWithPath: "/")).appendingPathComponent("fixtures/metrics-multimodal")
    static let data = (shared ?? URL(fileURLWithPath: "/")).appendingPathComponent("data")

    static let values: FusionGolden? = {
        guard let data = try? Data(contentsOf: fixtures.appendingPathComponent("golden.json")) else { return nil }
        return try? JSONDecoder().decode(FusionGolden.self, from: data)
    }()

    /// Whole pictures, and crops that were measured with the authors' MATLAB files.
    static let all: [(golden: Case, folder: URL)] =
        (values?.cases.map { ($0, data) } ?? []) + (values?.octaveCrops.map { ($0, fixtures) } ?? [])

    static func picture(_ path: String) throws -> Image {
        let reader = try RasterReader(path)
        return Image(
            bands: reader.profile.dataBands.count, height: reader.profile.height, width: reader.profile.width,
            values: try reader.read(reader.profile.window, as: Double.self))
    }

    static func pair(_ golden: Case, in folder: URL) throws -> FusedPair {
        func grey(_ name: String) throws -> Image {
            GreyConversion.float.grey(of: try picture(folder.appendingPathComponent(name).path))
        }
        return try FusedPair(
            first: grey(golden.files.a), second: grey(golden.files.b), fused: grey(golden.files.fused))
    }

    /// The metric of a profile's value.
    static func metric(_ name: String, of profile: String) -> (any FusionMetric)? {
        switch profile {
        case "cddfuse_float32_as_run": return FusionMetrics.named(name, profile: .cddfuse)
        case "matlab_sheet": return FusionMetrics.named(name, profile: .ltif)
        case "extra": return FusionMetrics.named(name)
        case "nabf_all":
            let parts: [String: FusionMetrics.Nabf.Part] = [
                "NABF": .artifacts, "LABF": .loss, "QABF": .transfer, "NABF_petrovic": .petrovic,
            ]
            return parts[name].map { FusionMetrics.Nabf($0) }
        default: return MetricProfile(rawValue: profile).flatMap { FusionMetrics.named(name, profile: $0) }
        }
    }

    /// The relative difference that a value may have.
    static func tolerance(_ name: String, of profile: String, in id: String) -> Double {
        if profile == "cddfuse_float32_as_run" { return name == "SSIM" ? 1e-3 : 1e-6 }
        if profile == "matlab_sheet" { return 1e-6 }
        // Far from the brain these pictures are black, and what the filter leaves there is the rounding of whichever Fourier
        // transform; the index divides it by itself.
        if name == "Qcb" && id.hasPrefix("mri-") { return 2e-3 }
        return values?.tolerance[name]?.value ?? values?.tolerance["default_rel"]?.value ?? 1e-6
    }
}
