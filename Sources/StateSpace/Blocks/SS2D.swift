import Torch

/// The two-dimensional state-space block of VMamba (Liu et al. 2024, figure 3): projection to values and gate, depth-wise
/// convolution, scans along several paths, norm, gate, projection back. The parameters have the names of its program.
///
/// LE-Mamba (Cao et al. 2024) normalises the values before the convolution and shares states between blocks; FusionMamba
/// (Xie et al. 2024) scans every fourth pixel.
public final class SS2D: Module {
    /// How the pixels are scanned.
    public enum Scan: Hashable, Sendable {
        /// Every path visits every pixel; the results are summed.
        case along([ScanPath])
        /// Each of four paths visits a quarter of the pixels (Pei et al. 2024, ES2D).
        case skipSampled

        /// VMamba's four directions.
        public static let cross = Scan.along(CrossScan.fourDirections.paths)

        var count: Int {
            switch self {
            case .along(let paths): paths.count
            case .skipSampled: SkipSampledPaths.count
            }
        }
    }

    /// Which states of other blocks the scans' input depends on; see ``StateSharing``.
    public struct Sharing: Hashable, Sendable {
        /// P, channels inside the block that the previous state comes from.
        public var previousWidth: Int
        /// Whether a skip state passes through weights of its own.
        public var projectsSkip: Bool

        /// Sharing with a block of a width.
        public init(previousWidth: Int, projectsSkip: Bool = false) {
            self.previousWidth = previousWidth
            self.projectsSkip = projectsSkip
        }
    }

    /// What the block was built from.
    public let configuration: MambaConfiguration

    @Inlined package private(set) var scan: MultiPathScan
    @Child("out_norm") var outputNorm: LayerNorm
    @Child("in_proj") var inputProjection: Linear
    @Child("conv2d") var convolution: Conv2d
    @Child("norm.body") var inputNorm: LayerNorm?
    @Child("out_proj") var outputProjection: Linear
    private let order: Scan

    /// Builds the block.
    ///
    /// - Parameters:
    ///   - configuration: sizes; the convolution sees a square of odd width.
    ///   - scan: how the pixels are scanned.
    ///   - normalizesInput: whether the values are normalised before the convolution.
    ///   - sharing: which states of other blocks it takes; only where every path visits every pixel.
    /// - Throws: `ConfigurationError` for a number that no block can be built with.
    public init(
        _ configuration: MambaConfiguration, scan order: Scan = .cross, normalizesInput: Bool = false,
        sharing: Sharing? = nil
    ) throws {
        try configuration.validate()
        let side = configuration.convolutionWidth
        guard side % 2 == 1 else {
            throw ConfigurationError.outOfRange(key: "d_conv", value: "\(side)", allowed: "odd")
        }
        let count = order.count
        guard count > 0 else {
            throw ConfigurationError.outOfRange(key: "scan", value: "no path", allowed: "one path or more")
        }
        if let sharing, sharing.previousWidth < 1 || order == .skipSampled {
            throw ConfigurationError.outOfRange(
                key: "prev_state_chan", value: "\(sharing.previousWidth)",
                allowed: "1 or more, and absent where the scan is skip-sampled")
        }
        self.configuration = configuration
        self.order = order
        super.init()
        let (width, inner, hasBias) = (
            configuration.width, configuration.innerWidth, configuration.projectionsHaveBias
        )
        scan = MultiPathScan(
            count: count, width: inner, states: configuration.states, rank: configuration.rank,
            steps: configuration.steps,
            sharing: sharing.map {
                StateSharing(
                    count: count, width: inner, states: configuration.states, previousWidth: $0.previousWidth,
                    projectsSkip: $0.projectsSkip)
            })
        outputNorm = LayerNorm(inner)
        inputProjection = Linear(width, 2 * inner, hasBias: hasBias)
        convolution = Conv2d(
            inner, inner, kernel: Size2(side), padding: Size2(side / 2), groups: inner,
            hasBias: configuration.convolutionHasBias)
        inputNorm = normalizesInput ? LayerNorm(inner) : nil
        outputProjection = Linear(inner, width, hasBias: hasBias)
    }

    /// As VMamba's program: the scans by ``MultiPathScan``'s rules, all else as any layer.
    public override func initializeParameters(using generator: RandomGenerator) {
        scan.initializeParameters(using: generator)
    }

    /// - Parameter map: (B, H, W, C).
    /// - Returns: (B, H, W, C).
    /// - Throws: ``BlockInputError`` for another shape.
    public func callAsFunction(_ map: Tensor) throws -> Tensor { try callAsFunction(map, previous: nil).map }

    /// The block with states of others, and the one that it leaves.
    ///
    /// - Parameters:
    ///   - map: (B, H, W, C).
    ///   - previous: (B, K·P, N), the last state of another block; ignored by a block without ``Sharing``.
    ///   - skip: (B, K·D, N), a second one; ignored where there is no previous one.
    /// - Returns: (B, H, W, C), and the state (B, K·D, N) at the end of each path. The state is a constant for
    ///   differentiation: the authors' operator discards its gradient.
    /// - Throws: ``BlockInputError`` for shapes that don't fit.
    public func callAsFunction(
        _ map: Tensor, previous: Tensor?, skip: Tensor? = nil
    ) throws -> (map: Tensor, lastState: Tensor) {
        let width = configuration.width
        try require("the pixels of a map", map, [nil, nil, nil, width], "(B, H, W, \(width))")
        let halves = inputProjection.parts(2, of: map)
        let values = values(halves[0])
        let scanned: Tensor
        let lastState: Tensor
        switch order {
        case .skipSampled:
            (scanned, lastState) = try scan.skipSampled(values)
        case .along(let paths):
            let paths = try ScanPaths(paths, height: map.size(1), width: map.size(2), device: map.device)
            let result = try scan(
                values.flattened(from: 1, to: 2), along: paths, previous: previous, skip: skip)
            (scanned, lastState) = (result.y.unflattened(axis: 1, sizes: [map.size(1), map.size(2)]), result.lastState)
        }
        let gated = multiplied(halves[1].silu(), outputNorm(scanned))
        return (outputProjection(gated), lastState.detached())
    }

    /// What the scans of a map read, for a comparison with the authors' intermediate results.
    package func operands(_ map: Tensor, previous: Tensor?, skip: Tensor?) throws -> MultiPathScan.Operands {
        let values = values(inputProjection.parts(2, of: map)[0])
        return try scan.operands(of: values.flattened(from: 1, to: 2), previous: previous, skip: skip)
    }

    /// (B, H, W, D), normalised and convolved.
    private func values(_ projected: Tensor) -> Tensor {
        convolution.channelsLast(inputNorm?(projected) ?? projected).silu()
    }
}
