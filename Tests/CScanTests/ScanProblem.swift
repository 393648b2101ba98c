import CScan
import Dispatch

/// Memory that stays where it is for as long as the scan's arguments point to it.
final class Memory {
    let pointer: UnsafeMutablePointer<Float>
    let count: Int

    init(count: Int, value: Float = 0) {
        self.count = count
        pointer = .allocate(capacity: max(count, 1))
        pointer.initialize(repeating: value, count: max(count, 1))
    }

    convenience init(_ values: [Float]) {
        self.init(count: values.count)
        for (index, value) in values.enumerated() { pointer[index] = value }
    }

    deinit { pointer.deallocate() }

    var values: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}

/// Random orders of the pixels of a map: the first path runs along rows, the second backwards.
final class Pixels {
    let pointer: UnsafeMutablePointer<Int32>

    init(paths: Int, length: Int, _ generator: inout Generator) {
        pointer = .allocate(capacity: max(paths * length, 1))
        for path in 0..<paths {
            var order = Array(0..<Int32(length))
            if path == 1 { order.reverse() }
            if path > 1 {
                for last in stride(from: length - 1, to: 0, by: -1) {
                    order.swapAt(last, Int(generator.next() % UInt64(last + 1)))
                }
            }
            for (token, pixel) in order.enumerated() { pointer[path * length + token] = pixel }
        }
    }

    deinit { pointer.deallocate() }
}

/// SplitMix64.
struct Generator {
    var seed: UInt64

    mutating func next() -> UInt64 {
        seed &+= 0x9E37_79B9_7F4A_7C15
        var bits = seed
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    mutating func uniform(_ range: ClosedRange<Float>) -> Float {
        range.lowerBound + (range.upperBound - range.lowerBound) * Float(next() >> 40) / Float(1 << 24)
    }

    mutating func pick<T>(_ choices: [T]) -> T { choices[Int(next() % UInt64(choices.count))] }
}

/// Sizes, layouts and optional arguments of one scan.
struct ScanConfiguration: CustomStringConvertible {
    enum SequenceLayout: CaseIterable { case channelsFirst, channelsLast, reversed, channelsLastReversed, spread }
    enum StateLayout: CaseIterable { case timeLast, stateLast, reversed, constantInTime, constantInBatch }

    var batches = 1
    var channels = 8
    var groups = 1
    var states = 8
    var length = 16
    /// Along which so many random paths lead; in the order of time where nil.
    var paths: Int?
    /// In how many parts of time the kernels scan.
    var timeParts = 1
    var sequenceLayout = SequenceLayout.channelsFirst
    var stateLayout = StateLayout.timeLast
    var hasSkip = true
    var hasBias = true
    var hasGate = true
    var hasInitialState = true
    var hasSoftplus = true

    var description: String {
        "batches \(batches) channels \(channels) groups \(groups) states \(states) length \(length) \(sequenceLayout) "
            + "\(stateLayout) D \(hasSkip) bias \(hasBias) z \(hasGate) h0 \(hasInitialState) softplus \(hasSoftplus)"
            + (paths.map { " paths \($0)" } ?? "") + (timeParts > 1 ? " in \(timeParts) parts" : "")
    }

    /// The channels of u, z and y.
    var mapChannels: Int { channels / (paths ?? 1) }

    /// Random sizes of everything, up to some ten million state updates.
    init(random generator: inout Generator) {
        groups = generator.pick([1, 1, 2, 3, 4])
        channels = groups * Int(1 + generator.next() % 24)
        batches = Int(1 + generator.next() % 3)
        states = generator.pick([1 + Int(generator.next() % 256), 1 + Int(generator.next() % 20), 8, 16])
        length = 1 + Int(generator.next() % UInt64(max(1, min(3000, 4_000_000 / (batches * channels * states)))))
        sequenceLayout = generator.pick(SequenceLayout.allCases)
        stateLayout = generator.pick(StateLayout.allCases)
        setOptions(generator.next())
    }

    init() {}

