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
    /// - Returns: (B, L, width).
    package func callAsFunction(_ tokens: Tensor, steering: Tensor? = nil, height: Int, width: Int) throws -> Tensor {
        let projected = inputProjection(tokens).transposed(1, 2).contiguous().chunked(2, axis: 1)
        let (values, gate) = (projected[0], projected[1])  // (B, D, L)
        let steps = steering.flatMap { steeringProjection?($0).transposed(1, 2).contiguous() }

        var sum: Tensor?
        for byColumns in [false, true] {
            let these = directions.filter { $0.order.isByColumns == byColumns }
            if these.isEmpty { continue }
            let ordered = byColumns ? Self.transposedMap(values, height, width) : values
            let orderedSteps = byColumns ? steps.map { Self.transposedMap($0, height, width) } : steps
            var part: Tensor?
            for direction in these {
                let scanned = try direction(ordered, steering: orderedSteps)
                part = part.map { $0 + scanned } ?? scanned
            }
            guard var part else { continue }
            if byColumns { part = Self.transposedMap(part, width, height) }
            sum = sum.map { $0 + part } ?? part
        }
        guard let sum else { preconditionFailure("a Mamba block without a scan order") }
        // The gate belongs to the pixel, so it is applied once, after the orders are summed.
        let mean = (sum * gate.silu() / directions.count).transposed(1, 2)  // (B, L, D)
        return outputProjection(norm(mean))
    }

    /// (B, D, height · width) row by row as (B, D, width · height) column by column.
    private static func transposedMap(_ map: Tensor, _ height: Int, _ width: Int) -> Tensor {
        map.unflattened(axis: 2, sizes: [height, width]).transposed(2, 3).flattened(from: 2)
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
    ///   - values: (B, D, L) by rows or by columns, as the order says; reversed orders take them unreversed.
    ///   - steering: the same; the convolved values steer where nil.
    /// - Returns: (B, D, L) in the order of the values, without the gate.
    func callAsFunction(_ values: Tensor, steering: Tensor?) throws -> Tensor {
        let (length, margin) = (values.size(2), Self.convolutionWidth - 1)
        // Time that runs backwards: the mirrored kernel looks at the tokens that follow.
        let convolved =
            order.isReversed
            ? values.conv1d(
                weight: convolution.weight.flipped(2), bias: convolution.bias, padding: margin, groups: values.size(1)
            ).narrowed(axis: 2, start: margin, length: length)
            : convolution(values).narrowed(axis: 2, start: 0, length: length)
        let u = convolved.silu()
        let parts = stateProjection.weight.matmul(steering ?? u)
            .split(sizes: [rank, Self.states, Self.states], axis: 1)
        return try selectiveScan(
            u, delta: stepProjection.weight.matmul(parts[0]), A: -logDecay.exp(), B: parts[1], C: parts[2], D: skip,
            deltaBias: stepProjection.bias, reversed: order.isReversed
        ).y
    }
}
