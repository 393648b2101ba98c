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

    /// (N, B, inputs, H, W) to (N, B, outputs, H, W).
    ///
    /// Where nothing is recorded for differentiation, bands go through the convolutions one after the other: the maps inside
    /// then take the memory of one band, and stay in the caches more.
    package func callAsFunction(_ maps: Tensor) -> Tensor {
        let (count, bands) = (maps.size(0), maps.size(1))
        guard !gradientsAreRecorded else {
            let first = entry(maps.flattened(from: 0, to: 1)).gelu()  // (N · B, width, H, W)
            let byBand = first.unflattened(axis: 0, sizes: [count, bands])
            let common = byBand.mean(1, keepingAxes: true).expanded(byBand.shape).flattened(from: 0, to: 1)
            return outputs(first, common).unflattened(axis: 0, sizes: [count, bands])
        }
        let first = (0..<bands).map { entry(maps[.all, .at($0)]).gelu() }  // (N, width, H, W) each
        let common = first.dropFirst().reduce(first[0], +) / Double(bands)
        return .stacked(first.map { outputs($0, common) }, axis: 1)
    }

    /// (N, width, H, W), of bands and of the mean that belongs to each, to (N, outputs, H, W).
    private func outputs(_ first: Tensor, _ common: Tensor) -> Tensor {
        var state = first + exchange(.concatenated([first, common], axis: 1)).gelu()
        for block in blocks { state += block(state) }
        return output(state)
    }
}
