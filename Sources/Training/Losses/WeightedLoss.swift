import Torch

/// Several losses with weights, as one.
public struct WeightedLoss: Sendable, Hashable {
    /// The losses and their weights, in the order of ``Loss``.
    public let terms: [(loss: Loss, weight: Double)]

    /// Losses with weights; those with weight 0 are not computed.
    public init(_ weights: [Loss: Double]) {
        terms = Loss.allCases.compactMap { loss in
            weights[loss].flatMap { $0 == 0 ? nil : (loss, $0) }
        }
    }

    /// The weighted sum, one element, and each loss before its weight. Losses whose images the batch doesn't have, such as the
    /// truth, take no part in it.
    ///
    /// - Throws: ``TrainingError`` where no loss is left.
    public func callAsFunction(_ input: LossInput) throws -> (total: Tensor, parts: [(name: String, value: Tensor)]) {
        var total: Tensor?
        var parts: [(name: String, value: Tensor)] = []
        let possible = terms.filter { $0.loss.needs.allSatisfy { input.images[$0] != nil } }
        for (loss, weight) in possible.isEmpty ? terms : possible {
            let value = try loss(input)
            parts.append((loss.rawValue, value.detached()))
            total = total.map { $0 + value * weight } ?? value * weight
        }
        return (total ?? Tensor(0.0, device: input.fused.device), parts)
    }

    /// Compares losses and weights.
    public static func == (a: WeightedLoss, b: WeightedLoss) -> Bool {
        a.terms.map(\.loss) == b.terms.map(\.loss) && a.terms.map(\.weight) == b.terms.map(\.weight)
    }

    /// Hashes losses and weights.
    public func hash(into hasher: inout Hasher) {
        for (loss, weight) in terms {
            hasher.combine(loss)
            hasher.combine(weight)
        }
    }
}
