import Classical
import Foundation
import Networks
import Raster
import Sensors

/// A sharp and a spectral image of one place, and how their grids lie to each other.
///
/// The sharp image is called PAN here, whatever its bands: for pansharpening it has one, for hypersharpening one or more,
/// and the spectral image is then a hyperspectral one. Only the part of PAN that the multispectral image covers is worked on: ``window``. With georeferencing the offset of
/// the grids may be any fraction of a pixel. Without it, multispectral sample (k, l) lies on PAN pixel (r·k + r/2,
/// r·l + r/2), the convention of the field's toolboxes, and the sizes must be multiples of each other.
public struct ScenePair: Sendable {
    /// What the pair is for: pansharpening or hypersharpening.
    public let task: FusionTask
    /// The sharp image.
    public let pan: RasterReader
    /// The spectral image.
    public let ms: RasterReader
    /// Indices (from 0) of PAN's bands, without alpha; one in a pair for pansharpening.
    public let panBands: [Int]
    /// Indices (from 0) of the multispectral bands, without alpha.
    public let msBands: [Int]
    /// PAN pixels along one multispectral pixel.
    public let ratio: Int
    /// The part of PAN that the multispectral image covers.
    public let window: Window
    /// PAN pixels that multispectral samples lie further down than r·k + r/2, counted in ``window``.
    public private(set) var rowShift: Double
    /// PAN pixels that multispectral samples lie further right than r·l + r/2, counted in ``window``.
    public private(set) var columnShift: Double
    /// Whether the grids were brought together by georeferencing.
    public let isGeoreferenced: Bool
    /// What may surprise the user and is right all the same.
    public let notices: [String]
    /// What looks like a mistake, in sentences.
    public let warnings: [String]

    /// The offset, in PAN pixels, of the multispectral image's upper left corner from that of PAN: (columns, rows).
    public private(set) var cornerOffset: (columns: Double, rows: Double)

    /// Opens both images and finds how they lie to each other.
    ///
    /// - Parameter task: `hypersharpen` where the sharp image may have several bands.
    /// - Throws: `RasterError` for files, ``SceneError`` for pairs that don't fit together.
    public init(pan panFile: String, ms msFile: String, task: FusionTask = .pansharpen) throws {
        try self.init(pan: RasterReader(panFile), ms: RasterReader(msFile), task: task)
    }

    /// Finds how two open images lie to each other.
    ///
    /// - Parameter task: `hypersharpen` where the sharp image may have several bands.
    /// - Throws: ``SceneError``.
    public init(pan: RasterReader, ms: RasterReader, task: FusionTask = .pansharpen) throws {
        self.task = task
        self.pan = pan
        self.ms = ms
        msBands = ms.profile.dataBands
        panBands = pan.profile.dataBands
        if task == .pansharpen, panBands.count > 1 {
            let swapped = msBands.count == 1
            throw SceneError(
                swapped ? .swapped : .panchromaticBands,
                "\(pan.file) has \(panBands.count) bands, but a panchromatic image has one"
                    + (swapped ? ", and \(ms.file) has just one: they look swapped." : "."),
                remedy: swapped
                    ? "Exchange --pan and --ms."
                    : "Give the panchromatic image, cut one band out with gdal_translate -b, or use fusionkit hypersharpen."
            )
        }
        guard !panBands.isEmpty, !msBands.isEmpty else {
            throw SceneError(
                .panchromaticBands, "\(panBands.isEmpty ? pan.file : ms.file) has no band but alpha.",
                remedy: "Give an image with measurements.")
        }
        let grids = try GridRelation(pan: pan, ms: ms, task: task)
        ratio = grids.ratio
        window = grids.window
        isGeoreferenced = grids.isGeoreferenced
        notices = grids.notices
        warnings = grids.warnings
        cornerOffset = (grids.columnCorner, grids.rowCorner)
        columnShift = grids.columnCorner + Self.middle(ratio) - Double(grids.window.column)
        rowShift = grids.rowCorner + Self.middle(ratio) - Double(grids.window.row)
    }

    /// PAN pixels from r/2, rounded down, to the middle of the first r pixels.
    private static func middle(_ ratio: Int) -> Double { Double(ratio) / 2 - 0.5 - Double(ratio / 2) }

    /// The same images with their edges on each other, so that samples lie on the middle of the PAN pixels that they cover.
    func sharingEdges() -> ScenePair {
        var pair = self
        pair.cornerOffset = (Double(window.column), Double(window.row))
        (pair.columnShift, pair.rowShift) = (Self.middle(ratio), Self.middle(ratio))
        return pair
    }

