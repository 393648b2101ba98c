import Foundation
import StateSpace
import Torch

/// The order in which a Mamba block visits the pixels of a map (specification, section 4).
package enum ScanOrder: Int, CaseIterable {
    case rows, rowsReversed, columns, columnsReversed

    /// What the authors append to the names of this order's parameters.
    var suffix: String { ["", "_b", "_c", "_d"][rawValue] }
    var isReversed: Bool { self == .rowsReversed || self == .columnsReversed }
    var isByColumns: Bool { self == .columns || self == .columnsReversed }
}

/// A Mamba block that scans its tokens in two or four orders, each with parameters of its own, and averages the results
/// (Peng et al. 2024, figures 3 and 4; the authors' `Mamba` of types v2, v6 and v7).
///
/// With a steering input, step sizes, B and C come from the steering tokens; values, gate and skip from the input.
package final class MultiDirectionMamba: Module {
    @Inlined var directions: [ScanDirection]
    @Child("in_proj") var inputProjection: Linear
    @Child("in_proj_b") var steeringProjection: Linear?
    @Child("out_proj") var outputProjection: Linear
    @Child("norm") var norm: LayerNorm

    /// - Parameters:
    ///   - width: channels of the tokens.
    ///   - orders: two or four of them.
    ///   - isSteered: whether there is a second input.
    package init(width: Int, orders: [ScanOrder] = ScanOrder.allCases, isSteered: Bool = false) {
        super.init()
        directions = orders.map { ScanDirection($0, width: width) }
        inputProjection = Linear(width, 2 * width, hasBias: false)
        steeringProjection = isSteered ? Linear(width, width, hasBias: false) : nil
        outputProjection = Linear(width, width, hasBias: false)
        norm = LayerNorm(width)
    }

    /// Quirk: only the first order starts with Mamba's step sizes, as in the authors' program.
    package override func initializeParameters(using generator: RandomGenerator) {
        for direction in directions { direction.initializeState() }
        directions.first?.initializeSteps(using: generator)
    }

    /// - Parameters:
    ///   - tokens: (B, L, width), row by row.
    ///   - steering: the same shape; given exactly where the block was built for it.
    ///   - height: rows of the map.
    ///   - width: columns of the map; L = height · width.
    /// - Returns: (B, L, width), contiguous.
    package func callAsFunction(_ tokens: Tensor, steering: Tensor? = nil, height: Int, width: Int) throws -> Tensor {
        // Two products instead of one that would have to be cut into halves that are not contiguous.
        let halves = inputProjection.weight.chunked(2, axis: 0)
        let values = tokens.linear(weight: halves[0])  // (B, L, D)
        // Nothing stands between the steering tokens and the projections of each order, so one product does all of them.
        let steps = steering.flatMap { steering in
            steeringProjection?(steering).linear(
                weight: Tensor.concatenated(directions.map(\.stateProjection.weight), axis: 0))
        }

        var sum: Tensor?
        for byColumns in [false, true] {
            let these = directions.enumerated().filter { $0.element.order.isByColumns == byColumns }
            guard let first = these.first?.offset else { continue }
            let ordered = byColumns ? Self.transposedMap(values, height, width) : values
            let part = steps.map { steps in
                let features = steps.size(2) / directions.count
                let part = steps.narrowed(axis: 2, start: first * features, length: these.count * features)
                return (byColumns ? Self.transposedMap(part, height, width) : part)
                    .chunked(these.count, axis: 2)
            }
            var scanned: Tensor?
            for (index, direction) in these.map(\.element).enumerated() {
                let y = try direction(ordered, steering: part?[index])
                scanned = scanned.map { added($0, y) } ?? y
            }
            guard let scanned else { continue }
            let map = scanned.unflattened(axis: 1, sizes: byColumns ? [width, height] : [height, width])
            let byRows = byColumns ? map.transposed(1, 2) : map  // (B, height, width, D)
            sum = sum.map { added($0, byRows) } ?? byRows
        }
        guard let sum else { preconditionFailure("a Mamba block without a scan order") }
        // The gate belongs to the pixel, so it is applied once, after the orders are summed.
        let gated = multiplied(tokens.linear(weight: halves[1]).silu(), sum.flattened(from: 1, to: 2))
        // The mean of the orders, normalised with ε, is their sum normalised with count² · ε.
        let epsilon = 1e-5 * Double(directions.count * directions.count)
        let normalized = gated.layerNormalized(
            shape: [gated.size(2)], weight: norm.weight, bias: norm.bias, epsilon: epsilon)
        return outputProjection(normalized)
    }

    /// (B, height · width, D) row by row as (B, width · height, D) column by column.
    private static func transposedMap(_ map: Tensor, _ height: Int, _ width: Int) -> Tensor {
        map.unflattened(axis: 1, sizes: [height, width]).transposed(1, 2).flattened(from: 1, to: 2)
    }
}

