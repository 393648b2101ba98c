import StateSpace
import Torch

extension LEMamba {
    /// The blocks of an encoder level, or those in the middle (the authors' `UniSequential`). Each takes the global state of
    /// the block before it.
    package final class EncoderLevel: Module {
        @Child("mods") var blocks: [LEVMBlock]

        /// - Parameters:
        ///   - level: sizes.
        ///   - dropRates: one for each block.
        package init(_ level: Level, dropRates: [Double]) throws {
            super.init()
            blocks = try dropRates.enumerated().map { index, rate in
                try LEVMBlock(
                    level, dropRate: rate,
                    sharing: index == 0 ? nil : SS2D.Sharing(previousWidth: level.global.innerWidth))
            }
        }

        /// - Parameters:
        ///   - map: (B, H, W, C).
        ///   - guide: (B, Cg, …, …).
        /// - Returns: what the last block gives.
        package func callAsFunction(_ map: Tensor, guide: Tensor) throws -> LEVMBlock.Result {
            var result = try blocks[0](map, guide: guide)
            for block in blocks.dropFirst() {
                result = try block(result.map, guide: guide, previous: result.globalState)
            }
            return result
        }
    }

    /// The blocks of a decoder level, behind a linear map that takes in the encoder's map.
    package final class DecoderLevel: Module {
        @Child("mods.0") var fusion: Linear
        // Without its first place, which is the linear map's.
        @Child("mods") private var slots: [LEVMBlock?]

        var blocks: [LEVMBlock] { slots.compactMap(\.self) }

        /// - Parameters:
        ///   - level: sizes.
        ///   - previousWidth: P, the channels inside the scan whose state comes in.
        ///   - dropRates: one for each block.
        package init(_ level: Level, previousWidth: Int, dropRates: [Double]) throws {
            super.init()
            fusion = Linear(2 * level.width, level.width)
            // Quirk: only the first block has weights for the skip state (golden file state_sharing_decoder).
            slots =
                [nil]
                + (try dropRates.enumerated().map { index, rate in
                    try LEVMBlock(
                        level, dropRate: rate,
                        sharing: SS2D.Sharing(previousWidth: previousWidth, projectsSkip: index == 0))
                })
        }

        /// - Parameters:
        ///   - map: (B, H, W, 2C), the map from below beside the encoder's.
        ///   - guide: (B, Cg, …, …).
        ///   - previous: (B, 4 · P, N), the state that the level below has left. Quirk: all blocks of the level take it, not
        ///     that of the block before (golden file state_sharing_decoder).
        ///   - skip: (B, 4 · D, N), the state that the encoder level of this size has left, likewise.
        /// - Returns: what the last block gives.
        package func callAsFunction(
            _ map: Tensor, guide: Tensor, previous: Tensor, skip: Tensor
        ) throws -> LEVMBlock.Result {
            let blocks = blocks
            var result = try blocks[0](fusion(map), guide: guide, previous: previous, skip: skip)
            for block in blocks.dropFirst() {
                result = try block(result.map, guide: guide, previous: previous, skip: skip)
            }
            return result
        }
    }

    /// Half the size, by a strided convolution.
    package final class Downsampling: Module {
        // The authors' first and last layers change the order of axes.
        @Child("1") var convolution: Conv2d

        package init(from input: Int, to output: Int) {
            super.init()
            convolution = Conv2d(input, output, kernel: 2, stride: 2)
        }

        /// (B, H, W, input) to (B, H/2, W/2, output).
        package func callAsFunction(_ map: Tensor) -> Tensor { convolution.channelsLast(map) }
    }

    /// Twice the size, by linear interpolation behind a convolution of single pixels.
    package final class Upsampling: Module {
        @Child("1") var convolution: Conv2d

        package init(from input: Int, to output: Int) {
            super.init()
            convolution = Conv2d(input, output, kernel: 1, hasBias: false)
        }

        /// (B, H, W, input) to (B, 2H, 2W, output).
        package func callAsFunction(_ map: Tensor) -> Tensor {
            convolution(map.permuted(0, 3, 1, 2)).interpolated(by: 2, mode: .bilinear).permuted(0, 2, 3, 1)
        }
    }

    /// By how much the maps of the encoder are multiplied on their way to the decoder, deepest first.
    package final class SkipScales: Module {
        @Parameter("") var scales: [Tensor]  // (1, 1, 1, C) each

        init(widths: [Int]) {
            super.init()
            scales = widths.map { .zeros([1, 1, 1, $0]) }
        }

        /// 0: the way is closed at first.
        package override func initializeParameters(using generator: RandomGenerator) {
            for scale in scales { scale.fill(0) }
        }
    }
}
