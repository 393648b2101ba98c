import StateSpace
import Torch

/// LE-Mamba's local-enhanced vision Mamba block (Cao et al. 2024, section 3.2): the guide is added, then the map is scanned
/// in windows with shared weights, then as a whole.
///
/// It is the class `MambaInjectionBlock` of the authors' program; their class `LEVMBlock` is another one, which never runs.
package final class LEVMBlock: Module {
    @Parameter("enhanced_factor") var localScale: Tensor?  // (1, 1, 1, C)
    @Child("intro_conv") var guideEntry: Sequential
    @Child("mamba_inner_shared") var local: VSSBlock?
    @Child("mamba") var global: VSSBlock
    private let window: Int?

    /// Builds the block.
    ///
    /// - Parameters:
    ///   - level: sizes.
    ///   - dropRate: how often a residual branch is left out in training.
    ///   - sharing: which states of other blocks the global scan takes.
    /// - Throws: `ConfigurationError` for a number that no block can be built with.
    package init(_ level: LEMamba.Level, dropRate: Double = 0, sharing: SS2D.Sharing? = nil) throws {
        let width = level.width
        window = level.local?.window
        super.init()
        guideEntry = Sequential([
            Conv2d(level.guideBands, width, kernel: 1),
            Conv2d(width, width, kernel: 3, padding: 1, groups: width),
        ])
        if let local = level.local {
            localScale = .full([1, 1, 1, width], Double.nan)
            self.local = try VSSBlock(local.scan, perceptronRatio: 1, dropRate: dropRate)
        }
        global = try VSSBlock(level.global, perceptronRatio: 4, dropRate: dropRate, sharing: sharing)
    }

    package override func initializeParameters(using generator: RandomGenerator) {
        localScale?.initialize(.truncatedNormal(deviation: 0.02), using: generator)
    }

    /// A map and the states that its scans leave.
    package struct Result {
        /// (B, H, W, C)
        package var map: Tensor
        /// (B · windows, 4 · 2C, N) of the scan in windows, which no block takes; nil where there is none.
        package var localState: Tensor?
        /// (B, 4 · D, N) of the scan of the whole map.
        package var globalState: Tensor
    }

    /// - Parameters:
    ///   - map: (B, H, W, C), H and W multiples of the window.
    ///   - guide: (B, Cg, …, …) of any size.
    ///   - previous: (B, 4 · P, N), the global state of another block; ignored by a block that shares none.
    ///   - skip: (B, 4 · D, N), a second one; ignored where there is no previous one.
    package func callAsFunction(
        _ map: Tensor, guide: Tensor, previous: Tensor? = nil, skip: Tensor? = nil
    ) throws -> Result {
        guard isCheckpointed else { return try scanned(map, guide: guide, previous: previous, skip: skip) }
        let states = previous.map { [$0] + [skip].compactMap(\.self) } ?? []
        let results = try runBlock([map, guide] + states) { inputs in
            let result = try self.scanned(
                inputs[0], guide: inputs[1], previous: inputs.dropFirst(2).first, skip: inputs.dropFirst(3).first)
            return [result.map, result.globalState]
        }
        // No block takes the local state, which would only be kept.
        return Result(map: results[0], localState: nil, globalState: results[1])
    }

    private func scanned(_ map: Tensor, guide: Tensor, previous: Tensor?, skip: Tensor?) throws -> Result {
        var map = guided(map, guide: guide)
        var localState: Tensor?
        if let local, let localScale, let window {
            let partition = try WindowPartition(window: window, height: map.size(1), width: map.size(2))
            // The windows are the batch, so nothing crosses their borders, and each is dropped by a chance of its own.
            let scanned = try local(partition.windows(of: map))
            map = added(multiplied(try partition.map(of: scanned.map), localScale), map)
            localState = scanned.lastState
        }
        let scanned = try global(map, previous: previous, skip: skip)
        return Result(map: scanned.map, localState: localState, globalState: scanned.lastState)
    }

    /// The map with the guide added, (B, H, W, C).
    package func guided(_ map: Tensor, guide: Tensor) -> Tensor {
        let guide = guide.resizedLikeCorners(to: [map.size(1), map.size(2)]).channelsLast()
        return added(guideEntry(guide).permuted(0, 2, 3, 1), map)
    }
}

extension Tensor {
    /// (B, C, H, W) resized linearly so that the centres of the corner pixels stay; itself where the size is the same.
    func resizedLikeCorners(to size: [Int]) -> Tensor {
        shape.suffix(2).elementsEqual(size)
            ? self : interpolated(to: size, mode: .bilinear, alignCorners: true)
    }
}
