import Foundation

/// The discrete Fourier transform of one length, any length, in double precision.
///
/// X[k] = Σ_j x[j]·exp(−2πi·jk/n). Lengths are factored into 4, 2, 3, 5 and further primes (Stockham's self-sorting form, so
/// there is no reordering at the end); a length with a prime factor above 31 is written as a convolution of a length that
/// factors well (Bluestein, IEEE Trans. Audio Electroacoust. 18(4), 1970). Many sequences are transformed side by side, which
/// is what makes the inner loops long.
public struct FourierTransform: Sendable {
    private enum Method: Sendable {
        case passes([FourierPass])
        indirect case chirp(ChirpTransform)
    }

    /// Number of samples of a sequence, at least 1.
    public let count: Int
    private let method: Method

    /// Factors the length and computes its tables.
    public init(count: Int) {
        precondition(count > 0, "a Fourier transform of \(count) samples")
        self.count = count
        let factors = Self.factors(of: count)
        if let largest = factors.max(), largest > 31 {
            method = .chirp(ChirpTransform(count: count))
            return
        }
        var passes: [FourierPass] = []
        var remaining = count
        for factor in factors {
            passes.append(FourierPass(radix: factor, length: remaining))
            remaining /= factor
        }
        method = .passes(passes)
    }

    /// Transforms one sequence in place.
    ///
    /// - Parameters:
    ///   - real: real parts, `count` samples.
    ///   - imaginary: imaginary parts, as many.
    public func forward(real: inout [Double], imaginary: inout [Double]) {
        precondition(real.count == count && imaginary.count == count, "\(real.count) samples for \(count)")
        var work = FourierWorkspace(samples: workSamples(sequences: 1))
        real.withUnsafeMutableBufferPointer { real in
            imaginary.withUnsafeMutableBufferPointer { imaginary in
                work.withPointers { transform(real, imaginary, sequences: 1, work: $0) }
            }
        }
    }

    /// The inverse of ``forward(real:imaginary:)``, in place: x[j] = (1/n)·Σ_k X[k]·exp(2πi·jk/n).
    public func inverse(real: inout [Double], imaginary: inout [Double]) {
        // Exchanging the parts of a complex number is i times its conjugate.
        forward(real: &imaginary, imaginary: &real)
        let scale = 1 / Double(count)
        for index in 0..<count {
            real[index] *= scale
            imaginary[index] *= scale
        }
    }

    /// The factors in the order of passes: fours first, then ascending primes.
    private static func factors(of count: Int) -> [Int] {
        var (remaining, factors) = (count, [Int]())
        while remaining.isMultiple(of: 4) {
            factors.append(4)
            remaining /= 4
        }
        var prime = 2
        while remaining > 1 {
            if prime * prime > remaining { prime = remaining }
            while remaining.isMultiple(of: prime) {
                factors.append(prime)
                remaining /= prime
            }
            prime += 1
        }
        return factors
    }

    /// The smallest length from `count` on that has no factors but 2, 3 and 5.
    package static func quickLength(from count: Int) -> Int {
        func isQuick(_ length: Int) -> Bool {
            var length = length
            for factor in [2, 3, 5] {
                while length.isMultiple(of: factor) { length /= factor }
            }
            return length == 1
        }
        return (count...).first(where: isQuick) ?? count
    }

    /// Samples of work space that ``transform(_:_:sequences:work:)`` needs in each of its two arrays.
    func workSamples(sequences: Int) -> Int {
        switch method {
        case .passes: count * sequences
        case .chirp(let chirp): chirp.workSamples(sequences: sequences)
        }
    }

    /// Transforms several sequences in place.
    ///
    /// - Parameters:
    ///   - real: sample j of sequence q is at `j × sequences + q`.
    ///   - imaginary: the same of the imaginary parts.
    ///   - work: two arrays of ``workSamples(sequences:)`` samples.
    func transform(
        _ real: UnsafeMutableBufferPointer<Double>, _ imaginary: UnsafeMutableBufferPointer<Double>, sequences: Int,
        work: FourierWorkspace.Pointers
    ) {
        guard let real = real.baseAddress, let imaginary = imaginary.baseAddress else { return }
        transform(FourierWorkspace.Pointers(real: real, imaginary: imaginary), sequences: sequences, work: work)
    }