    /// Takes each optional argument or not, by one bit of a number.
    mutating func setOptions(_ bits: UInt64) {
        hasSkip = bits & 1 == 0
        hasBias = bits & 2 == 0
        hasGate = bits & 4 == 0
        hasInitialState = bits & 8 == 0
        hasSoftplus = bits & 16 == 0
    }
}

/// The result of a scan.
struct ScanResult: Equatable {
    var y: [Float]  // (batches, channels, length), whatever the layout of the scan's own output
    var lastState: [Float]
}

/// A scan with all its memory.
struct ScanProblem {
    var arguments = fk_scan_arguments()
    let configuration: ScanConfiguration
    private(set) var memory: [Memory] = []
    private var pixels: Pixels?

    /// Random values: steps from 0.02 to 3, decays from -0.05 to -6.
    init(_ configuration: ScanConfiguration, seed: UInt64 = 1) {
        var generator = Generator(seed: seed)
        let c = configuration
        self.configuration = configuration
        arguments.batches = Int64(c.batches)
        arguments.channels = Int64(c.channels)
        arguments.groups = Int64(c.groups)
        arguments.states = Int64(c.states)
        arguments.length = Int64(c.length)
        arguments.delta_softplus = c.hasSoftplus
        arguments.parts = Int64(c.timeParts)
        let steps: ClosedRange<Float> = c.hasSoftplus ? -3...2 : 0.02...3
        if let paths = c.paths {
            let orders = Pixels(paths: paths, length: c.length, &generator)
            pixels = orders
            arguments.paths = Int64(paths)
            arguments.pixels = UnsafePointer(orders.pointer)
        }
        (arguments.u, arguments.u_strides) = sequence(c, c.mapChannels, -1...1, &generator)
        (arguments.delta, arguments.delta_strides) = sequence(c, c.channels, steps, &generator)
        if c.hasGate { (arguments.z, arguments.z_strides) = sequence(c, c.mapChannels, -4...4, &generator) }
        (arguments.B, arguments.B_strides) = parameter(c, &generator)
        (arguments.C, arguments.C_strides) = parameter(c, &generator)
        arguments.A = UnsafePointer(random(c.channels * c.states, -6...(-0.05), &generator))
        if c.hasSkip { arguments.D = UnsafePointer(random(c.channels, -1...1, &generator)) }
        if c.hasBias { arguments.delta_bias = UnsafePointer(random(c.channels, 0...0.5, &generator)) }
        let stateCount = c.batches * c.channels * c.states
        if c.hasInitialState { arguments.initial_state = UnsafePointer(random(stateCount, -1...1, &generator)) }
        let y = sequence(c, c.mapChannels, 0...0, &generator)
        (arguments.y, arguments.y_strides) = (UnsafeMutableRawPointer(mutating: y.0), y.1)
        arguments.last_state = random(stateCount, 0...0, &generator)
    }

    /// Keeps the memory alive and returns where it begins.
    mutating func keep(_ values: [Float]) -> UnsafeMutablePointer<Float> {
        memory.append(Memory(values))
        return memory[memory.count - 1].pointer
    }

    /// Reads what the arguments point to, while it exists.
    func read<T>(_ body: (fk_scan_arguments) -> T) -> T {
        withExtendedLifetime((memory, pixels)) { body(arguments) }
    }

    /// Runs the reference, or one instruction set's kernel with its work in `parts` (each on a thread of its own).
    func run(_ instructionSet: String?, parts: Int = 1) throws -> ScanResult {
        var message = [CChar](repeating: 0, count: 1000)
        let violations: Int32 = read { arguments in
            var arguments = arguments
            arguments.threads = Int64(parts)
            guard let instructionSet else { return fk_scan_reference(&arguments, &message, message.count) }
            return instructionSet.withCString { name in
                arguments.instruction_set = name
                var parts = parts
                return fk_scan_forward(&arguments, parts > 1 ? runConcurrently : nil, &parts, &message, message.count)
            }
        }
        guard violations == 0 else { throw ScanFailure(message: text(message)) }
        return read(result)
    }

