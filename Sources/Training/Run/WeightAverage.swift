import Torch

/// The averages of a run, of whichever kind.
enum WeightAverage {
    case moving(MovingAverage)
    case power([PowerAverage])

    /// nil where none are wanted.
    init?(_ settings: AverageSettings, of parameters: [(name: String, tensor: Tensor)]) {
        switch settings.kind {
        case .none: return nil
        case .constant: self = .moving(MovingAverage(parameters, rule: .constant(settings.share)))
        case .warmUp:
            var rule = MovingAverage.Rule()
            rule.limit = settings.share
            self = .moving(MovingAverage(parameters, rule: rule))
        case .power: self = .power(settings.widths.map { PowerAverage(parameters, width: $0) })
        }
    }

    /// What is validated and saved.
    var averages: [(name: String, tensor: Tensor)] {
        switch self {
        case .moving(let average): average.averages
        case .power(let averages): averages.first?.averages ?? []
        }
    }

    /// Takes in the weights of a step.
    func update() {
        switch self {
        case .moving(let average): average.update()
        case .power(let averages): for average in averages { average.update() }
        }
    }

    /// All that a later run needs to go on.
    func state() -> [(name: String, tensor: Tensor)] {
        switch self {
        case .moving(let average): return average.state()
        case .power(let averages):
            return averages.enumerated().flatMap { index, average in
                average.state().map { ("\(index).\($0.name)", $0.tensor) }
            }
        }
    }

    /// Takes over what ``state()`` has given.
    func load(_ state: [String: Tensor]) throws {
        switch self {
        case .moving(let average): try average.load(state)
        case .power(let averages):
            for (index, average) in averages.enumerated() {
                try average.load(part("\(index).", of: state))
            }
        }
    }
}

/// The entries whose names begin with a prefix, without it.
func part(_ prefix: String, of state: [String: Tensor]) -> [String: Tensor] {
    var part: [String: Tensor] = [:]
    for (name, tensor) in state where name.hasPrefix(prefix) { part[String(name.dropFirst(prefix.count))] = tensor }
    return part
}
