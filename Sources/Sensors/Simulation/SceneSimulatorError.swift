/// Why a scene cannot be simulated.
public enum SceneSimulatorError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The side of the panchromatic image is not a multiple of the sensor's ratio.
    case notMultipleOfRatio(panSize: Int, ratio: Int)
    /// The side of the panchromatic image is outside the allowed range.
    case sizeOutOfRange(panSize: Int, allowed: ClosedRange<Int>)
    /// The sensor cannot be simulated; `reason` says which of its numbers is at fault.
    case unsupportedSensor(name: String, reason: String)
    /// The ground sampling distance is not a positive, finite number of metres up to 100.
    case groundSamplingOutOfRange(metres: Double)
    /// A condition of the scene is outside the allowed range.
    case conditionOutOfRange(name: String, value: Double, allowed: ClosedRange<Double>)

    /// The message for a person: what is wrong, the numbers found, what to do.
    public var description: String {
        switch self {
        case .notMultipleOfRatio(let panSize, let ratio):
            let lower = panSize / ratio * ratio
            return "a scene of \(panSize) PAN pixels is not a multiple of the sensor's ratio \(ratio); "
                + "use \(lower) or \(lower + ratio)"
        case .sizeOutOfRange(let panSize, let allowed):
            return "a scene of \(panSize) PAN pixels a side cannot be simulated; "
                + "use \(allowed.lowerBound) to \(allowed.upperBound)"
        case .unsupportedSensor(let name, let reason):
            return "sensor \(name) cannot be simulated: \(reason)"
        case .groundSamplingOutOfRange(let metres):
            return "a ground sampling distance of \(metres) m cannot be simulated; use more than 0 and at most 100 m"
        case .conditionOutOfRange(let name, let value, let allowed):
            return "a \(name) of \(value) cannot be simulated; use \(allowed.lowerBound) to \(allowed.upperBound)"
        }
    }
}
