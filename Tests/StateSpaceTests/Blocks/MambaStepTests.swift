import StateSpace
import Testing
import Torch

@Suite("Mamba block, token by token")
struct MambaStepTests {
    private func block(_ configuration: MambaConfiguration) throws -> MambaBlock {
        let block = try MambaBlock(configuration)
        block.initialize(using: RandomGenerator(seed: 3))
        disturb(block)
        block.eval()
        return block
    }

    @Test("gives what the scan of the whole sequence gives", arguments: MambaBlockTests.configurations)
    func steps(configuration: MambaConfiguration) throws {
        try withTorchErrors {
            let block = try block(configuration)
            let tokens = normal(3, 41, configuration.width).to(.float32)
            try withoutGradients {
                let whole = try block(tokens)
                let expected = try block(tokens, from: block.initialState(batches: 3))
                #expect(relativeDifference(expected.tokens, whole) < 1e-5)
                var state = block.initialState(batches: 3)
                var results: [Tensor] = []
                for time in 0..<41 {
                    let next = try block.step(tokens[.all, .at(time)], from: state)
                    results.append(next.token)
                    state = next.state
                }
                #expect(relativeDifference(.stacked(results, axis: 1), whole) < 1e-5)
                #expect(relativeDifference(state.scan, expected.state.scan) < 1e-5)
                #expect(relativeDifference(state.window + 1, expected.state.window + 1) < 1e-5)
            }
        }
    }

    @Test(
        "goes on after a scan, in pieces of any length", arguments: [[1, 40], [2, 3, 36], [40, 1], [5, 1, 1, 34]])
    func pieces(lengths: [Int]) throws {
        try withTorchErrors {
            let block = try block(MambaConfiguration(width: 6, states: 4))
            let tokens = normal(2, 41, 6).to(.float32)
            try withoutGradients {
                var state = block.initialState(batches: 2)
                var results: [Tensor] = []
                for piece in tokens.split(sizes: lengths, axis: 1) {
                    let next = try block(piece, from: state)
                    results.append(next.tokens)
                    state = next.state
                }
                #expect(try relativeDifference(.concatenated(results, axis: 1), block(tokens)) < 1e-5)
            }
        }
    }

    @Test("keeps batches apart")
    func batches() throws {
        try withTorchErrors {
            let block = try block(MambaConfiguration(width: 6, states: 4))
            let tokens = normal(2, 5, 6).to(.float32)
            try withoutGradients {
                let state = try block(tokens, from: block.initialState(batches: 2)).state
                let token = normal(2, 6, seed: 5).to(.float32)
                let together = try block.step(token, from: state)
                for batch in 0..<2 {
                    let alone = try block.step(
                        token[batch..<batch + 1],
                        from: block(tokens[batch..<batch + 1], from: block.initialState(batches: 1)).state)
                    #expect(relativeDifference(together.token[batch..<batch + 1], alone.token) < 1e-5)
                }
            }
        }
    }

    @Test("has the gradients of central differences, through the state too")
    func numericalGradients() throws {
        try withTorchErrors {
            let block = prepared(try MambaBlock(MambaConfiguration(width: 3, states: 2, convolutionWidth: 3)))
            disturb(block)
            try expectNumericalGradients(of: block, inputs: [normal(1, 3, 3), normal(1, 3, seed: 8)]) { inputs in
                let first = try block(inputs[0], from: block.initialState(batches: 1))
                let second = try block.step(inputs[1], from: first.state)
                return [first.tokens, second.token, second.state.scan, second.state.window]
            }
        }
    }

    @Test("refuses tokens and states that don't fit")
    func wrongInput() throws {
        try withTorchErrors {
            let block = try block(MambaConfiguration(width: 5, states: 3))
            let state = block.initialState(batches: 2)
            #expect(throws: BlockInputError.self) { try block.step(.zeros([2, 6]), from: state) }
            #expect(throws: BlockInputError.self) { try block.step(.zeros([2, 1, 5]), from: state) }
            let error = #expect(throws: BlockInputError.self) { try block.step(.zeros([3, 5]), from: state) }
            #expect(
                error?.description
                    == "the state of a Mamba block has a window of shape [2, 3, 10] and a scan state of shape [2, 10, 3]; "
                    + "they must be [3, 3, 10] and [3, 10, 3].")
        }
    }
}
