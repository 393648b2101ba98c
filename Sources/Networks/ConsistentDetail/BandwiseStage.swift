import Torch

/// A small convolutional network that sees one band at a time, with the same weights for all, and once the mean over the
/// bands; so it takes any number of bands in any order.
package final class BandwiseStage: Module {
    @Child var entry: Conv2d
    @Child var exchange: Conv2d
    @Child var blocks: [Sequential]
    @Child var output: Conv2d

    /// - Parameters:
    ///   - inputs: maps of a band.
    ///   - width: channels inside.
    ///   - blockCount: residual blocks.
    ///   - outputs: maps that come out for each band.
    package init(inputs: Int, width: Int, blocks blockCount: Int, outputs: Int) {
        super.init()
        entry = Conv2d(inputs, width, kernel: 3, padding: 1)
        exchange = Conv2d(2 * width, width, kernel: 1)
        blocks = (0..<blockCount).map { _ in
            Sequential([
                Conv2d(width, width, kernel: 3, padding: 1), Activation.gelu,
                Conv2d(width, width, kernel: 3, padding: 1),
            ])
        }
        output = Conv2d(width, outputs, kernel: 3, padding: 1)
    }

    /// The output begins at zero, so that a new network does what the classical part does.
    package override func initializeParameters(using generator: RandomGenerator) {
        output.weight.fill(0)
        output.bias?.fill(0)
    }

    /// Runs over the bands, group by group.
    ///
    /// Where nothing is recorded for differentiation, bands go through the convolutions one after the other: the maps inside
    /// then take the memory of one band, and stay in the caches more. Of several groups, one at a time is in memory, for which
    /// its maps are made twice: the mean over the bands comes first.
    ///
    /// - Parameters:
    ///   - groups: all bands in order, in one group where gradients are recorded.
    ///   - maps: what is seen of a group, (N, G, inputs, H, W).
    ///   - finish: makes (N, G, H, W) of a group, of what was seen and what came out for each band, (N, G, outputs, H, W).
    /// - Returns: what `finish` made, (N, B, H, W).
    package func callAsFunction(
        _ groups: [Range<Int>], maps: (Range<Int>) -> Tensor,
        finish: (_ group: Range<Int>, _ maps: Tensor, _ output: Tensor) -> Tensor
    ) -> Tensor {
        let bands = groups.reduce(0) { $0 + $1.count }
        guard !gradientsAreRecorded else {
            let seen = maps(0..<bands)
            let first = entry(seen.flattened(from: 0, to: 1)).gelu()  // (N · B, width, H, W)
            let byBand = first.unflattened(axis: 0, sizes: [seen.size(0), bands])
            let common = byBand.mean(1, keepingAxes: true).expanded(byBand.shape).flattened(from: 0, to: 1)
            return finish(
                0..<bands, seen, outputs(first, common).unflattened(axis: 0, sizes: [seen.size(0), bands]))
        }
        /// The maps of a group, and for each of its bands (N, width, H, W).
        func entered(_ group: Range<Int>) -> (seen: Tensor, first: [Tensor]) {
            let seen = maps(group)
            return (seen, (0..<group.count).map { entry(seen[.all, .at($0)]).gelu() })
        }
        var sum: Tensor?
        var last: (seen: Tensor, first: [Tensor])?
        for group in groups {
            last = nil
            let entered = entered(group)
            sum = entered.first.reduce(sum) { sum, map in sum.map { $0 + map } ?? map }
            last = entered
        }
        guard let sum else { preconditionFailure("there are no bands") }
        let common = sum / Double(bands)
        // Backwards, as the maps of the last group are there already.
        var parts: [Tensor] = []
        for group in groups.reversed() {
            let (seen, first) = last ?? entered(group)
            last = nil
            parts.append(finish(group, seen, .stacked(first.map { outputs($0, common) }, axis: 1)))
        }
        return parts.count == 1 ? parts[0] : .concatenated(parts.reversed(), axis: 1)
    }

    /// (N, width, H, W), of bands and of the mean that belongs to each, to (N, outputs, H, W).
    private func outputs(_ first: Tensor, _ common: Tensor) -> Tensor {
        var state = first + exchange(.concatenated([first, common], axis: 1)).gelu()
        for block in blocks { state += block(state) }
        return output(state)
    }
}
