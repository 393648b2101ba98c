import Foundation
import StateSpace
import Testing
import Torch

@Suite("Starting values of state-space blocks")
struct BlockInitializationTests {
    private func values(_ module: Module, _ name: String) throws -> [Double] {
        try #require(module.state().first { $0.name == name }, "\(name)").tensor.array(of: Double.self)
    }

    private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    /// Even between ± bound: within it, near it, and with the deviation of an even distribution.
    private func expectEven(_ values: [Double], bound: Double, _ name: String) {
        let largest = values.map(\.magnitude).max() ?? .infinity
        let deviation = mean(values.map { $0 * $0 }).squareRoot()
        #expect(largest <= bound * (1 + 1e-6) && largest > 0.9 * bound, "\(name)")
        #expect((deviation / (bound / 3.0.squareRoot()) - 1).magnitude < 0.1, "\(name)")
    }

    /// Steps (the softplus of the bias) whose logarithm is even between log 0.001 and log 0.1.
    private func expectSteps(_ bias: [Double], _ name: String) {
        let logarithms = bias.map { log10(log1p(exp($0))) }
        #expect(logarithms.allSatisfy { (-3.0001 ... -0.9999).contains($0) }, "\(name)")
        #expect((mean(logarithms) + 2).magnitude < 0.1, "\(name)")
        let deviation = mean(logarithms.map { ($0 + 2) * ($0 + 2) }).squareRoot()
        #expect((deviation - 2 / 12.0.squareRoot()).magnitude < 0.05, "\(name)")
    }

    @Test("of a Mamba block are those of mamba_ssm")
    func mamba() throws {
        let block = try MambaBlock(MambaConfiguration(width: 256, states: 5))
        block.initialize(using: RandomGenerator(seed: 1))
        for (index, value) in try values(block, "A_log").enumerated() {
            #expect((value - log(Double(index % 5 + 1))).magnitude < 1e-6)
        }
        #expect(try values(block, "D").allSatisfy { $0 == 1 })
        expectEven(try values(block, "in_proj.weight"), bound: 1 / 16, "in_proj")
        expectEven(try values(block, "conv1d.weight"), bound: 0.5, "conv1d.weight")
        expectEven(try values(block, "conv1d.bias"), bound: 0.5, "conv1d.bias")
        expectEven(try values(block, "x_proj.weight"), bound: 1 / 512.0.squareRoot(), "x_proj")
        expectEven(try values(block, "dt_proj.weight"), bound: 0.25, "dt_proj.weight")
        expectSteps(try values(block, "dt_proj.bias"), "dt_proj.bias")
        expectEven(try values(block, "out_proj.weight"), bound: 1 / 512.0.squareRoot(), "out_proj")
    }

    @Test("of steps can be constant, scaled and bounded otherwise")
    func steps() throws {
        var configuration = MambaConfiguration(width: 64)
        configuration.stepWeights = .constant
        configuration.stepScale = 3
        configuration.shortestStep = 1e-6
        configuration.longestStep = 1e-3
        configuration.stepFloor = 1e-5
        let block = try MambaBlock(configuration)
        block.initialize(using: RandomGenerator(seed: 1))
        #expect(try values(block, "dt_proj.weight").allSatisfy { $0 == 1.5 })
        let steps = try values(block, "dt_proj.bias").map { log1p(exp($0)) }
        #expect(steps.allSatisfy { (0.999e-5...1.001e-3).contains($0) })
        #expect(steps.filter { $0 < 1.01e-5 }.count > 20)
    }

    @Test("of further directions have the steps of any linear layer, as in the authors' program")
    func directions() throws {
        let block = try MultiDirectionMamba(MambaConfiguration(width: 256, states: 4))
        block.initialize(using: RandomGenerator(seed: 1))
        expectSteps(try values(block, "dt_proj.bias"), "dt_proj.bias")
        expectEven(try values(block, "dt_proj_b.bias"), bound: 0.25, "dt_proj_b.bias")
        #expect(try values(block, "A_b_log").prefix(2) == values(block, "A_log").prefix(2))
    }

    @Test("of scans along paths are those of VMamba")
    func paths() throws {
        let block = try SS2D(
            MambaConfiguration(width: 96, states: 5, convolutionWidth: 3),
            sharing: SS2D.Sharing(previousWidth: 50, projectsSkip: true))
        block.initialize(using: RandomGenerator(seed: 2))
        for (index, value) in try values(block, "A_logs").enumerated() {
            #expect((value - log(Double(index % 5 + 1))).magnitude < 1e-6)
        }
        #expect(try values(block, "Ds").allSatisfy { $0 == 1 })
        expectEven(try values(block, "x_proj_weight"), bound: 1 / 192.0.squareRoot(), "x_proj_weight")
        expectEven(try values(block, "dt_projs_weight"), bound: 1 / 6.0.squareRoot(), "dt_projs_weight")
        expectSteps(try values(block, "dt_projs_bias"), "dt_projs_bias")
        expectEven(try values(block, "conv2d.weight"), bound: 1 / 3, "conv2d.weight")
        for name in ["ssm_state_weight1", "ssm_state_weight2", "xs_gate_weight", "ssm_gate_ratio"] {
            let values = try values(block, name)
            #expect(mean(values).magnitude < 0.15, "\(name)")
            #expect((mean(values.map { $0 * $0 }).squareRoot() - 1).magnitude < 0.1, "\(name)")
        }
    }
}
