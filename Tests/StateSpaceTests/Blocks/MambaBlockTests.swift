import Foundation
import StateSpace
import Testing
import Torch

@Suite("Mamba block")
struct MambaBlockTests {
    static let configurations = [
        MambaConfiguration(width: 5, states: 3),
        MambaConfiguration(width: 4, states: 2, convolutionWidth: 1, expansion: 1, stepRank: .fixed(3)),
        MambaConfiguration(width: 17, states: 16, convolutionWidth: 3, expansion: 1.5),
    ]

    @Test("has the parameters of mamba_ssm, in its order")
    func names() throws {
        let block = try MambaBlock(MambaConfiguration(width: 20))
        let found = block.state().map { "\($0.name) \($0.tensor.shape)" }
        #expect(
            found == [
                "A_log [40, 16]", "D [40]", "in_proj.weight [80, 20]", "conv1d.weight [40, 1, 4]", "conv1d.bias [40]",
                "x_proj.weight [34, 40]", "dt_proj.weight [40, 2]", "dt_proj.bias [40]", "out_proj.weight [20, 40]",
            ])
    }

    @Test("has biases where the configuration says so")
    func biases() throws {
        var configuration = MambaConfiguration(width: 4)
        configuration.convolutionHasBias = false
        configuration.projectionsHaveBias = true
        let names = try MambaBlock(configuration).state().map(\.name)
        #expect(!names.contains("conv1d.bias"))
        #expect(names.contains("in_proj.bias") && names.contains("out_proj.bias"))
    }

    @Test("is the recurrence of the paper, written out", arguments: configurations)
    func recurrence(configuration: MambaConfiguration) throws {
        try withTorchErrors {
            let block = prepared(try MambaBlock(configuration))
            disturb(block)
            let tokens = normal(2, 7, configuration.width)
            let found = try withoutGradients { try block(tokens) }
            #expect(found.shape == tokens.shape)
            let expected = writtenOut(block, tokens)
            #expect(relativeDifference(found, Tensor(expected, shape: tokens.shape)) < 1e-12)
        }
    }

    @Test("in float32 agrees with double precision", arguments: configurations)
    func singlePrecision(configuration: MambaConfiguration) throws {
        try withTorchErrors {
            let block = prepared(try MambaBlock(configuration))
            let tokens = normal(2, 50, configuration.width)
            let expected = try withoutGradients { try block(tokens) }
            block.to(.float32)
            let found = try withoutGradients { try block(tokens.to(.float32)) }
            #expect(relativeDifference(found, expected) < 1e-5)
        }
    }

    @Test("does not look ahead")
    func causality() throws {
        try withTorchErrors {
            let block = prepared(try MambaBlock(MambaConfiguration(width: 5, states: 3)))
            let tokens = normal(1, 9, 5)
            let other = tokens.copy()
            other[.all, 6...] = normal(1, 3, 5, seed: 12)
            let results = try withoutGradients { try [block(tokens), block(other)] }
            #expect(results[0][.all, 0..<6].isEqual(to: results[1][.all, 0..<6]))
            #expect(relativeDifference(results[0][.all, .at(6)], results[1][.all, .at(6)]) > 0.01)
        }
    }

    @Test("has the gradients of central differences")
    func numericalGradients() throws {
        try withTorchErrors {
            var configuration = MambaConfiguration(width: 3, states: 2)
            configuration.projectionsHaveBias = true
            let block = prepared(try MambaBlock(configuration))
            disturb(block)
            try expectNumericalGradients(of: block, inputs: [normal(2, 5, 3)]) { [try block($0[0])] }
        }
    }

    @Test("refuses tokens of another shape, and says which one it takes")
    func wrongTokens() throws {
        try withTorchErrors {
            let block = prepared(try MambaBlock(MambaConfiguration(width: 5)))
            for shape in [[2, 5], [2, 7, 6], [2, 0, 5], [0, 7, 5]] {
                let error = #expect(throws: BlockInputError.self) {
                    try block(.zeros(shape, dtype: .float64))
                }
                #expect(
                    error?.description
                        == "the tokens of a Mamba block have shape \(shape); it must be (B, L, 5), with at least one element."
                )
            }
        }
    }

    /// The block in plain loops, from its parameters by name.
    private func writtenOut(_ block: MambaBlock, _ tokens: Tensor) -> [Double] {
        let (width, inner) = (block.configuration.width, block.configuration.innerWidth)
        let (states, rank) = (block.configuration.states, block.configuration.rank)
        let reach = block.configuration.convolutionWidth
        let parameters = Dictionary(
            uniqueKeysWithValues: block.state().map { ($0.name, $0.tensor.array(of: Double.self)) })
        func value(_ name: String, _ index: Int) -> Double { parameters[name]?[index] ?? .nan }
        func silu(_ x: Double) -> Double { x / (1 + exp(-x)) }
        let x = tokens.array(of: Double.self)
        let (batches, length) = (tokens.size(0), tokens.size(1))
        var result = [Double](repeating: 0, count: x.count)
        for batch in 0..<batches {
            func projected(_ row: Int, _ time: Int) -> Double {
                (0..<width).reduce(0) {
                    $0 + value("in_proj.weight", row * width + $1) * x[(batch * length + time) * width + $1]
                }
            }
            var state = [Double](repeating: 0, count: inner * states)
            for time in 0..<length {
                let u = (0..<inner).map { channel in
                    var sum = value("conv1d.bias", channel)
                    for tap in 0..<reach where time - (reach - 1 - tap) >= 0 {
                        sum +=
                            value("conv1d.weight", channel * reach + tap) * projected(channel, time - (reach - 1 - tap))
                    }
                    return silu(sum)
                }
                let features = (0..<rank + 2 * states).map { row in
                    (0..<inner).reduce(0) { $0 + value("x_proj.weight", row * inner + $1) * u[$1] }
                }
                var y = [Double](repeating: 0, count: inner)
                for channel in 0..<inner {
                    let step = (0..<rank).reduce(value("dt_proj.bias", channel)) {
                        $0 + value("dt_proj.weight", channel * rank + $1) * features[$1]
                    }
                    let delta = log1p(exp(step))
                    y[channel] = value("D", channel) * u[channel]
                    for n in 0..<states {
                        let place = channel * states + n
                        state[place] =
                            exp(-exp(value("A_log", place)) * delta) * state[place]
                            + delta * features[rank + n] * u[channel]
                        y[channel] += features[rank + states + n] * state[place]
                    }
                    y[channel] *= silu(projected(inner + channel, time))
                }
                for row in 0..<width {
                    result[(batch * length + time) * width + row] = (0..<inner).reduce(0) {
                        $0 + value("out_proj.weight", row * inner + $1) * y[$1]
                    }
                }
            }
        }
        return result
    }
}
