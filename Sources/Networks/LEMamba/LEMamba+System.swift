import StateSpace
import Torch

extension LEMamba: FusionNetwork, SharpeningNetwork {
    /// Bands of the sharp input.
    public var panBands: Int { configuration.guideBands }
    /// Bands of the coarse input and of the output.
    public var msBands: Int { configuration.msBands }
    /// Sharp pixels along one coarse pixel.
    public var ratio: Int { configuration.ratio }

    /// All levels halve the size, windows divide it, and a coarse pixel must be whole.
    public var sizeMultiple: Int { leastCommonMultiple(configuration.sizeUnit, configuration.ratio) }

    /// A quarter more than the growth of resident memory that the benchmarks find with the published configuration, 9.3 KB at
    /// 64 × 64 and 256 × 256. The largest part is what the scans of level 0 read for every path: values and step sizes of
    /// all channels inside, B and C of all states.
    public var bytesPerPixel: Int {
        let level = configuration.levels.encoder[0].global
        return 16 * (7 * level.innerWidth + 5 * level.states) + 54 * configuration.width
            + 16 * configuration.msBands
    }

    /// Fuses one batch. The coarse image is enlarged as in the data sets that the authors train with: by the polynomial of 23
    /// coefficients for PAN and ratios that are powers of two, by cubic convolution otherwise.
    ///
    /// - Throws: `BlockInputError` for shapes that don't fit.
    public func sharpen(ms: Tensor, pan: Tensor) throws -> Tensor {
        let coarse = [pan.size(0), msBands, pan.size(2) / ratio, pan.size(3) / ratio]
        try require("the coarse images of LE-Mamba", ms, coarse, "\(coarse) for sharp images \(pan.shape)")
        return try self(upsampled: upsampling(ms), guide: pan)
    }

    /// How the coarse image comes to the size of the sharp one.
    var upsampling: PolynomialUpsampling {
        PolynomialUpsampling(ratio: ratio, kernel: panBands == 1 ? nil : .cubic)
    }
}

extension NetworkSystem {
    /// LE-Mamba.
    static let leMamba = NetworkSystem(
        name: "lemamba",
        title: "LE-Mamba",
        summary: "a U-net of Mamba blocks that scan in windows, then the whole map, and share their states",
        source: "Cao, Wu, Deng, Zhong: A Novel State Space Model with Local Enhancement and State Sharing, ACM MM 2024",
        tasks: [.pansharpen, .hypersharpen],
        presets: LEMambaConfiguration.presets,
        make: { try LEMamba($0) },
        inferred: { LEMambaConfiguration(shapes: $0, ratio: $1) })
}
