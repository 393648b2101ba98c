import CTorch

/// A source of random numbers: the same seed gives the same numbers on the same kind of device.
///
/// Unchecked: libtorch locks a generator while an operation draws from it. Operations that draw at the same time do so
/// in any order, so give each task a generator of its own where results have to repeat.
public final class RandomGenerator: @unchecked Sendable {
    let pointer: fk_generator

    /// Where the numbers that it makes are.
    public let device: Device

    /// A generator on a device. One for a device that is not there makes numbers on the CPU and reports the error.
    public init(seed: UInt64, device: Device = .cpu) {
        if let made = fk_generator_new(seed, device.code) {
            (pointer, self.device) = (made, device)
            return
        }
        report(takeTorchError())
        guard let made = fk_generator_new(seed, Device.cpu.code) else {
            preconditionFailure("a generator cannot be made: \(takeTorchError())")
        }
        (pointer, self.device) = (made, .cpu)
    }

    deinit { fk_generator_free(pointer) }

    /// Starts over from another seed.
    public func seed(_ seed: UInt64) { checked(fk_generator_seed(pointer, seed)) }

    /// All that decides the numbers to come, as bytes that can be kept and assigned again, on the same kind of device.
    public var state: [UInt8] {
        get { Tensor(taking: fk_generator_state(pointer)).array() }
        set {
            let bytes = Tensor(newValue)
            withExtendedLifetime(bytes) { checked(fk_generator_set_state(pointer, bytes.pointer)) }
        }
    }
}

/// Random numbers, on the generator's device.
extension Tensor {
    /// Numbers of low ..< high, all equally likely.
    public static func uniform(
        _ shape: [Int], low: Double = 0, high: Double = 1, generator: RandomGenerator, dtype: DType = .float32
    ) -> Tensor {
        Tensor(
            taking: fk_uniform(shape.int64s, Int32(shape.count), low, high, generator.pointer, dtype.code))
    }

    /// Numbers of a normal distribution.
    public static func normal(
        _ shape: [Int], mean: Double = 0, standardDeviation: Double = 1, generator: RandomGenerator,
        dtype: DType = .float32
    ) -> Tensor {
        Tensor(
            taking: fk_normal(
                shape.int64s, Int32(shape.count), mean, standardDeviation, generator.pointer, dtype.code))
    }

    /// Numbers of the exponential distribution, whose mean is 1 / rate.
    public static func exponential(
        _ shape: [Int], rate: Double = 1, generator: RandomGenerator, dtype: DType = .float32
    ) -> Tensor {
        Tensor(
            taking: fk_exponential(shape.int64s, Int32(shape.count), rate, generator.pointer, dtype.code))
    }

    /// Integers of a range, all equally likely.
    public static func integers(
        _ shape: [Int], in range: Range<Int>, generator: RandomGenerator, dtype: DType = .int64
    ) -> Tensor {
        Tensor(
            taking: fk_random_integers(
                shape.int64s, Int32(shape.count), Int64(range.lowerBound), Int64(range.upperBound), generator.pointer,
                dtype.code))
    }

    /// 0 ..< count in random order, int64.
    public static func permutation(_ count: Int, generator: RandomGenerator) -> Tensor {
        Tensor(taking: fk_random_permutation(Int64(count), generator.pointer))
    }

    /// 1 with the probability that each element of this tensor says, else 0.
    public func bernoulli(generator: RandomGenerator) -> Tensor {
        Tensor(taking: fk_bernoulli(pointer, generator.pointer))
    }

    /// Indices of the last axis, drawn with the weights that this tensor (n) or (rows, n) holds; they need not sum
    /// to 1.
    ///
    /// - Parameter replacing: whether an index may be drawn again.
    /// - Returns: (count) or (rows, count), int64.
    public func multinomial(_ count: Int, replacing: Bool = false, generator: RandomGenerator) -> Tensor {
        Tensor(taking: fk_multinomial(pointer, Int64(count), replacing, generator.pointer))
    }
}
