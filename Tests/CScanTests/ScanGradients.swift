import CScan

/// A backward scan with all its memory, and the forward scan it belongs to.
struct BackwardProblem {
    var forward: ScanProblem
    var gradients = fk_scan_gradients()

    /// Random gradients of the outputs; results in the layouts of what they are gradients of.
    init(_ configuration: ScanConfiguration, seed: UInt64 = 1) {
        forward = ScanProblem(configuration, seed: seed)
        var generator = Generator(seed: seed ^ 0xBAC4)
        let a = forward.arguments
        let stateCount = Int(a.batches * a.channels * a.states)
        func sequence(_ channels: Int) -> (UnsafeRawPointer, fk_scan_sequence_strides) {
            forward.sequence(configuration, channels, 7...7, &generator)
        }
        (gradients.dy, gradients.dy_strides) = forward.sequence(
            configuration, configuration.mapChannels, -1...1, &generator)
        if configuration.hasInitialState {
            gradients.dlast_state = UnsafePointer(forward.random(stateCount, -1...1, &generator))
        }
        (gradients.du, gradients.du_strides) = output(sequence(configuration.mapChannels))
        (gradients.ddelta, gradients.ddelta_strides) = output(sequence(configuration.channels))
        if configuration.hasGate {
            (gradients.dz, gradients.dz_strides) = output(sequence(configuration.mapChannels))
        }
        (gradients.dB, gradients.dB_strides) = output(forward.parameter(configuration, &generator))
        (gradients.dC, gradients.dC_strides) = output(forward.parameter(configuration, &generator))
        gradients.dA = forward.random(Int(a.channels * a.states), 7...7, &generator)
        gradients.dD = forward.random(Int(a.channels), 7...7, &generator)
        gradients.ddelta_bias = forward.random(Int(a.channels), 7...7, &generator)
        gradients.dinitial_state = forward.random(stateCount, 7...7, &generator)
    }

    private func output<Strides>(_ array: (UnsafeRawPointer, Strides)) -> (UnsafeMutableRawPointer, Strides) {
        (UnsafeMutableRawPointer(mutating: array.0), array.1)
    }

    /// Runs the reference, or one instruction set's kernel with its work in `parts`; with checkpoints of its forward
    /// scan, or without.
    func run(_ instructionSet: String?, parts: Int = 1, savesCheckpoints: Bool = false) throws -> ScanGradients {
        var message = [CChar](repeating: 0, count: 1000)
        let violations: Int32 = forward.read { arguments in
            var (arguments, gradients, parts) = (arguments, gradients, parts)
            guard let instructionSet else {
                return fk_scan_reference_backward(&arguments, &gradients, &message, message.count)
            }
            return instructionSet.withCString { name in
                arguments.instruction_set = name
                arguments.threads = Int64(parts)
                let interval = Int64(fk_scan_checkpoint_interval)
                let tiles = (arguments.length + interval - 1) / interval
                let checkpoints = Memory(
                    count: Int(arguments.batches * tiles * arguments.channels * arguments.states), value: .nan)
                let loop = parts > 1 ? runConcurrently : nil
                if savesCheckpoints {
                    arguments.checkpoints = checkpoints.pointer
                    let violations = fk_scan_forward(&arguments, loop, &parts, &message, message.count)
                    if violations > 0 { return violations }
                }
                return withExtendedLifetime(checkpoints) {
                    fk_scan_backward(&arguments, &gradients, loop, &parts, &message, message.count)
                }
            }
        }
        guard violations == 0 else { throw ScanFailure(message: text(message)) }
        return forward.read { ScanGradients($0, gradients) }
    }
}

/// The results of a backward scan by name, whatever their layout.
struct ScanGradients: Equatable {
    var values: [String: [Float]] = [:]

    init(_ a: fk_scan_arguments, _ g: fk_scan_gradients) {
        let mapChannels = a.channels / max(a.paths, 1)
        let sequence = {
            (first: UnsafeMutableRawPointer?, by: fk_scan_sequence_strides, channels: Int64) -> [Float]? in
            guard let first = first?.floats else { return nil }
            return Self.collect([a.batches, channels, a.length], [by.batch, by.channel, by.time], first)
        }
        let parameter = { (first: UnsafeMutableRawPointer?, by: fk_scan_state_strides) -> [Float]? in
            guard let first = first?.floats else { return nil }
            let sizes = [by.batch == 0 ? 1 : a.batches, a.groups, a.states, by.time == 0 ? 1 : a.length]
            return Self.collect(sizes, [by.batch, by.group, by.state, by.time], first)
        }
        let plain = { (first: UnsafeMutablePointer<Float>?, count: Int64) -> [Float]? in
            first.map { Self.collect([count], [1], $0) }
        }
        values["u"] = sequence(g.du, g.du_strides, mapChannels)
        values["delta"] = sequence(g.ddelta, g.ddelta_strides, a.channels)
        values["z"] = sequence(g.dz, g.dz_strides, mapChannels)
        values["B"] = parameter(g.dB, g.dB_strides)
        values["C"] = parameter(g.dC, g.dC_strides)
        values["A"] = plain(g.dA, a.channels * a.states)
        values["D"] = plain(g.dD, a.channels)
        values["delta_bias"] = plain(g.ddelta_bias, a.channels)
        values["initial_state"] = plain(g.dinitial_state, a.batches * a.channels * a.states)
    }

    private static func collect(_ sizes: [Int64], _ strides: [Int64], _ first: UnsafeMutablePointer<Float>) -> [Float] {
        guard let size = sizes.first, let stride = strides.first else { return [first.pointee] }
        let (sizes, strides) = (Array(sizes.dropFirst()), Array(strides.dropFirst()))
        if sizes.isEmpty { return (0..<Int(size)).map { first[$0 * Int(stride)] } }
        return (0..<Int(size)).flatMap { collect(sizes, strides, first + $0 * Int(stride)) }
    }

    /// The largest error of each gradient, relative to the largest magnitude in the expected one. Sums over channels or
    /// tokens, whose terms may cancel, are compared with 1, the order of a term, where they are less.
    func errors(_ expected: ScanGradients) -> [String: Float] {
        guard Set(values.keys) == Set(expected.values.keys) else { return ["names": .infinity] }
        return values.reduce(into: [:]) { errors, entry in
            let isSum = !["u", "delta", "z", "initial_state"].contains(entry.key)
            errors[entry.key] = relativeError(
                entry.value, expected.values[entry.key] ?? [], least: isSum ? 1 : .leastNormalMagnitude)
        }
    }
}
