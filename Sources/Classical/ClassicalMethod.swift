import Sensors

/// A sharpening method without training.
///
/// A scene need not fit in memory. First the method finds its coefficients in streaming passes over
/// ``SharpeningScene/statisticsBlocks``, one for most methods, more where what is measured depends on what was found before.
/// Then every block is fused by itself, and a pixel has the same bits whatever block it lies in:
///
/// ```swift
/// let fitted = try method.fit(to: scene) { pass in
///     for region in scene.statisticsBlocks { pass.merge(pass.measure(read(region))) }
/// }
/// for tile in tiles { write(fitted.fuse(read(tile))) }
/// ```
public protocol ClassicalMethod: Sendable {
    /// The name in the literature, such as "MTF-GLP-FS".
    var name: String { get }
    /// Other names under which it is known.
    var otherNames: [String] { get }
    /// One line for people who choose a method.
    var summary: String { get }
    /// Who published it.
    var source: String { get }
    /// Whether the sharp image may have several bands, as in hypersharpening.
    var takesSeveralSharpBands: Bool { get }
    /// How the method begins with a scene.
    ///
    /// - Throws: ``ClassicalError/methodRatio(method:ratio:allowed:)`` where the method is not defined for the scene's ratio.
    func start(on scene: SharpeningScene) throws(ClassicalError) -> FittingStep
}

extension ClassicalMethod {
    /// None.
    public var otherNames: [String] { [] }
    /// No.
    public var takesSeveralSharpBands: Bool { false }

    /// Finds the coefficients of a scene.
    ///
    /// - Parameters:
    ///   - scene: the scene.
    ///   - run: measures all blocks of the scene and merges them in their order.
    public func fit<Failure: Error>(
        to scene: SharpeningScene, run: (inout ScenePass) throws(Failure) -> Void
    ) throws -> FittedMethod {
        var step = try begin(with: scene)
        while true {
            switch step {
            case .fitted(let fitted): return fitted
            case .pass(var pass):
                try run(&pass)
                step = try pass.next()
            }
        }
    }
}

/// A method whose coefficients follow from means and covariances: one pass, or none.
public protocol MomentMethod: ClassicalMethod {
    /// The means and covariances that the method needs of a scene.
    func moments(of scene: SharpeningScene) -> MomentPlan
    /// The method's coefficients for a scene.
    ///
    /// - Throws: ``ClassicalError/noValidPixels`` or ``ClassicalError/notFinite``.
    func fit(_ statistics: SceneStatistics) throws(ClassicalError) -> FittedMethod
}

extension MomentMethod {
    /// Measures the moments.
    public func start(on scene: SharpeningScene) throws(ClassicalError) -> FittingStep {
        let plan = moments(of: scene)
        let statistics = SceneStatistics(of: scene, plan: plan)
        if plan.isEmpty { return .fitted(try fit(statistics)) }
        return .pass(
            ScenePass(statistics) { (statistics) throws(ClassicalError) in .fitted(try fit(statistics)) })
    }
}

/// A method with the coefficients of a scene.
public struct FittedMethod: Sendable {
    /// A row of numbers that explains what the method does to the scene.
    public struct Coefficients: Sendable, Hashable {
        /// What they are, such as "injection gain".
        public let name: String
        /// One for each band.
        public let values: [Double]
    }

    /// The numbers found, for reports.
    public let coefficients: [Coefficients]
    /// What has to be computed of each block.
    public let ingredients: Ingredients
    private let rule: @Sendable (PreparedBlock) -> Image

    init(
        coefficients: [Coefficients] = [], ingredients: Ingredients = [],
        rule: @escaping @Sendable (PreparedBlock) -> Image
    ) {
        self.coefficients = coefficients
        self.ingredients = ingredients
        self.rule = rule
    }

    /// The sharpened block, (C, rows, columns) of its region. Nothing is clipped or rounded.
    public func fuse(_ block: SharpeningBlock) -> Image {
        fuse(PreparedBlock(block, ingredients: ingredients))
    }

    /// The sharpened block, of one that is prepared with ``ingredients``.
    package func fuse(_ block: PreparedBlock) -> Image { rule(block) }
}

extension ClassicalMethod {
    /// The first step with a scene of as many sharp bands as the method takes.
    private func begin(with scene: SharpeningScene) throws(ClassicalError) -> FittingStep {
        guard scene.sharpBands == 1 || takesSeveralSharpBands else { throw .panchromaticBands(scene.sharpBands) }
        return try start(on: scene)
    }

