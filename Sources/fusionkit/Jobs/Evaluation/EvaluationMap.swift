import ArgumentParser
import Foundation
import FusionKit

/// What a map of quality shows.
enum EvaluationMapKind: String, ExpressibleByArgument, CaseIterable {
    case q2n, sam, error

    var kind: QualityMap {
        switch self {
        case .q2n: .q2n
        case .sam: .spectralAngle
        case .error: .error
        }
    }
}

/// A map of quality, written as an image on the grid of the truth.
struct EvaluationMap {
    let file: String
    let kind: EvaluationMapKind
    let overwrites: Bool

    /// What names of maps end in: formats that keep a number of 32 bits for each pixel, what is unknown, and the place.
    private static let extensions = ["tif", "tiff", "img", "nc"]

    /// Throws when a map can't be written in the format that a name tells.
    static func check(name: String) throws {
        guard !extensions.contains((name as NSString).pathExtension.lowercased()) else { return }
        let known = extensions.map { ".\($0)" }
        throw ValidationError(
            "--map \(name): a map is one band of Float32; its name has to end in \(known.dropLast().joined(separator: ", ")) "
                + "or \(known.last ?? "").")
    }

    /// Checks the name before any work.
    func check(inputs: [String]) throws { try OutputPath.check(file, overwrites: overwrites, inputs: inputs) }

    /// Computes and writes the map; it appears when it is complete.
    func write(_ pair: PairScene, of item: EvaluationItem, border: BorderCut, _ watch: MeasuringWatch) throws {
        let truth = try RasterReader(item.partners[ReferenceJudge.option] ?? "")
        var profile = truth.profile
        if border != .none { profile = profile.cropped(to: border.window(of: profile.window)) }
        let side = kind.kind.side
        if side > 1 {
            let (columns, rows) = ((profile.width + side - 1) / side, (profile.height + side - 1) / side)
            profile = profile.zoomed(columns: 1 / Double(side), rows: 1 / Double(side))
            (profile.width, profile.height) = (columns, rows)
        }
        profile.driver = "GTiff"
        profile.bands = [.init(name: kind.rawValue, sampleType: .float32, nodata: .nan, color: .gray)]
        (profile.hasMask, profile.blockWidth, profile.blockHeight) = (false, 0, 0)
        profile.metadata = [:]
        let inputs = [item.fused, truth.file]
        let writer = try RasterWriter(file, profile: profile, options: .init(overwrites: overwrites, inputs: inputs))
        do {
            let bytes = PairScene.bytesPerThread(bands: pair.reference.bands)
            try pair.map(
                kind.kind, threads: watch.threads(bytes: bytes, bands: pair.reference.bands),
                progress: watch.progress("mapping"),
                write: { image, region in
                    try writer.write(image.values, to: Window(columns: region.columns, rows: region.rows))
                })
            try writer.finish()
        } catch {
            writer.abort()
            throw error
        }
    }
}

extension BorderCut {
    /// What a cut leaves of an image.
    func window(of whole: Window) -> Window {
        Window(columns: kept(of: whole.width), rows: kept(of: whole.height))
    }
}
