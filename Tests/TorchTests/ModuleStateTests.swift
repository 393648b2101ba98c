import Testing
import Torch

@Suite("State of a module") struct ModuleStateTests {
    private func values(_ module: Module) -> [String: Tensor] {
        Dictionary(uniqueKeysWithValues: module.state().map { ($0.name, Tensor.full($0.tensor.shape, 7)) })
    }

    @Test("is loaded in place: the same tensors, still wanting gradients, seen by an optimiser")
    func identity() throws {
        let module = Nested()
        let before = module.state()
        let optimizer = SGD(module.namedParameters(), learningRate: 1)
        try module.load(values(module))
        for ((name, old), (_, new)) in zip(before, module.state()) {
            #expect(old.sharesStorage(with: new), "\(name)")
            #expect(new.array(of: Float.self).allSatisfy { $0 == 7 }, "\(name)")
            #expect(new.requiresGradient == (name != "running_mean"))
        }
        (module.inputProjection.weight * 1).sum().backward()
        optimizer.step()
        #expect(module.inputProjection.weight.array(of: Float.self).allSatisfy { $0 == 6 })
    }
    @Test("keeps the module's types and frozen parameters")
    func types() throws {
        let module = Linear(2, 1)
        module.to(.float16)
        try module.freeze(matching: "bias")
        try module.load(["weight": Tensor([0.5, 1.5], shape: [1, 2]), "bias": Tensor([Int32(3)])])
        #expect(module.weight.dtype == .float16)
        #expect(module.weight.array(of: Double.self) == [0.5, 1.5])
        #expect(module.bias?.requiresGradient == false && module.bias?.item == 3)
    }
    @Test("that does not fit is refused with all names, and changes nothing")
    func strict() throws {
        let module = Sequential(Linear(3, 2), Linear(2, 1))
        for (_, tensor) in module.state() { withoutGradients { tensor.fill(1) } }
        var state = values(module)
        state["0.bias"] = nil
        state["1.bias"] = nil
        state["0.weight"] = .zeros([3, 2])
        state["head.weight"] = .zeros([5])
        state["epoch"] = .zeros([])
        let error = try #require(throws: StateError.self) { try module.load(state) }
        #expect(error.missing.map(\.name) == ["0.bias", "1.bias"])
        #expect(error.unexpected.map(\.name) == ["epoch", "head.weight"])
        #expect(error.mismatched.map(\.name) == ["0.weight"])
        #expect(
            "\(error)" == """
                the parameters do not fit Sequential; they may belong to another network or configuration.
                  missing (2): 0.bias [2], 1.bias [1]
                  unexpected (2): epoch [], head.weight [5]
                  of another shape (1): 0.weight [2, 3] needed, [3, 2] found
                """)
        #expect(module.state().allSatisfy { $0.tensor.array(of: Float.self).allSatisfy { $0 == 1 } })
    }
    @Test("may be a part only where that is asked for")
    func tolerant() throws {
        let module = Linear(2, 1)
        withoutGradients { module.bias?.fill(1) }
        let state = ["weight": Tensor.full([1, 2], 5), "more": Tensor.zeros([1])]
        #expect(throws: StateError.self) { try module.load(state, allowing: .missing) }
        #expect(throws: StateError.self) { try module.load(state, allowing: .unexpected) }
        try module.load(state, allowing: [.missing, .unexpected])
        #expect(module.weight.array(of: Float.self) == [5, 5] && module.bias?.item == 1)
        #expect(throws: StateError.self) {
            try module.load(["bias": .zeros([2])], allowing: [.missing, .unexpected])
        }
    }
    @Test("with many faults prints some of them")
    func manyFaults() throws {
        let module = Sequential((0..<30).map { _ in Linear(1, 1) })
        let error = try #require(throws: StateError.self) { try module.load([:]) }
        #expect(error.missing.count == 60)
        #expect("\(error)".contains("missing (60): 0.weight [1, 1], ") && "\(error)".hasSuffix(", and 40 more"))
    }
    @Test("changes type in place: parameters, buffers, gradients, but no integers")
    func convert() {
        let module = Sequential(Linear(2, 2), BatchNorm2d(2))
        module.initialize(using: RandomGenerator(seed: 1))
        let weight = module.parameters[0]
        weight.sum().backward()
        module.to(.float64)
        #expect(weight.dtype == .float64 && weight.isLeaf && weight.requiresGradient)
        #expect(weight.gradient?.dtype == .float64)
        #expect(module.namedBuffers().map(\.tensor.dtype) == [.float64, .float64, .int64])
        (weight * 2).sum().backward()
        #expect(weight.gradient?.array(of: Double.self) == [3, 3, 3, 3])
        module.to(.cpu)
        #expect(module.parameters[0].sharesStorage(with: weight))
    }
    @Test("moves to a GPU and back", .enabled(if: Device.hasCUDA, "needs a CUDA device"))
    func move() {
        let module = Linear(2, 2)
        module.initialize(using: RandomGenerator(seed: 1))
        let values = module.weight.array(of: Float.self)
        let weight = module.weight
        module.to(.cuda(0))
        #expect(weight.device == .cuda(0) && weight.requiresGradient)
        module.to(.cpu)
        #expect(weight.array(of: Float.self) == values)
    }

    @Test(
        "is frozen by patterns of names",
        arguments: [
            ("*", 18), ("to_out", 5), ("to_out.*.weight", 3), ("*bias", 5), ("blocks.1", 1), ("blocks.1.weight", 1),
            ("short*", 1), ("*.0.*t", 4), ("log_scale", 1),
        ])
    func freeze(pattern: String, count: Int) throws {
        let module = Nested()
        let frozen = try module.freeze(matching: pattern)
        #expect(frozen.count == count, "\(frozen)")
        for (name, tensor) in module.namedParameters() {
            #expect(tensor.requiresGradient == !frozen.contains(name), "\(name)")
        }
        try module.unfreeze()
        #expect(module.parameters.allSatisfy { $0.requiresGradient })
    }
    @Test("refuses a pattern that fits nothing, with the nearest name")
    func wrongPattern() {
        let module = Nested()
        #expect(throws: ConfigurationError.unknownKey(key: "block.0", nearest: "blocks.0")) {
            try module.freeze(matching: "block.0")
        }
        #expect(throws: ConfigurationError.unknownKey(key: "qqqqqqqqqqqq", nearest: nil)) {
            try module.freeze(matching: "qqqqqqqqqqqq")
        }
        #expect(throws: ConfigurationError.self) { try module.freeze(matching: "blocks.1.weight.*x") }
    }
    @Test("frozen, gets no gradient and loses the one it had")
    func frozenGradient() throws {
        let module = Linear(2, 1)
        module.initialize(using: RandomGenerator(seed: 3))
        module(.ones([1, 2])).sum().backward()
        #expect(module.parameters.allSatisfy { $0.gradient != nil })
        try module.freeze(matching: "weight")
        #expect(module.weight.gradient == nil && module.bias?.gradient != nil)
        module.clearGradients()
        module(.ones([1, 2])).sum().backward()
        #expect(module.weight.gradient == nil && module.bias?.gradient?.item == 1)
    }
    @Test("of training reaches every module")
    func training() {
        let module = Nested()
        let generator = RandomGenerator(seed: 1)
        #expect(module.isTraining)
        module.eval()
        #expect(module.namedModules().allSatisfy { !$0.module.isTraining })
        module.train(using: generator)
        module.train()
        #expect(module.namedModules().allSatisfy { $0.module.isTraining && $0.module.generator === generator })
    }
}