    /// Sharpens a whole image in memory.
    ///
    /// - Parameters:
    ///   - ms: (C, h, w), linear unit.
    ///   - pan: (1, r·h, r·w), or several bands where the method ``takesSeveralSharpBands``.
    ///   - sensor: gives the MTF gains of the bands.
    ///   - ratio: r, size of a multispectral pixel in PAN pixels.
    ///   - border: symmetric; circular to compare with the reference implementation.
    ///   - isValid: the PAN pixels that count in statistics, row by row; all when nil.
    ///   - hyperspectral: how methods are changed for hyperspectral images; nil to leave them as they are.
    /// - Returns: (C, r·h, r·w), neither clipped nor rounded.
    public func sharpen(
        ms: Image, pan: Image, sensor: Sensor, ratio: Int, border: Border = .symmetric, isValid: [Bool]? = nil,
        hyperspectral: HyperspectralForm? = nil
    ) throws(ClassicalError) -> Image {
        guard pan.bands <= 1 || takesSeveralSharpBands else { throw .panchromaticBands(pan.bands) }
        var scene = try SharpeningScene(
            panHeight: pan.height, panWidth: pan.width, msHeight: ms.height, msWidth: ms.width, bands: ms.bands,
            sharpBands: pan.bands, sensor: sensor, ratio: ratio, border: border)
        scene.hyperspectral = hyperspectral
        guard pan.height == ratio * ms.height && pan.width == ratio * ms.width else {
            throw .sizes(
                pan: "\(pan.height) × \(pan.width)", ms: "\(ms.height) × \(ms.width)", ratio: ratio)
        }
        if let isValid, isValid.count != pan.pixels { throw .mask(pixels: isValid.count, expected: pan.pixels) }
        return try sharpen(scene: scene, ms: SceneWindow(whole: ms), pan: SceneWindow(whole: pan), isValid: isValid)
    }

    /// Sharpens a whole scene in memory whose grids may be shifted.
    ///
    /// - Parameters:
    ///   - scene: sizes, ratio, filters.
    ///   - ms: the whole multispectral image.
    ///   - pan: the whole panchromatic image.
    ///   - isValid: the PAN pixels that count in statistics, row by row; all when nil.
    public func sharpen(
        scene: SharpeningScene, ms: SceneWindow, pan: SceneWindow, isValid: [Bool]? = nil
    ) throws(ClassicalError) -> Image {
        var step = try begin(with: scene)
        while case .pass(var pass) = step {
            for region in scene.statisticsBlocks {
                let valid = isValid.map { isValid in
                    region.rows.flatMap { row in
                        isValid[
                            row * scene.panWidth + region.columns.lowerBound..<row * scene.panWidth
                                + region.columns.upperBound]
                    }
                }
                pass.merge(
                    pass.measure(SharpeningBlock(scene: scene, region: region, pan: pan, ms: ms, isValid: valid)))
            }
            step = try pass.next()
        }
        guard case .fitted(let fitted) = step else { preconditionFailure("a method stopped before it was fitted") }
        var result = Image(bands: scene.bands, height: scene.panHeight, width: scene.panWidth)
        for region in scene.blocks(side: 512) {
            result.paste(
                fitted.fuse(SharpeningBlock(scene: scene, region: region, pan: pan, ms: ms)),
                row: region.rows.lowerBound, column: region.columns.lowerBound)
        }
        return result
    }
}

/// The classical methods by name.
public enum ClassicalMethods {
    /// Every method.
    public static let all: [any ClassicalMethod] = [
        EXP(), Brovey(), GIHS(), PCA(), BTH(), GS(), GSA(), CGSA(), PRACS(), BDSD(), BDSD(blockSide: 64), BDSDPC(),
        CBDSD(),
        HPF(), SFIM(), ATWT(), AWLP(), Indusion(), MTFGLP(), GS2GLP(), CGS2GLP(), MTFGLPFS(), MTFGLPHPM(), MTFGLPHPMH(),
        MTFGLPHPMR(),
        MF(), FEHPM(), PWMBF(), TV(), RR(), SRD(),
        GFPCA(), CNMF(), HySure(),
    ]

    /// The method that runs when none is named and no network is for the images: among the best at both resolutions on every
    /// scene we have.
    public static let standard: any ClassicalMethod = CGS2GLP()

    /// The method of a name or another name of it, in any case, with or without hyphens; nil when there is none.
    public static func named(_ name: String) -> (any ClassicalMethod)? {
        func key(_ name: String) -> String { name.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " } }
        return all.first { method in ([method.name] + method.otherNames).contains { key($0) == key(name) } }
    }
}
