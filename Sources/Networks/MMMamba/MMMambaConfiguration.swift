import StateSpace
import Torch

/// What an MMMamba network (Wang et al. 2025) is built from; the defaults are the authors', who have most of it fixed in
/// their program.
public struct MMMambaConfiguration: Configuration, Hashable, Sendable {
    /// A direction of the scan, by the authors' name: across lines first, then along what follows.
    public enum Direction: String, Codable, Sendable, CaseIterable {
        /// Left to right, lines up to down.
        case rows = "ltr_utd"
        /// Its reversal; in each pair of windows the multispectral one stays first.
        case rowsReversed = "rtl_dtu"
        /// Up to down, columns left to right.
        case columns = "utd_ltr"
        /// Its reversal.
        case columnsReversed = "dtu_rtl"

        /// The same as a direction of scan paths.
        public var path: ScanPath.Direction {
            switch self {
            case .rows: .rows
            case .rowsReversed: .rowsReversed
            case .columns: .columns
            case .columnsReversed: .columnsReversed
            }
        }
    }

    /// A square part of the map: the side in pixels, or "global".
    public enum Window: Codable, Hashable, Sendable {
        /// Squares of this side.
        case side(Int)
        /// The whole map.
        case global

        /// Reads a number or "global".
        public init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let side = try? container.decode(Int.self) {
                self = .side(side)
            } else if let name = try? container.decode(String.self), name == "global" {
                self = .global
            } else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "a number or \"global\"")
            }
        }

        /// Writes a number or "global".
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .side(let side): try container.encode(side)
            case .global: try container.encode("global")
            }
        }

        /// The side in pixels; nil for the whole map.
        public var pixels: Int? {
            switch self {
            case .side(let side): side
            case .global: nil
            }
        }
    }

    /// How pixels learn of each other.
    public enum Mixer: String, Codable, Sendable, CaseIterable {
        /// The multimodal interleaved scan.
        case mamba
        /// Softmax attention over the pixels of both images, in place of the scan.
        case attention
    }

    /// How the images meet in the scan.
    public enum Fusion: String, Codable, Sendable, CaseIterable {
        /// Their windows take turns in one sequence.
        case inContext
        /// Their channels lie side by side at each pixel.
        case channelConcat
    }

    /// How what was scanned by columns comes back to its pixels.
    public enum ScanInverse: String, Codable, Sendable, CaseIterable {
        /// To where it came from.
        case exact
        /// As the released program does it: to other pixels, unless the map is square.
        case released
    }

    /// What stands for a panchromatic image that is not there.
    public enum PanAbsence: String, Codable, Sendable, CaseIterable {
        /// An image of zeros.
        case zero
        /// Nothing: the multispectral stream is alone.
        case drop
        /// The mean of the bands, enlarged by bicubic interpolation.
        case pseudo
    }

    /// Bands of the multispectral image and of the output.
    public var bands = 4
    /// C, channels of each stream.
    public var width = 32
    /// Number of MMMamba blocks.
    public var blocks = 5
    /// The windows that the scan visits one after the other. Weights fit every window.
    public var window = Window.side(4)
    /// Panchromatic pixels along one multispectral pixel.
    public var scale = 4
    /// N, states of each channel.
    public var states = 8
    /// The side of the depthwise convolution before the scan, odd.
    public var convolutionWidth = 3
    /// Channels inside the mixer for each channel of a stream.
    public var expansion = 2.66
    /// R, values that step sizes are made from.
    public var stepRank = MambaConfiguration.StepRank.automatic
    /// Hidden channels of the feed-forward network for each channel of a stream.
    public var feedForwardExpansion = 2.0
    /// The scans, in the order of their parameters.
    public var directions = Direction.allCases
    /// What mixes pixels.
    public var mixer = Mixer.mamba
    /// Heads of the attention; of no effect on the scan.
    public var heads = 4
    /// The squares inside of which pixels attend to each other; of no effect on the scan.
    public var span = Window.global
    /// How the images meet in the scan.
    public var fusion = Fusion.inContext
    /// How the scan's results come back to their pixels.
    public var scanInverse = ScanInverse.exact
    /// What stands for an absent panchromatic image; nil for the default, `drop`.
    public var panAbsence: PanAbsence?

    /// The keys of configuration files and checkpoints.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case bands, width, blocks, window, scale
        case states = "dState"
        case convolutionWidth = "dConv"
        case expansion = "expand"
        case stepRank = "dtRank"
        case feedForwardExpansion = "ffnExpansion"
        case directions, mixer, heads, span, fusion, scanInverse
        case panAbsence = "panAbsent"
    }

    /// The authors' network for four bands.
    public init() {}

    /// The authors' network for a number of bands.
    public init(bands: Int, width: Int = 32, blocks: Int = 5) {
        self.bands = bands
        self.width = width
        self.blocks = blocks
    }

    /// Sizes of the mixer's state-space part.
    package var block: MambaConfiguration {
        MambaConfiguration(
            width: width, states: states, convolutionWidth: convolutionWidth, expansion: expansion, stepRank: stepRank)
    }

    /// F, hidden channels of the feed-forward network.
    package var hiddenWidth: Int { Int(feedForwardExpansion * Double(width)) }

    /// What height and width of the streams' maps must be multiples of.
    package var sizeUnit: Int { (mixer == .mamba ? window : span).pixels ?? 1 }
}
