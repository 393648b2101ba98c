import Testing
import Torch

/// A parameter, a buffer and a table that is in no file, below a class of their own.
class Statistics: Module {
    @Buffer("running_mean") var mean: Tensor
    @Parameter("log_scale") var scale: Tensor
    @Buffer(isPersistent: false) var table: Tensor

    override init() {
        super.init()
        mean = .zeros([2])
        scale = .ones([2])
        table = .zeros([5])
    }
}

/// Every kind of member.
final class Nested: Statistics {
    @Child("in_proj") var inputProjection: Linear
    @Child var blocks: [Linear]
    @Child var absent: Linear?
    @Child("short.cut") var shortcut: Linear?
    @Parameter var offset: Tensor?
    @Parameter("skip_scales") var scales: [Tensor]
    @Child("to_out") var output: Sequential
    @Child var grid: [[Linear]]
    @Child var norm: any Layer
    @Child var nothing: any Layer

    override init() {
        super.init()
        inputProjection = Linear(3, 2)
        blocks = [Linear(2, 2), Linear(2, 2, hasBias: false)]
        shortcut = Linear(3, 4, hasBias: false)
        scales = [.ones([1]), .ones([4])]
        output = Sequential(Linear(2, 4), Activation.relu, PReLU(), Function { $0 * 2 }, Linear(4, 1))
        grid = [[Linear(1, 1, hasBias: false)], [], [Linear(1, 1, hasBias: false)]]
        norm = LayerNorm(4)
        nothing = Identity()
    }
}

/// Parts that are named as if they were its own, in each form.
private final class Inlining: Module {
    final class Part: Module {
        @Parameter var scale: Tensor
        @Child var map: Linear

        init(_ suffix: String) {
            _scale = Parameter("scale\(suffix)")
            _map = Child("map\(suffix)")
            super.init()
            scale = .ones([1])
            map = Linear(2, 2, hasBias: false)
        }
    }

    @Child var entry: Linear
    @Inlined var one: Part
    @Inlined var absent: Part?
    @Inlined var present: Part?
    @Inlined var several: [Part]

    override init() {
        super.init()
        entry = Linear(2, 2, hasBias: false)
        one = Part("")
        present = Part("_b")
        several = [Part("_c"), Part("_d")]
    }
}

private final class Misnamed: Module {
    @Parameter("weight") var first: Tensor
    @Parameter var weight: Tensor
    override init() {
        super.init()
        first = .ones([1])
        weight = .ones([1])
    }
}

private final class Forgetful: Module {
    @Parameter("A_log") var logDecay: Tensor
}

private final class Unmarked: Module {
    let layer = Linear(1, 1)
}

private final class UnmarkedInList: Module {
    let tensors = [Tensor.ones([1])]
}

private final class NotAModule: Module {
    @Child var number: Int
    override init() {
        super.init()
        number = 3
    }
}

private final class IntegerParameter: Module {
    @Parameter var count: Tensor
    override init() {
        super.init()
        count = Tensor([1, 2])
    }
}

private final class RecordedParameter: Module {
    @Parameter var weight: Tensor
    override init() {
        super.init()
        let origin = Tensor.ones([1])
        origin.setRequiresGradient()
        weight = origin * 2
    }
}

@Suite("Names in a module") struct ModuleNamesTests {
    static let state = [
        "log_scale", "skip_scales.0", "skip_scales.1", "running_mean", "in_proj.weight", "in_proj.bias",
        "blocks.0.weight", "blocks.0.bias", "blocks.1.weight", "short.cut.weight", "to_out.0.weight", "to_out.0.bias",
        "to_out.2.weight", "to_out.4.weight", "to_out.4.bias", "grid.0.0.weight", "grid.2.0.weight", "norm.weight",
        "norm.bias",
    ]

