import Synchronization
import Testing
import Torch

/// x³ with its backward pass by hand; `factor` 3 is right.
@Sendable private func cube(_ x: Tensor, factor: Double = 3) -> Tensor {
    differentiable("cube", [x], forward: { [x * x * x] }, backward: { [$0[0] * x * x * factor] })[0]
}

@Suite("Automatic differentiation") struct AutogradTests {
    @Test("gradients gather in leaves until they are cleared")
    func gathering() {
        let x = tensor([1, 2])
        x.setRequiresGradient()
        #expect(x.requiresGradient && x.isLeaf && x.gradient == nil)
        let y = x.squared()
        #expect(y.requiresGradient && !y.isLeaf)
        y.sum().backward()
        x.squared().backward(tensor([1, 10]))
        #expect(x.gradient.map(values) == [4, 44])
        x.gradient = nil
        #expect(x.gradient == nil)
        x.gradient = tensor([5, 5])
        #expect(x.gradient.map(values) == [5, 5])
    }

    @Test("gradients(of:) leaves the leaves alone and tells of inputs that were not used")
    func separate() {
        let x = tensor([3])
        let unused = tensor([1])
        x.setRequiresGradient()
        unused.setRequiresGradient()
        let found = gradients(of: x.squared(), withRespectTo: [x, unused])
        #expect(found[0].map(values) == [6] && found[1] == nil && x.gradient == nil)
        let weighted = gradients(of: [x * 2, x * 3], withRespectTo: [x], outputGradients: [tensor([1]), tensor([10])])
        #expect(weighted[0].map(values) == [32])
    }

    @Test("a graph is used once unless it is retained")
    func retaining() throws {
        let x = tensor([3])
        x.setRequiresGradient()
        let y = x.exp().sum()
        y.backward(retainGraph: true)
        y.backward()
        #expect(throws: TorchError.self) { try withTorchErrors { y.backward() } }
    }

    @Test("second and third derivatives")
    func higher() {
        let x = tensor([2])
        x.setRequiresGradient()
        let first = gradients(of: [x.power(4)], withRespectTo: [x], createGraph: true)[0] ?? x
        let second = gradients(of: [first], withRespectTo: [x], createGraph: true)[0] ?? x
        let third = gradients(of: [second], withRespectTo: [x])[0] ?? x
        #expect(values(first) == [32] && values(second) == [48] && values(third) == [48])
    }

    @Test("second derivatives of a convolution agree with differences of the first")
    func secondOfConvolution() throws {
        let weight = noise(1, 2, 2, 2, seed: 2)
        let error = try withTorchErrors {
            try gradientError([noise(1, 2, 3, 3), weight]) { inputs in
                withGradients {
                    let leaves = inputs.map { input in
                        if input.requiresGradient { return input }
                        let leaf = input.detached()
                        leaf.setRequiresGradient()
                        return leaf
                    }
                    let output = leaves[0].conv2d(weight: leaves[1], padding: 1).tanh().squared().sum()
                    return gradients(of: [output], withRespectTo: [leaves[0]], createGraph: true)[0] ?? output
                }
            }
        }
        #expect(error < 1e-7, "relative error \(error)")
    }

    @Test("scopes switch recording off, and on again inside")
    func scopes() {
        let x = tensor([1])
        x.setRequiresGradient()
        withoutGradients {
            #expect(!(x * 2).requiresGradient)
            withGradients { #expect((x * 2).requiresGradient) }
        }
        #expect((x * 2).requiresGradient && !(x * 2).detached().requiresGradient)
        #expect(!withInference { x * 2 }.requiresGradient)
        #expect((x * 2).requiresGradient)
        #expect(throws: TorchError.self) {
            try withTorchErrors {
                let made = withInference { tensor([1]) }
                made.setRequiresGradient()
                _ = (made * x).squared()
            }
        }
    }

    @Test("a scope that throws restores recording")
    func throwingScope() {
        struct Stop: Error {}
        let x = tensor([1])
        x.setRequiresGradient()
        #expect(throws: Stop.self) { try withoutGradients { throw Stop() } }
        #expect(throws: Stop.self) { try withInference { throw Stop() } }
        #expect((x * 2).requiresGradient)
    }

    @Test("hooks see the gradient and may replace it; what they throw ends the pass")
    func hooks() {
        struct Stop: Error {}
        let x = tensor([1, 2])
        x.setRequiresGradient()
        let y = x * 3
        let seen = Mutex<[Double]>([])
        y.onGradient { gradient in
            seen.withLock { $0 = values(gradient) }
            return gradient * 2
        }
        x.onGradient { _ in nil }
        y.sum().backward()
        #expect(seen.withLock { $0 } == [1, 1] && x.gradient.map(values) == [6, 6])
        x.onGradient { _ in throw Stop() }
        let thrown = #expect(throws: TorchError.self) { try withTorchErrors { (x * 3).sum().backward() } }
        #expect(thrown?.message.contains("Stop") == true)
        let failing = tensor([1, 2])
        failing.setRequiresGradient()
        failing.onGradient { $0 + Tensor.zeros([3]) }
        let failed = #expect(throws: TorchError.self) { try withTorchErrors { failing.sum().backward() } }
        #expect(failed?.message.contains("add(Double[2], Float[3])") == true)
    }
}

@Suite("Operations with a backward pass of their own") struct DifferentiableTests {
    @Test("agree with differences, and the check finds a wrong backward pass")
    func check() throws {
        let right = try withTorchErrors { try gradientError([noise(5)]) { cube($0[0]) } }
        #expect(right < 1e-8, "relative error \(right)")
        let wrong = try withTorchErrors { try gradientError([noise(5)]) { cube($0[0], factor: 2.99) } }
        #expect(wrong > 1e-3, "relative error \(wrong)")
    }

