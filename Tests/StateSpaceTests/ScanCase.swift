import StateSpace
import Torch

/// How a (B, C, L) tensor lies in memory.
enum Layout: String, CaseIterable, Sendable {
    /// Row by row.
    case contiguous
    /// (B, L, C) seen with its axes exchanged, as images with channels last are.
    case channelsLast
    /// The middle of something wider in every axis.
    case sliced
}

/// The forms of B and C.
enum StateInputs: Sendable, Equatable {
    /// (B, N, L)
    case shared
    /// (B, G, N, L)
    case grouped(Int)
    /// (D, N)
    case constant
}

/// The operands of one scan, in double precision with values that float32 holds exactly.
struct ScanCase: CustomStringConvertible, Sendable {
    var batches = 2
    var channels = 6
    var states = 5
    var length = 37
    var inputs = StateInputs.shared
    var hasOptions = true
    var isReversed = false
    var softplus = true
    var layout = Layout.contiguous
    var seed: UInt64 = 1

    var description: String {
        "B\(batches) D\(channels) N\(states) L\(length) \(inputs) \(layout)\(isReversed ? " reversed" : "")"
            + "\(hasOptions ? "" : " bare")\(softplus ? "" : " without softplus")"
    }

    /// u, delta, A, B, C and, with options, D, z, deltaBias, initialState.
    func operands(_ dtype: DType = .float64) -> [Tensor] {
        let generator = RandomGenerator(seed: seed)
        func normal(_ shape: [Int]) -> Tensor { Tensor.normal(shape, generator: generator).to(dtype) }
        func sequence(_ middle: [Int]) -> Tensor {
            let values = normal([batches] + middle + [length])
            switch layout {
            case .contiguous: return values
            case .channelsLast:
                let flat = values.reshaped([batches, -1, length]).transposed(1, 2).contiguous().transposed(1, 2)
                return middle.count == 1 ? flat : flat.unflattened(axis: 1, sizes: middle)
            case .sliced:
                var wide = values
                for axis in 0..<values.rank {
                    wide = wide.padded(
                        [Int](repeating: 0, count: 2 * (values.rank - 1 - axis)) + [2, 3])
                }
                for axis in 0..<values.rank { wide = wide.narrowed(axis: axis, start: 2, length: values.size(axis)) }
                return wide
            }
        }
        func stateInput() -> Tensor {
            switch inputs {
            case .shared: sequence([states])
            case .grouped(let groups): sequence([groups, states])
            case .constant: normal([channels, states])
            }
        }
        var tensors = [
            sequence([channels]), softplus ? sequence([channels]) : sequence([channels]).abs(),
            -normal([channels, states]).abs() - 0.1, stateInput(), stateInput(),
        ]
        if hasOptions {
            tensors += [
                normal([channels]), sequence([channels]), softplus ? normal([channels]) : normal([channels]).abs(),
                normal([batches, channels, states]),
            ]
        }
        return tensors
    }

    /// y and the last state.
    func run(_ operands: [Tensor]) throws -> (y: Tensor, lastState: Tensor) {
        try selectiveScan(
            operands[0], delta: operands[1], A: operands[2], B: operands[3], C: operands[4],
            D: hasOptions ? operands[5] : nil, z: hasOptions ? operands[6] : nil,
            deltaBias: hasOptions ? operands[7] : nil, softplus: softplus,
            initialState: hasOptions ? operands[8] : nil, reversed: isReversed)
    }

    /// A sum of both results with fixed weights, so that gradients of every element count.
    func weightedSum(_ operands: [Tensor]) throws -> Tensor {
        let result = try run(operands)
        let generator = RandomGenerator(seed: 77)
        return [result.y, result.lastState].map { output in
            (output * Tensor.uniform(output.shape, low: 0.5, high: 1.5, generator: generator).to(output.dtype)).sum()
        }.reduce(Tensor(0.0, dtype: operands[0].dtype)) { $0 + $1 }
    }
}

/// The largest difference, relative to the largest element of the second tensor.
func relativeDifference(_ found: Tensor, _ expected: Tensor) -> Double {
    let (found, expected) = (found.array(of: Double.self), expected.array(of: Double.self))
    guard found.count == expected.count else { return .infinity }
    let scale = expected.map(\.magnitude).max() ?? 0
    let worst = zip(found, expected).map { ($0 - $1).magnitude }.max() ?? 0
    return worst.isNaN ? .infinity : worst / max(scale, 1e-30)
}
