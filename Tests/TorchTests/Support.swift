import Testing
import Torch

/// The elements in row-major order.
func values(_ tensor: Tensor) -> [Double] { tensor.array(of: Double.self) }

/// A float64 tensor.
func tensor(_ values: [Double], _ shape: Int...) -> Tensor { Tensor(values, shape: shape.isEmpty ? nil : shape) }

/// Repeatable numbers of a normal distribution, float64.
func noise(_ shape: Int..., seed: UInt64 = 1) -> Tensor {
    Tensor.normal(shape, generator: RandomGenerator(seed: seed), dtype: .float64)
}

/// Expects shape and elements, up to a tolerance relative to 1 and the element.
func expectClose(
    _ found: Tensor, _ expected: [Double], shape: [Int]? = nil, tolerance: Double = 1e-10,
    _ comment: String = "", at location: SourceLocation = #_sourceLocation
) {
    let elements = values(found)
    if let shape { #expect(found.shape == shape, "\(comment)", sourceLocation: location) }
    guard elements.count == expected.count else {
        Issue.record("\(elements.count) elements, expected \(expected.count) \(comment)", sourceLocation: location)
        return
    }
    for (index, pair) in zip(elements, expected).enumerated() {
        let bound = tolerance * max(1, pair.1.magnitude)
        let same = pair.0 == pair.1 || (pair.0.isNaN && pair.1.isNaN) || (pair.0 - pair.1).magnitude <= bound
        if !same {
            Issue.record("element \(index): \(pair.0), expected \(pair.1) \(comment)", sourceLocation: location)
            return
        }
    }
}

/// Expects two tensors of one shape and close elements.
func expectClose(
    _ found: Tensor, _ expected: Tensor, tolerance: Double = 1e-10, _ comment: String = "",
    at location: SourceLocation = #_sourceLocation
) {
    expectClose(
        found, values(expected), shape: expected.shape, tolerance: tolerance, comment, at: location)
}

/// The largest difference between derivatives computed backwards and by central differences, relative to the largest
/// of them and 1, of a weighted sum of the function's outputs. Inputs are float64.
func gradientError(
    _ inputs: [Tensor], step: Double = 1e-5, _ function: ([Tensor]) -> Tensor
) throws -> Double {
    let leaves = inputs.map { $0.detached().copy() }
    leaves.forEach { $0.setRequiresGradient() }
    let output = function(leaves)
    try checkTorchErrors()
    let weights = Tensor.uniform(
        output.shape, low: 0.5, high: 1.5, generator: RandomGenerator(seed: 99), dtype: .float64)
    let computed = gradients(of: [(output * weights).sum()], withRespectTo: leaves)
    try checkTorchErrors()
    var largest = 1.0
    var error = 0.0
    for (index, input) in inputs.enumerated() {
        let elements = values(input)
        let backward = computed[index].map(values) ?? [Double](repeating: 0, count: elements.count)
        for place in elements.indices {
            func evaluate(_ offset: Double) -> Double {
                var moved = elements
                moved[place] += offset
                var arguments = inputs
                arguments[index] = Tensor(moved, shape: input.shape)
                return withoutGradients { (function(arguments) * weights).sum().item }
            }
            let difference = (evaluate(step) - evaluate(-step)) / (2 * step)
            largest = max(largest, difference.magnitude)
            error = max(error, (difference - backward[place]).magnitude)
        }
    }
    try checkTorchErrors()
    return error / largest
}