    @Test("take part in graphs, with second derivatives")
    func graphs() {
        let x = tensor([2])
        x.setRequiresGradient()
        let y = cube(x.squared()) * 2
        let first = gradients(of: [y], withRespectTo: [x], createGraph: true)[0] ?? x
        #expect(values(first) == [12 * 32])
        #expect(gradients(of: [first], withRespectTo: [x])[0].map(values) == [60 * 16])
    }

    @Test("may have several inputs and outputs, some without a gradient")
    func several() {
        let a = tensor([2])
        let b = tensor([5])
        a.setRequiresGradient()
        b.setRequiresGradient()
        let outputs = differentiable(
            "sum and product", [a, b, tensor([1])], forward: { [a + b, a * b] },
            backward: { [$0[0] + $0[1] * b, $0[0] + $0[1] * a, nil] })
        let found = gradients(of: outputs[1] * 10, withRespectTo: [a, b])
        #expect(found[0].map(values) == [50] && found[1].map(values) == [20])
    }

    @Test("leave an input that they hand back as it is")
    func handingBack() {
        let x = tensor([1, 2])
        x.setRequiresGradient()
        let outputs = differentiable(
            "twice", [x], forward: { [x, x.reshaped(2, 1)] }, backward: { [$0[0] * 2 + $0[1].reshaped(2)] })
        #expect(x.isLeaf && outputs[0].requiresGradient)
        (outputs[0].sum() + outputs[1].sum()).backward()
        #expect(x.gradient.map(values) == [3, 3])
    }

    @Test("free what they hold when no input needs a gradient, and with the graph")
    func freeing() {
        final class Held {}
        weak var first: Held?
        weak var second: Held?
        do {
            let held = Held()
            first = held
            let outputs = differentiable(
                "plain", [tensor([1])], forward: { [tensor([1])] },
                backward: { [held] in
                    _ = held
                    return $0.map { $0 }
                })
            #expect(!outputs[0].requiresGradient)
        }
        #expect(first == nil)
        do {
            let x = tensor([1])
            x.setRequiresGradient()
            let held = Held()
            second = held
            let output = differentiable(
                "kept", [x], forward: { [x * 1] },
                backward: { [held] in
                    _ = held
                    return $0.map { $0 }
                })[0]
            output.backward()
        }
        #expect(second == nil)
    }

    @Test("report an error of the backward pass, thrown or of an operation in it")
    func errors() {
        struct Refused: Error, CustomStringConvertible { let description = "no gradient today" }
        let x = tensor([1, 2])
        x.setRequiresGradient()
        let refused = differentiable("refusing", [x], forward: { [x * 2] }, backward: { _ in throw Refused() })[0]
        let thrown = #expect(throws: TorchError.self) { try withTorchErrors { refused.sum().backward() } }
        #expect(thrown?.message.contains("no gradient today") == true, "\(String(describing: thrown))")
        let failing = differentiable(
            "failing", [x], forward: { [x * 2] }, backward: { [$0[0].matmul(Tensor.zeros([5, 5]))] })[0]
        let failed = #expect(throws: TorchError.self) { try withTorchErrors { failing.sum().backward() } }
        #expect(failed?.message.contains("matmul(Double[2], Float[5, 5])") == true, "\(String(describing: failed))")
        let misshapen = differentiable(
            "misshapen", [x], forward: { [x * 2] }, backward: { _ in [Tensor.zeros([7], dtype: .float64)] })[0]
        #expect(throws: TorchError.self) { try withTorchErrors { misshapen.sum().backward() } }
        #expect(values(x * 2) == [2, 4])
    }

    @Test("checkpoints compute the same gradients, with what they call running twice")
    func checkpoints() throws {
        let weight = noise(4, 3, seed: 2)
        let calls = Mutex(0)
        let block: @Sendable ([Tensor]) -> [Tensor] = { inputs in
            calls.withLock { $0 += 1 }
            return [inputs[0].linear(weight: inputs[1]).tanh(), inputs[0].squared()]
        }
        let x = noise(2, 3)
        x.setRequiresGradient()
        weight.setRequiresGradient()
        let plain = block([x, weight])
        let expected = gradients(of: plain[0].sum() + plain[1].sum(), withRespectTo: [x, weight])
        calls.withLock { $0 = 0 }
        let outputs = checkpointed([x, weight], block)
        #expect(outputs[0].isEqual(to: plain[0]) && calls.withLock { $0 } == 1)
        let found = gradients(of: outputs[0].sum() + outputs[1].sum(), withRespectTo: [x, weight])
        #expect(calls.withLock { $0 } == 2)
        for (one, other) in zip(found, expected) { expectClose(one ?? x, other ?? x) }
        let error = try withTorchErrors { try gradientError([noise(2, 3), weight]) { checkpointed($0, block)[0] } }
        #expect(error < 1e-8)
    }

    @Test("checkpoints take integer inputs and blocks that ignore an input")
    func checkpointedInputs() {
        let x = tensor([1, 2, 3])
        let unused = tensor([1])
        x.setRequiresGradient()
        unused.setRequiresGradient()
        let output = checkpointed([x, Tensor([2, 0]), unused]) { [$0[0].selected(axis: 0, indices: $0[1]).squared()] }[
            0]
        let found = gradients(of: output.sum(), withRespectTo: [x, unused])
        #expect(found[0].map(values) == [2, 0, 6])
        #expect(found[1] == nil)
    }
}
