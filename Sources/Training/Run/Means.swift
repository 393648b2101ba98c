/// Means of numbers with names, in an order that is fixed from the start, so that processes can add theirs.
struct Means {
    private let names: [String]
    private var sums: [Double]
    private var weights: [Double]

    init(_ names: [String]) {
        self.names = names
        sums = [Double](repeating: 0, count: names.count)
        weights = sums
    }

    /// Takes in a number; names that are not known are left out.
    mutating func add(_ name: String, _ value: Double, weight: Double = 1) {
        guard let index = names.firstIndex(of: name) else { return }
        sums[index] += value * weight
        weights[index] += weight
    }

    /// Takes in what all other processes have taken in.
    mutating func gather(over processes: ProcessGroup) throws(TrainingError) {
        let all = try processes.sum(sums + weights)
        (sums, weights) = (Array(all[..<names.count]), Array(all[names.count...]))
    }

    /// The means of all names that have a number.
    var values: [(name: String, value: Double)] {
        names.indices.filter { weights[$0] > 0 }.map { (names[$0], sums[$0] / weights[$0]) }
    }
}