    /// How methods for multispectral images are changed for this pair: for hypersharpening as the toolbox for that does, with
    /// interpolated samples rounded where the hyperspectral image has integers; nil for pansharpening.
    public var hyperspectralForm: HyperspectralForm? {
        guard task == .hypersharpen else { return nil }
        return HyperspectralForm(
            roundsInterpolated: msBands.allSatisfy { !ms.profile.bands[$0].sampleType.isFloatingPoint })
    }

    /// The multispectral pixel whose area holds the centre of a PAN pixel, both counted on one axis; PAN pixels are those
    /// of ``window``.
    package func msIndex(of panIndex: Int, shift: Double, count: Int) -> Int {
        let corner = shift - Self.middle(ratio)
        let index = ((Double(panIndex) + 0.5 - corner) / Double(ratio)).rounded(.down)
        return min(max(0, Int(index)), count - 1)
    }
}

extension FusionTask {
    /// What to do with two images that are swapped.
    fileprivate var exchange: String {
        self == .hypersharpen ? "Exchange --high and --low." : "Exchange --pan and --ms."
    }
}

/// How one grid lies to another: ratio, offset, common part.
private struct GridRelation {
    let ratio: Int
    let window: Window
    let columnCorner: Double
    let rowCorner: Double
    let isGeoreferenced: Bool
    var notices: [String] = []
    var warnings: [String] = []

    /// The ratios of instruments in orbit; others are as likely two images of different scenes.
    private static let commonRatios: Set = [2, 3, 4, 5, 6, 8]

    init(pan: RasterReader, ms: RasterReader, task: FusionTask) throws {
        let (panProfile, msProfile) = (pan.profile, ms.profile)
        guard let panTransform = panProfile.geoTransform, let msTransform = msProfile.geoTransform,
            let toPAN = panTransform.inverse?.after(msTransform)
        else {
            isGeoreferenced = false
            ratio = try Self.ratioOfSizes(pan, ms, task)
            // Sample k on PAN pixel r·k + r/2: for an even ratio that is half a pixel past the common corner.
            columnCorner = ratio % 2 == 0 ? 0.5 : 0
            rowCorner = columnCorner
            window = panProfile.window
            let lacking = [pan, ms].filter { $0.profile.geoTransform?.inverse == nil }
            if panProfile.isGeoreferenced || msProfile.isGeoreferenced {
                notices.append(
                    "\(lacking.map(\.file).joined(separator: " and ")) \(lacking.count == 1 ? "has" : "have") no "
                        + "geotransform: both images are taken to show the same area.")
            }
            if !Self.commonRatios.contains(ratio) {
                warnings.append(
                    "nothing tells where \(pan.file) (\(panProfile.width) × \(panProfile.height) pixels) and \(ms.file) "
                        + "(\(msProfile.width) × \(msProfile.height)) lie, so they are taken to show the same area; the ratio of "
                        + "\(ratio) that follows is rare. If these are two scenes the result means nothing.")
            }
            return
        }
        isGeoreferenced = true
        guard Projection.areSame(panProfile.projection, msProfile.projection) else {
            throw Self.projectionMismatch(pan, ms)
        }
        // How far the far corner of the multispectral image moves because of a turn, in PAN pixels.
        let turn = max(
            abs(toPAN.rowStepX) * Double(msProfile.height), abs(toPAN.columnStepY) * Double(msProfile.width))
        guard turn <= 0.1, toPAN.columnStepX > 0, toPAN.rowStepY > 0 else {
            throw SceneError(
                .rotated, "The grids of \(pan.file) and \(ms.file) are turned or mirrored against each other.",
                remedy: "Bring both to one orientation: gdalwarp makes images with north up.")
        }
        ratio = try Self.wholeRatio(toPAN.columnStepX, toPAN.rowStepY, pan, ms, task)
        columnCorner = Self.withoutNoise(toPAN.originX)
        rowCorner = Self.withoutNoise(toPAN.originY)
        window = try Self.commonWindow(columnCorner, rowCorner, ratio, pan, ms)
    }

    /// The error for two projections, with the command that helps.
    private static func projectionMismatch(_ pan: RasterReader, _ ms: RasterReader) -> SceneError {
        let (panName, msName) = (
            Projection.shortName(pan.profile.projection), Projection.shortName(ms.profile.projection)
        )
        let lacking = [pan, ms].first { $0.profile.projection == nil }
        let command =
            if let lacking, let known = [pan, ms].first(where: { $0.profile.projection != nil }) {
                "Say in which it is: gdal_translate -a_srs \(Projection.shortName(known.profile.projection)) \(lacking.file) "
                    + "referenced.tif, or bring it there with gdalwarp -s_srs -t_srs."
            } else if panName.contains(":"), panName != msName {
                "Bring one to the projection of the other: gdalwarp -t_srs \(panName) \(ms.file) reprojected.tif"
            } else {
                "Bring one to the projection of the other: gdalsrsinfo -o wkt \(pan.file) > pan.wkt; "
                    + "gdalwarp -t_srs pan.wkt \(ms.file) reprojected.tif"
            }
        return SceneError(
            .projectionMismatch, "\(pan.file) is in \(panName), \(ms.file) in \(msName).", remedy: command)
    }

