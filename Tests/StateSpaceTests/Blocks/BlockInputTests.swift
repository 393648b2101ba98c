import StateSpace
import Testing
import Torch

@Suite("Input of Mamba blocks")
struct BlockInputTests {
    private func message(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test("of another type than the parameters is refused by name")
    func types() throws {
        let configuration = MambaConfiguration(width: 8, states: 4)
        let tokens = Tensor.zeros([1, 6, 8], dtype: .float64)
        let single = try MambaBlock(configuration)
        let several = try MultiDirectionMamba(configuration, isSteered: true)
        #expect(message { _ = try single(tokens) }?.contains("float64") == true)
        #expect(message { _ = try several(tokens, steering: tokens) }?.contains("float64") == true)
        #expect(message { _ = try several(.zeros([1, 6, 8]), steering: tokens) }?.contains("steering") == true)
    }

    @Test(
        "with a map of no pixels, or of more than can be counted, is refused", arguments: [(0, 6), (-2, -3), (.max, 2)])
    func sizes(height: Int, width: Int) throws {
        let block = try MultiDirectionMamba(MambaConfiguration(width: 8, states: 4))
        #expect(
            message { _ = try block(.zeros([1, 6, 8]), height: height, width: width) }?.contains(
                "no pixels, or too many")
                == true)
    }

    @Test("A state can be taken apart, put together and cut from its graph")
    func states() throws {
        let block = try MambaBlock(MambaConfiguration(width: 8, states: 4))
        block.initialize(using: RandomGenerator(seed: 1))
        let token = Tensor.normal([2, 8], generator: RandomGenerator(seed: 2))
        let first = try block.step(token, from: block.initialState(batches: 2)).state
        #expect(first.scan.requiresGradient)
        let kept = MambaState(window: first.window, scan: first.scan).detached()
        #expect(!kept.scan.requiresGradient && !kept.window.requiresGradient)
        let again = try block.step(token, from: kept).token
        let expected = try block.step(token, from: first).token
        #expect(again.array(of: Float.self) == expected.array(of: Float.self))
    }
}
