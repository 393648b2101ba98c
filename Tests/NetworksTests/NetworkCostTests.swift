import Networks
import Testing
import Torch

/// The multiply-adds of a forward pass beside those that are published or follow from the paper; the specification counts
/// matrix products and convolutions, and scans apart. The step sizes of all paths of a scan are one product here, with zeros
/// between paths that have nothing to do with each other: more multiply-adds than are needed, in less time.
@Suite("Cost of networks") struct NetworkCostTests {
    /// Multiply-adds of products and convolutions, and state updates.
    private func cost(_ body: () throws -> Void) throws -> (multiplyAdds: Double, updates: Double) {
        let profile = try OperationProfile.measuring { try withInference(body) }
        let updates = profile.entries.filter { $0.name == "selective scan" }.reduce(0) { $0 + $1.multiplyAdds }
        return (
            profile.entries.filter { $0.name != "selective scan" }.reduce(0) { $0 + $1.multiplyAdds }, updates
        )
    }

    private func isClose(_ value: Double, _ expected: Double, within tolerance: Double = 0.02) -> Bool {
        abs(value - expected) <= tolerance * expected
    }

    @Test("FusionMamba (Peng): 0.155 M multiply-adds and 13.3 k state updates a pixel")
    func fusionMambaRS() throws {
        let network = try FusionMambaRS()
        network.initialize(using: RandomGenerator(seed: 1))
        let (ms, pan) = (Tensor.zeros([1, 8, 16, 16]), Tensor.zeros([1, 1, 64, 64]))
        let found = try cost { _ = try network(ms: ms, pan: pan) }
        #expect(isClose(found.multiplyAdds, 0.64e9), "\(found)")
        #expect(isClose(found.updates, 54.5e6), "\(found)")
    }

    @Test("LE-Mamba: 3.55 G multiply-adds at 64 × 64, as published, nine for each state update")
    func leMamba() throws {
        let network = try LEMamba(LEMambaConfiguration(msBands: 8))
        network.initialize(using: RandomGenerator(seed: 1))
        network.eval()
        let (lms, pan) = (Tensor.zeros([1, 8, 64, 64]), Tensor.zeros([1, 1, 64, 64]))
        let found = try cost { _ = try network(upsampled: lms, guide: pan) }
        let zeros = 0.058e9
        #expect(isClose(found.multiplyAdds, 1.483e9 + zeros), "\(found)")
        #expect(isClose(found.multiplyAdds + 9 * found.updates, 3.58e9), "\(found)")
    }

    @Test("FusionMamba (Xie): 45.5 G multiply-adds at 256 × 256, as published, less what is computed and never used")
    func fusionMambaMM() throws {
        let network = try FusionMambaMM()
        network.initialize(using: RandomGenerator(seed: 1))
        network.eval()
        let image = Tensor.zeros([1, 1, 64, 64])
        let found = try cost { _ = try network(image, image) }
        // The corrections of the descriptive convolutions are products of their own here.
        let (neverUsed, corrections) = (0.9e9, 1.9e9)
        let scale = 16.0
        #expect(isClose(found.multiplyAdds * scale, 45.5e9 - neverUsed + corrections), "\(found)")
    }

    @Test("MMMamba: 6.11 G multiply-adds and 0.446 G state updates at 128 × 128")
    func mmMamba() throws {
        let network = try MMMamba()
        network.initialize(using: RandomGenerator(seed: 1))
        let (ms, pan) = (Tensor.zeros([1, 4, 32, 32]), Tensor.zeros([1, 1, 128, 128]))
        let found = try cost { _ = try network(ms: ms, pan: pan) }
        let zeros = 0.334e9
        #expect(isClose(found.multiplyAdds, 6.11e9 + zeros), "\(found)")
        #expect(isClose(found.updates, 445.6e6), "\(found)")
    }
}