    /// The ratio of two sizes without georeference.
    private static func ratioOfSizes(_ pan: RasterReader, _ ms: RasterReader, _ task: FusionTask) throws -> Int {
        let (panProfile, msProfile) = (pan.profile, ms.profile)
        let sizes =
            "\(pan.file) has \(panProfile.width) × \(panProfile.height) pixels, \(ms.file) \(msProfile.width) × \(msProfile.height)"
        if msProfile.width > panProfile.width && msProfile.height > panProfile.height {
            throw SceneError(.swapped, "\(sizes): they look swapped.", remedy: task.exchange)
        }
        let ratio = max(1, panProfile.width / max(1, msProfile.width))
        guard msProfile.width * ratio == panProfile.width, msProfile.height * ratio == panProfile.height else {
            throw SceneError(
                .ratio, "\(sizes), which is no whole ratio, and they have no georeference to go by.",
                remedy: "Crop them to the same area, or give files with georeference.")
        }
        return try checked(ratio, sizes)
    }

    /// The ratio of two pixel sizes, if it is a whole number to within a tenth of a PAN pixel over the whole image.
    private static func wholeRatio(
        _ columns: Double, _ rows: Double, _ pan: RasterReader, _ ms: RasterReader, _ task: FusionTask
    ) throws -> Int {
        let described =
            "a pixel of \(ms.file) is \(shortened(columns)) × \(shortened(rows)) pixels of \(pan.file)"
        if columns < 0.99, rows < 0.99 {
            throw SceneError(
                .swapped, "The spectral image is the sharper one: \(described). They look swapped.",
                remedy: task.exchange)
        }
        let ratio = columns.rounded()
        let drift = max(
            abs(columns - ratio) * Double(ms.profile.width), abs(rows - ratio) * Double(ms.profile.height))
        guard drift <= 0.1, ratio < 1000 else {
            throw SceneError(
                .ratio, "The ratio is no whole number: \(described).",
                remedy: "Resample \(ms.file) to a whole ratio: gdalwarp -r cubic -tr.")
        }
        return try checked(Int(ratio), "The ratio is \(Int(ratio)): \(described)")
    }

    private static func checked(_ ratio: Int, _ described: String) throws -> Int {
        guard (2...20).contains(ratio) else {
            throw SceneError(
                .ratio, "\(described).",
                remedy: "Sharpening needs pixels that are 2 to 20 times larger than those of the sharp image."
            )
        }
        return ratio
    }

    /// A position without what is lost where two large coordinates are subtracted, about a hundred millionth of a pixel:
    /// grids that fit together are to be recognised.
    private static func withoutNoise(_ position: Double) -> Double {
        let step = 1.0 / 4_194_304
        return (position / step).rounded() * step
    }

    /// The PAN pixels whose centre lies in the multispectral image, or at most half one of its pixels beyond.
    private static func commonWindow(
        _ columnCorner: Double, _ rowCorner: Double, _ ratio: Int, _ pan: RasterReader, _ ms: RasterReader
    ) throws -> Window {
        func range(_ corner: Double, _ msCount: Int, _ panCount: Int) -> Range<Int>? {
            let margin = Double(ratio) / 2
            let first = (corner - margin - 0.5).rounded(.up)
            let last = (corner + Double(msCount * ratio) + margin - 0.5).rounded(.down)
            guard first < Double(panCount), last >= 0 else { return nil }
            let range = max(0, Int(first))..<min(panCount, Int(last) + 1)
            // Nothing but margin is no overlap.
            return Double(range.upperBound) > corner && Double(range.lowerBound) < corner + Double(msCount * ratio)
                ? range : nil
        }
        guard let columns = range(columnCorner, ms.profile.width, pan.profile.width),
            let rows = range(rowCorner, ms.profile.height, pan.profile.height)
        else {
            throw SceneError(
                .noOverlap, "\(pan.file) and \(ms.file) show different places: they have no pixel in common.",
                remedy: "Give two images of one place.")
        }
        return Window(columns: columns, rows: rows)
    }

    private static func shortened(_ value: Double) -> String {
        value.formatted(.number.precision(.fractionLength(0...4)).grouping(.never))
    }
}