    @Test("are the authors' or the property's, in order: parameters, buffers, children, superclass first")
    func stateOrder() {
        #expect(Nested().state().map(\.name) == Self.state)
    }
    @Test("tell parameters from buffers, and buffers of files from tables")
    func kinds() {
        let module = Nested()
        #expect(module.namedParameters().map(\.name) == Self.state.filter { $0 != "running_mean" })
        #expect(module.namedBuffers().map(\.name) == ["running_mean", "table"])
        #expect(module.namedParameters().allSatisfy { $0.tensor.requiresGradient })
        #expect(module.namedBuffers().allSatisfy { !$0.tensor.requiresGradient })
    }
    @Test("of modules skip what is absent and what has no parameters")
    func modules() {
        #expect(
            Nested().namedModules().map(\.name) == [
                "", "in_proj", "blocks.0", "blocks.1", "short.cut", "to_out", "to_out.0", "to_out.2", "to_out.4",
                "grid.0.0", "grid.2.0", "norm",
            ])
    }
    @Test("of a layer used twice are both in the state, and one is trained")
    func shared() {
        let layer = Linear(2, 2, hasBias: false)
        let module = Sequential(layer, layer)
        #expect(module.state().map(\.name) == ["0.weight", "1.weight"])
        #expect(module.namedParameters().map(\.name) == ["0.weight"])
        #expect(module.parameterCount == 4)
    }
    @Test("appear with an optional that is set later")
    func optional() {
        let module = Nested()
        module.absent = Linear(1, 1, hasBias: false)
        module.offset = .ones([3])
        let names = module.state().map(\.name)
        #expect(names.contains("absent.weight") && names.contains("offset"))
    }
    @Test("of parts without a name are those of the module, in each form that parts have")
    func inlined() {
        let module = Inlining()
        let suffixes = ["", "_b", "_c", "_d"]
        let names = suffixes.map { "scale\($0)" } + ["entry.weight"] + suffixes.map { "map\($0).weight" }
        #expect(module.state().map(\.name) == names)
        module.absent = Inlining.Part("_e")
        #expect(module.state().map(\.name).contains("map_e.weight"))
    }
    @Test("are counted and printed as a tree")
    func description() throws {
        let module = Nested()
        #expect(module.parameterCount == 2 + 1 + 4 + 8 + 6 + 4 + 12 + 12 + 1 + 5 + 1 + 1 + 8)
        try module.freeze(matching: "blocks.1")
        let lines = module.description.split(separator: "\n")
        #expect(lines.first == "Nested, 65 parameters, 4 frozen")
        #expect(lines.contains("  log_scale: [2]"))
        #expect(lines.contains("  in_proj: Linear(3 → 2), 8 parameters"))
        #expect(lines.contains("  blocks.1: Linear(2 → 2, no bias), 4 parameters, frozen"))
        #expect(lines.contains("    2: PReLU, 1 parameter"))
        #expect(Sequential(Linear(1000, 1000)).description.contains("1,001,000 parameters"))
    }

    @Test("must differ within a module")
    func duplicate() async {
        await #expect(processExitsWith: .failure) { _ = Misnamed().state() }
    }
    @Test("of parameters that init has forgotten end the process")
    func unset() async {
        await #expect(processExitsWith: .failure) { _ = Forgetful().state() }
        await #expect(processExitsWith: .failure) { _ = Forgetful().logDecay }
    }
    @Test("are asked for wherever a tensor or a module is stored")
    func unmarked() async {
        await #expect(processExitsWith: .failure) { _ = Unmarked().state() }
        await #expect(processExitsWith: .failure) { _ = UnmarkedInList().state() }
        await #expect(processExitsWith: .failure) { _ = NotAModule().state() }
        await #expect(processExitsWith: .success) { _ = Nested().state() }
    }
    @Test("of parameters that can't be trained end the process")
    func untrainable() async {
        await #expect(processExitsWith: .failure) { _ = IntegerParameter() }
        await #expect(processExitsWith: .failure) { _ = RecordedParameter() }
    }
}
