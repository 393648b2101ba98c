import CScan
import Testing

@Suite("Selective scan, numeric differences") struct ScanDifferencesTests {
    /// The loss is Σ y·dy + Σ last state·dlast state, with the reference's outputs.
    @Test("the reference's gradients are the slopes of the reference's outputs", arguments: 0..<16)
    func slopes(options: UInt64) throws {
        var configuration = ScanConfiguration()
        configuration.batches = 2
        configuration.channels = 4
        configuration.groups = 2
        configuration.states = 3
        configuration.length = 9
        configuration.stateLayout = ScanConfiguration.StateLayout.allCases[Int(options) % 5]
        configuration.setOptions(options * 2)
        let problem = BackwardProblem(configuration, seed: options)
        let a = problem.forward.arguments
        let found = try problem.run(nil).values
        let inputs: [(String, UnsafePointer<Float>?, Int64)] = [
            ("u", a.u?.floats, a.u_strides.time), ("delta", a.delta?.floats, a.delta_strides.time),
            ("z", a.z?.floats, a.z_strides.time), ("A", a.A, 1), ("B", a.B?.floats, 1), ("C", a.C?.floats, 1),
            ("D", a.D, 1), ("delta_bias", a.delta_bias, 1),
            ("initial_state", a.initial_state, 1),
        ]
        for (name, first, stride) in inputs {
            guard let first else { continue }
            // The first and the second number of each array, where the layout says they lie: channel 0, times 0 and 1;
            // of B and C the first number is that of state 0 at time 0 in every layout.
            for index in 0..<(name == "B" || name == "C" ? 1 : 2) {
                let place = UnsafeMutablePointer(mutating: first) + index * Int(stride)
                let value = place.pointee
                let step: Float = 1 / 64
                place.pointee = value + step
                let above = try loss(problem)
                place.pointee = value - step
                let below = try loss(problem)
                place.pointee = value
                let slope = (above - below) / Double(2 * step)
                let gradient = Double(found[name]?[index] ?? .nan)
                #expect(abs(gradient - slope) <= 2e-3 * (1 + abs(slope)), "d\(name)[\(index)] \(gradient), \(slope)")
            }
        }
    }

    private func loss(_ problem: BackwardProblem) throws -> Double {
        let result = try problem.forward.run(nil)
        let (a, g) = (problem.forward.arguments, problem.gradients)
        return problem.forward.read { _ in
            var loss = 0.0
            var y = result.y.makeIterator()
            for b in 0..<a.batches {
                for d in 0..<a.channels {
                    for t in 0..<a.length {
                        let by = g.dy_strides
                        loss +=
                            Double(g.dy.floats[Int(b * by.batch + d * by.channel + t * by.time)])
                            * Double(y.next() ?? .nan)
                    }
                }
            }
            guard let dlast = g.dlast_state else { return loss }
            for (index, value) in result.lastState.enumerated() { loss += Double(dlast[index]) * Double(value) }
            return loss
        }
    }
}
