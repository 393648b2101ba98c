import Torch

/// Half the size, by a strided convolution (specification, 5.5).
package final class Downsampling: Module {
    @Child("down") var down: Sequential

    package init(from input: Int, to output: Int) {
        super.init()
        down = Sequential([Conv2d(input, output, kernel: 2, stride: 2), Activation.leakyReLU()])
    }

    /// - Parameter map: (B, input, H, W), H and W even.
    /// - Returns: (B, output, H/2, W/2).
    package func callAsFunction(_ map: Tensor) -> Tensor { down(map) }
}

/// Twice the size, by a transposed convolution, with the skip connection added (specification, 5.5).
package final class Upsampling: Module {
    @Child("up") var up: Sequential
    @Child("conv") var convolution: Sequential

    package init(from input: Int, to output: Int) {
        super.init()
        up = Sequential([
            ConvTransposed2d(input, output, kernel: 2, stride: 2), Activation.leakyReLU(),
        ])
        // No activation between the two, as in the authors' program.
        convolution = Sequential([
            Conv2d(output, output, kernel: 3, padding: 1, groups: output),
            Conv2d(output, output, kernel: 1), Activation.leakyReLU(),
        ])
    }

    /// - Parameters:
    ///   - map: (B, input, H, W).
    ///   - skip: (B, output, 2H, 2W).
    /// - Returns: the shape of skip.
    package func callAsFunction(_ map: Tensor, skip: Tensor) -> Tensor { convolution(up(map) + skip) }
}

/// Mixing, then half the size. Both branches share the sampling layers.
package final class DownStage: Module {
    @Child("fm") var mixing: FusionMambaBlock
    @Child("sample") var sampling: Downsampling

    package init(from input: Int, to output: Int) throws {
        super.init()
        mixing = try FusionMambaBlock(width: input)
        sampling = Downsampling(from: input, to: output)
    }

    /// - Parameters: pan and ms, both (B, input, H, W).
    /// - Returns: both (B, output, H/2, W/2), and the mixed maps (B, input, H, W) for the way up.
    package func callAsFunction(
        pan: Tensor, ms: Tensor
    ) throws -> (pan: Tensor, ms: Tensor, panSkip: Tensor, msSkip: Tensor) {
        let mixed = try mixing(pan: pan, ms: ms)
        return (sampling(mixed.pan), sampling(mixed.ms), mixed.pan, mixed.ms)
    }
}

/// Mixing, then twice the size. Both branches share the sampling layers.
package final class UpStage: Module {
    @Child("fm") var mixing: FusionMambaBlock
    @Child("sample") var sampling: Upsampling

    package init(from input: Int, to output: Int) throws {
        super.init()
        mixing = try FusionMambaBlock(width: input)
        sampling = Upsampling(from: input, to: output)
    }

    /// - Parameters:
    ///   - pan, ms: both (B, input, H, W).
    ///   - panSkip, msSkip: both (B, output, 2H, 2W).
    /// - Returns: both (B, output, 2H, 2W).
    package func callAsFunction(
        pan: Tensor, ms: Tensor, panSkip: Tensor, msSkip: Tensor
    ) throws -> (pan: Tensor, ms: Tensor) {
        let mixed = try mixing(pan: pan, ms: ms)
        return (sampling(mixed.pan, skip: panSkip), sampling(mixed.ms, skip: msSkip))
    }
}