/// One order of a ``MultiDirectionMamba``: causal convolution, projections, scan (specification, section 3).
final class ScanDirection: Module {
    static let states = 8
    static let convolutionWidth = 4

    let order: ScanOrder
    @Parameter var logDecay: Tensor
    @Parameter var skip: Tensor
    @Child var convolution: Conv1d
    @Child var stateProjection: Linear
    @Child var stepProjection: Linear
    private let rank: Int

    init(_ order: ScanOrder, width: Int) {
        self.order = order
        rank = (width + 15) / 16
        _logDecay = Parameter("A\(order.suffix)_log")
        _skip = Parameter("D\(order.suffix)")
        _convolution = Child("conv1d\(order.suffix)")
        _stateProjection = Child("x_proj\(order.suffix)")
        _stepProjection = Child("dt_proj\(order.suffix)")
        super.init()
        logDecay = .zeros([width, Self.states])
        skip = .ones([width])
        convolution = Conv1d(
            width, width, kernel: Self.convolutionWidth, padding: Self.convolutionWidth - 1, groups: width)
        stateProjection = Linear(width, rank + 2 * Self.states, hasBias: false)
        stepProjection = Linear(rank, width)
    }

    /// A = -(1, 2, … N) for every channel, D = 1.
    func initializeState() {
        logDecay.copy(from: Tensor.range(from: 1, to: Self.states + 1).log())
        skip.fill(1)
    }

    /// Step sizes between 0.001 and 0.1, even in their logarithm.
    func initializeSteps(using generator: RandomGenerator) {
        let bound = 1 / Double(rank).squareRoot()
        stepProjection.weight.initialize(.uniform(low: -bound, high: bound), using: generator)
        let (shortest, longest) = (log(1e-3), log(1e-1))
        let exponents = Tensor.uniform(
            [stepProjection.weight.size(0)], low: shortest, high: longest, generator: generator)
        let steps = exponents.exp().clamped(1e-4, Double?.none)
        // The inverse of softplus.
        stepProjection.bias?.copy(from: steps + (-(-steps).expMinusOne()).log())
    }

    /// - Parameters:
    ///   - values: (B, L, D) by rows or by columns, as the order says; reversed orders take them unreversed.
    ///   - steering: (B, L, R + 2N), step sizes, B and C; from the convolved values where nil.
    /// - Returns: (B, L, D) in the order of the values, without the gate.
    func callAsFunction(_ values: Tensor, steering: Tensor?) throws -> Tensor {
        let u = convolved(values).silu()
        let parts = (steering ?? stateProjection(u)).split(sizes: [rank, Self.states, Self.states], axis: 2)
        return try selectiveScan(
            u.transposed(1, 2), delta: parts[0].linear(weight: stepProjection.weight).transposed(1, 2),
            A: -logDecay.exp(), B: parts[1].transposed(1, 2), C: parts[2].transposed(1, 2), D: skip,
            deltaBias: stepProjection.bias, reversed: order.isReversed
        ).y.transposed(1, 2)
    }

    /// The causal convolution of each channel: over four tokens, of which the last in time is the token itself.
    ///
    /// Tokens are taken for the columns of an image of one row with channels last: libtorch's convolution along one axis
    /// would first bring each channel's tokens together.
    private func convolved(_ values: Tensor) -> Tensor {
        let margin = Self.convolutionWidth - 1
        // Time that runs backwards: the mirrored kernel looks at the tokens that follow.
        let kernel = order.isReversed ? convolution.weight.flipped(2) : convolution.weight
        return values.unsqueezed(1).permuted(0, 3, 1, 2)  // (B, D, 1, L)
            .conv2d(
                weight: kernel.unsqueezed(2), bias: convolution.bias, padding: Size2(0, margin), groups: values.size(2)
            )
            .permuted(0, 2, 3, 1).squeezed(1)
            .narrowed(axis: 1, start: order.isReversed ? margin : 0, length: values.size(1))
    }
}