    func transform(_ values: FourierWorkspace.Pointers, sequences: Int, work: FourierWorkspace.Pointers) {
        switch method {
        case .chirp(let chirp): chirp.transform(values, sequences: sequences, work: work)
        case .passes(let passes):
            var (source, target) = (values, work)
            var stride = sequences
            for pass in passes {
                pass.apply(source, target, stride: stride)
                stride *= pass.radix
                swap(&source, &target)
            }
            if !passes.count.isMultiple(of: 2) {
                values.real.update(from: work.real, count: count * sequences)
                values.imaginary.update(from: work.imaginary, count: count * sequences)
            }
        }
    }
}

/// Real and imaginary parts in memory that is not initialised.
struct FourierWorkspace {
    struct Pointers {
        let real: UnsafeMutablePointer<Double>
        let imaginary: UnsafeMutablePointer<Double>

        /// The same numbers with their parts exchanged, which turns a transform into its inverse.
        var exchanged: Pointers { Pointers(real: imaginary, imaginary: real) }

        static func + (pointers: Pointers, offset: Int) -> Pointers {
            Pointers(real: pointers.real + offset, imaginary: pointers.imaginary + offset)
        }
    }

    private var values: [Double]

    init(samples: Int) { values = [Double](repeating: 0, count: 2 * samples) }

    mutating func withPointers<Result>(_ body: (Pointers) -> Result) -> Result {
        let samples = values.count / 2
        return values.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("a work space without samples") }
            return body(Pointers(real: base, imaginary: base + samples))
        }
    }
}

/// A transform of a length with a large prime factor: jk = (j² + k² − (k − j)²)/2 makes it a convolution with a chirp.
private struct ChirpTransform: Sendable {
    private let count: Int
    private let convolution: FourierTransform
    /// exp(−πi·j²/n), j < n.
    private let chirp: [(real: Double, imaginary: Double)]
    /// The transform of the conjugate chirp, wrapped around, divided by the length of the convolution.
    private let response: [(real: Double, imaginary: Double)]

    init(count: Int) {
        self.count = count
        let length = FourierTransform.quickLength(from: 2 * count - 1)
        convolution = FourierTransform(count: length)
        chirp = (0..<count).map { index in
            // j² modulo 2n, since the argument's digits would be lost for large j.
            let angle = Double.pi * Double(index * index % (2 * count)) / Double(count)
            return (cos(angle), -sin(angle))
        }
        var real = [Double](repeating: 0, count: length)
        var imaginary = real
        for (index, value) in chirp.enumerated() {
            for position in Set([index, (length - index) % length]) {
                real[position] = value.real
                imaginary[position] = -value.imaginary
            }
        }
        convolution.forward(real: &real, imaginary: &imaginary)
        response = zip(real, imaginary).map { ($0 / Double(length), $1 / Double(length)) }
    }

    func workSamples(sequences: Int) -> Int {
        convolution.count * sequences + convolution.workSamples(sequences: sequences)
    }

    func transform(_ values: FourierWorkspace.Pointers, sequences: Int, work: FourierWorkspace.Pointers) {
        let samples = convolution.count * sequences
        let further = work + samples
        work.real.update(repeating: 0, count: samples)
        work.imaginary.update(repeating: 0, count: samples)
        Self.multiply(values, by: chirp, into: work, sequences: sequences)
        convolution.transform(work, sequences: sequences, work: further)
        Self.multiply(work, by: response, into: work, sequences: sequences)
        convolution.transform(work.exchanged, sequences: sequences, work: further)
        Self.multiply(work, by: chirp, into: values, sequences: sequences)
    }

    private static func multiply(
        _ source: FourierWorkspace.Pointers, by factors: [(real: Double, imaginary: Double)],
        into target: FourierWorkspace.Pointers, sequences: Int
    ) {
        for (index, factor) in factors.enumerated() {
            for position in index * sequences..<(index + 1) * sequences {
                let (a, b) = (source.real[position], source.imaginary[position])
                target.real[position] = a * factor.real - b * factor.imaginary
                target.imaginary[position] = a * factor.imaginary + b * factor.real
            }
        }
    }
}
