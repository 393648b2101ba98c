import Testing
import Torch

/// A module with repeatable values, in double precision with values that float32 holds exactly.
func prepared<Part: Module>(_ module: Part, seed: UInt64 = 3) -> Part {
    module.initialize(using: RandomGenerator(seed: seed))
    module.to(.float64)
    module.eval()
    return module
}

/// Repeatable normal numbers in double precision, of values that float32 holds exactly.
func normal(_ shape: Int..., seed: UInt64 = 11, deviation: Double = 1) -> Tensor {
    Tensor.normal(shape, standardDeviation: deviation, generator: RandomGenerator(seed: seed)).to(.float64)
}

/// Every parameter changed by noise, so that none has a value at which a mistake doesn't show, and steps made longer, so that
/// the recurrence matters.
func disturb(_ module: Module, seed: UInt64 = 19) {
    let generator = RandomGenerator(seed: seed)
    withoutGradients {
        for (name, tensor) in module.namedParameters() {
            let noise = Tensor.normal(tensor.shape, standardDeviation: 0.3, generator: generator).to(tensor.dtype)
            tensor.addInPlace(name.hasPrefix("dt_proj") && name.hasSuffix("bias") ? noise + 3 : noise)
        }
    }
}

/// Compares the gradients of parameters and inputs with central differences.
///
/// - Parameters:
///   - module: in double precision.
///   - inputs: leaves in double precision.
///   - without: names of parameters that have no gradient.
///   - run: the outputs for the inputs.
func expectNumericalGradients(
    of module: Module, inputs: [Tensor], without: Set<String> = [], run: ([Tensor]) throws -> [Tensor]
) throws {
    func weightedSum(_ inputs: [Tensor]) throws -> Tensor {
        let generator = RandomGenerator(seed: 77)
        return try run(inputs).map { output in
            (output * Tensor.uniform(output.shape, low: 0.5, high: 1.5, generator: generator).to(.float64)).sum()
        }.reduce(Tensor(0.0, dtype: .float64)) { $0 + $1 }
    }
    let leaves = inputs.map { input in
        let leaf = input.detached()
        leaf.setRequiresGradient()
        return leaf
    }
    module.clearGradients()
    try weightedSum(leaves).backward()
    let parameters = module.namedParameters().map { (name: $0.name, tensor: $0.tensor) }
    let step = 1e-5
    for (name, tensor) in parameters + leaves.enumerated().map({ (name: "input \($0)", tensor: $1) }) {
        if without.contains(name) {
            #expect(tensor.gradient == nil, "\(name)")
            continue
        }
        let gradient = try #require(tensor.gradient, "\(name)")
        let values = tensor.array(of: Double.self)
        let differences = try withoutGradients {
            try values.indices.map { place in
                func sum(_ offset: Double) throws -> Double {
                    var moved = values
                    moved[place] += offset
                    tensor.copy(from: Tensor(moved, shape: tensor.shape))
                    return try weightedSum(leaves).item
                }
                let difference = (try sum(step) - sum(-step)) / (2 * step)
                tensor.copy(from: Tensor(values, shape: tensor.shape))
                return difference
            }
        }
        #expect(relativeDifference(gradient, Tensor(differences, shape: tensor.shape)) < 1e-6, "\(name)")
    }
}