    private func result(_ arguments: fk_scan_arguments) -> ScanResult {
        let strides = arguments.y_strides
        var y: [Float] = []
        for b in 0..<arguments.batches {
            for d in 0..<Int64(configuration.mapChannels) {
                for t in 0..<arguments.length {
                    y.append(arguments.y.floats[Int(b * strides.batch + d * strides.channel + t * strides.time)])
                }
            }
        }
        let stateCount = Int(arguments.batches * arguments.channels * arguments.states)
        return ScanResult(y: y, lastState: Array(UnsafeBufferPointer(start: arguments.last_state, count: stateCount)))
    }

    mutating func random(
        _ count: Int, _ range: ClosedRange<Float>, _ generator: inout Generator
    ) -> UnsafeMutablePointer<Float> {
        keep((0..<count).map { _ in generator.uniform(range) })
    }

    mutating func sequence(
        _ c: ScanConfiguration, _ channels: Int, _ range: ClosedRange<Float>, _ generator: inout Generator
    ) -> (UnsafeRawPointer, fk_scan_sequence_strides) {
        let length = c.length
        var strides: (channel: Int, time: Int)
        switch c.sequenceLayout {
        case .channelsFirst: strides = (length, 1)
        case .channelsLast: strides = (1, channels)
        case .reversed: strides = (length, -1)
        case .channelsLastReversed: strides = (1, -channels)
        case .spread: strides = (2 * length + 3, 2)
        }
        let batchStride = channels * length * 2 + 3 * channels + 1
        let first = random(c.batches * batchStride, range, &generator) + max(0, -strides.time * (length - 1))
        return (
            UnsafeRawPointer(first),
            .init(batch: Int64(batchStride), channel: Int64(strides.channel), time: Int64(strides.time))
        )
    }

    mutating func parameter(
        _ c: ScanConfiguration, _ generator: inout Generator
    ) -> (UnsafeRawPointer, fk_scan_state_strides) {
        let (groups, states, length) = (c.groups, c.states, c.length)
        var (batch, group, state, time) = (groups * states * length, states * length, length, 1)
        switch c.stateLayout {
        case .timeLast: break
        case .stateLast: (group, state, time) = (states, 1, groups * states)
        case .reversed: time = -1
        case .constantInTime: (batch, group, state, time) = (groups * states, states, 1, 0)
        case .constantInBatch: batch = 0
        }
        let first =
            random(c.batches * groups * states * max(1, length), -1...1, &generator) + max(0, -time * (length - 1))
        return (
            UnsafeRawPointer(first),
            .init(batch: Int64(batch), group: Int64(group), state: Int64(state), time: Int64(time))
        )
    }
}

extension UnsafeRawPointer {
    /// The numbers of an array that is stored in float32.
    var floats: UnsafePointer<Float> { assumingMemoryBound(to: Float.self) }
}

extension UnsafeMutableRawPointer {
    /// The numbers of an array that is stored in float32.
    var floats: UnsafeMutablePointer<Float> { assumingMemoryBound(to: Float.self) }
}

struct ScanFailure: Error { var message: String }

func text(_ message: [CChar]) -> String {
    String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// A parallel-for of as many parts as the context's integer says.
let runConcurrently: fk_scan_parallel_for = { context, count, body, bodyContext in
    guard let parts = context?.load(as: Int.self), let body else { return }
    nonisolated(unsafe) let bodyContext = bodyContext  // what it points to is made for many threads
    DispatchQueue.concurrentPerform(iterations: parts) { part in
        let begin = count * Int64(part) / Int64(parts)
        let end = count * Int64(part + 1) / Int64(parts)
        if begin < end { body(bodyContext, begin, end) }
    }
}

/// The instruction sets that this machine can run.
let instructionSets: [String] = (0...).lazy.map { fk_scan_instruction_set_at($0) }.prefix { $0 != nil }
    .compactMap { $0.map { String(cString: $0) } }

/// The largest difference relative to the largest magnitude in the expected values, or to `least` where that is larger;
/// infinite where a NaN is.
func relativeError(_ found: [Float], _ expected: [Float], least: Float = .leastNormalMagnitude) -> Float {
    let scale = expected.reduce(least) { max($0, abs($1)) }
    return zip(found, expected).reduce(0) { worst, pair in
        let difference = abs(pair.0 - pair.1)
        return difference.isNaN ? .infinity : max(worst, difference / scale)
    }
}
