import Foundation
import StateSpace
import Torch

/// The order in which a Mamba block visits the pixels of a map (specification, section 4).
enum ScanOrder: Int, CaseIterable {
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
final class MultiDirectionMamba: Module {
    static let states = 8
    static let convolutionWidth = 4

    @Parameters var logDecay: [Tensor]
    @Parameters var skip: [Tensor]
    @Child("in_proj") var inputProjection: Linear
    @Child("in_proj_b") var steeringProjection: Linear?
    @Children var convolutions: [Conv1d]
    @Children var stateProjections: [Linear]
    @Children var stepProjections: [Linear]
    @Child("out_proj") var outputProjection: Linear
    @Child("norm") var norm: LayerNorm

    private let orders: [ScanOrder]
    private let rank: Int

    /// - Parameters:
    ///   - width: channels of the tokens.
    ///   - orders: two or four of them.
    ///   - isSteered: whether there is a second input.
    init(width: Int, orders: [ScanOrder], isSteered: Bool, generator: RandomGenerator) {
        self.orders = orders
        rank = (width + 15) / 16
        super.init()
        let states = Self.states
        let decay = Tensor.range(from: 1, to: states + 1).log().expanded([width, states])
        _logDecay = Parameters(names: orders.map { "A\($0.suffix)_log" }, orders.map { _ in decay.copy() })
        _skip = Parameters(names: orders.map { "D\($0.suffix)" }, orders.map { _ in Tensor.ones([width]) })
        inputProjection = Linear(width, 2 * width, bias: false, generator: generator)
        steeringProjection = isSteered ? Linear(width, width, bias: false, generator: generator) : nil
        _convolutions = Children(
            names: orders.map { "conv1d\($0.suffix)" },
            orders.map { _ in
                Conv1d(
                    width, width, kernelSize: Self.convolutionWidth, padding: Self.convolutionWidth - 1, groups: width,
                    generator: generator)
            })
        _stateProjections = Children(
            names: orders.map { "x_proj\($0.suffix)" },
            orders.map { _ in Linear(width, rank + 2 * states, bias: false, generator: generator) })
        _stepProjections = Children(
            names: orders.map { "dt_proj\($0.suffix)" }, orders.map { _ in Linear(rank, width, generator: generator) })
        outputProjection = Linear(width, width, bias: false, generator: generator)
        norm = LayerNorm([width], epsilon: 1e-5)
        initializeSteps(generator)
    }

    /// Mamba's start of the step sizes. Quirk: only the first order has it, as in the authors' program.
    private func initializeSteps(_ generator: RandomGenerator) {
        withoutGradients {
            let projection = stepProjections[0]
            let bound = 1 / Double(rank).squareRoot()
            projection.weight.copy(
                from: Tensor.uniform(projection.weight.shape, low: -bound, high: bound, generator: generator))
            let exponents = Tensor.uniform([projection.weight.size(0)], low: 0, high: 1, generator: generator)
            let (shortest, longest) = (1e-3, 1e-1)
            let steps = (exponents * (log(longest) - log(shortest)) + log(shortest)).exp()
                .clamped(1e-4, Double?.none)
            // The inverse of softplus.
            projection.bias?.copy(from: steps + (-(-steps).expMinusOne()).log())
        }
    }

    /// - Parameters:
    ///   - tokens: (B, L, width), row by row.
    ///   - steering: the same shape; needed exactly where the block was built with it.
    ///   - height, width: of the map, L = height · width.
    /// - Returns: (B, L, width).
    func callAsFunction(_ tokens: Tensor, steering: Tensor? = nil, height: Int, width: Int) throws -> Tensor {
        let projected = inputProjection(tokens).transposed(1, 2).contiguous()  // (B, 2D, L)
        let halves = projected.chunked(2, axis: 1)
        let (values, gate) = (halves[0], halves[1])
        let steps = steering.flatMap { steering in steeringProjection?(steering).transposed(1, 2).contiguous() }

        var sum: Tensor?
        for byColumns in [false, true] {
            let these = orders.indices.filter { orders[$0].isByColumns == byColumns }
            if these.isEmpty { continue }
            let ordered = byColumns ? Self.transposedMap(values, height, width) : values
            let orderedSteering = byColumns ? steps.map { Self.transposedMap($0, height, width) } : steps
            var part = try scan(these[0], ordered, orderedSteering)
            for index in these.dropFirst() { part = part + (try scan(index, ordered, orderedSteering)) }
            if byColumns { part = Self.transposedMap(part, width, height) }
            sum = sum.map { $0 + part } ?? part
        }
        guard let sum else { preconditionFailure("a Mamba block without a scan order") }
        // The gate belongs to the pixel, so it is applied once, after the orders are summed.
        let mean = (sum * gate.silu() / orders.count).transposed(1, 2)  // (B, L, D)
        return outputProjection(norm(mean))
    }

    /// One order's scan, without the gate: (B, D, L) in and out, in the order rows or columns.
    private func scan(_ index: Int, _ values: Tensor, _ steering: Tensor?) throws -> Tensor {
        let order = orders[index]
        let length = values.size(2)
        let convolution = convolutions[index]
        // Time that runs backwards: the mirrored kernel looks at the tokens that follow.
        let x =
            order.isReversed
            ? values.conv1d(
                weight: convolution.weight.flipped(2), bias: convolution.bias, padding: Self.convolutionWidth - 1,
                groups: values.size(1)
            ).narrowed(axis: 2, start: Self.convolutionWidth - 1, length: length)
            : convolution(values).narrowed(axis: 2, start: 0, length: length)
        let activated = x.silu()
        let source = steering ?? activated
        let parts = stateProjections[index].weight.matmul(source)
            .split(sizes: [rank, Self.states, Self.states], axis: 1)
        return try selectiveScan(
            activated, delta: stepProjections[index].weight.matmul(parts[0]), A: -logDecay[index].exp(), B: parts[1],
            C: parts[2], D: skip[index], deltaBias: stepProjections[index].bias, reversed: order.isReversed
        ).y
    }

    /// (B, D, height · width) row by row as (B, D, width · height) column by column.
    private static func transposedMap(_ map: Tensor, _ height: Int, _ width: Int) -> Tensor {
        map.unflattened(axis: 2, sizes: [height, width]).transposed(2, 3).flattened(from: 2)
    }
}
