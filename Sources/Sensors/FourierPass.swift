import Foundation

/// One pass of a Fourier transform: butterflies of one radix, and the twiddle factors behind them.
///
/// Decimation in frequency as Stockham arranges it: with r the radix, m = n/r and s the stride,
/// y[q + s(rp + j)] = wᵖʲ·Σ_k x[q + s(p + mk)]·ωʲᵏ, w = exp(−2πi/n), ω = exp(−2πi/r), for p < m and q < s. Whoever transforms
/// several sequences side by side starts with their number as stride.
struct FourierPass: Sendable {
    let radix: Int
    private let groups: Int
    /// wᵖʲ at p × radix + j.
    private let twiddleReal: [Double]
    private let twiddleImaginary: [Double]
    /// ωᵏ.
    private let rootReal: [Double]
    private let rootImaginary: [Double]

    /// - Parameters:
    ///   - radix: a factor of the length.
    ///   - length: what is left of the transform's length before this pass.
    init(radix: Int, length: Int) {
        self.radix = radix
        groups = length / radix
        func root(_ power: Int, of length: Int) -> (real: Double, imaginary: Double) {
            let angle = 2 * Double.pi * Double(power) / Double(length)
            return (cos(angle), -sin(angle))
        }
        let twiddles = (0..<groups).flatMap { p in (0..<radix).map { root(p * $0, of: length) } }
        twiddleReal = twiddles.map(\.real)
        twiddleImaginary = twiddles.map(\.imaginary)
        let roots = (0..<radix).map { root($0, of: radix) }
        rootReal = roots.map(\.real)
        rootImaginary = roots.map(\.imaginary)
    }

    func apply(_ source: FourierWorkspace.Pointers, _ target: FourierWorkspace.Pointers, stride: Int) {
        twiddleReal.withUnsafeBufferPointer { twiddleReal in
            twiddleImaginary.withUnsafeBufferPointer { twiddleImaginary in
                guard let realBase = twiddleReal.baseAddress, let imaginaryBase = twiddleImaginary.baseAddress else {
                    return
                }
                for p in 0..<groups {
                    let group = Group(
                        source: source + stride * p, target: target + stride * radix * p, step: stride * groups,
                        stride: stride, real: realBase + p * radix,
                        imaginary: imaginaryBase + p * radix)
                    switch radix {
                    case 2: group.two()
                    case 3: group.three()
                    case 4: group.four()
                    case 5: group.five()
                    default: general(group)
                    }
                }
            }
        }
    }

    /// Any radix: the sums as they stand.
    private func general(_ group: Group) {
        for j in 0..<radix {
            for q in 0..<group.stride {
                var (real, imaginary) = (0.0, 0.0)
                var power = 0
                for k in 0..<radix {
                    let (a, b) = group.input(k, q)
                    real += a * rootReal[power] - b * rootImaginary[power]
                    imaginary += a * rootImaginary[power] + b * rootReal[power]
                    power += j
                    if power >= radix { power -= radix }
                }
                group.output(j, q, real, imaginary)
            }
        }
    }
}

/// The butterflies of one p.
private struct Group {
    let source: FourierWorkspace.Pointers
    let target: FourierWorkspace.Pointers
    /// From input k to input k + 1.
    let step: Int
    let stride: Int
    let real: UnsafePointer<Double>
    let imaginary: UnsafePointer<Double>

    @inline(__always) func input(_ k: Int, _ q: Int) -> (Double, Double) {
        (source.real[step * k + q], source.imaginary[step * k + q])
    }

    @inline(__always) func output(_ j: Int, _ q: Int, _ a: Double, _ b: Double) {
        target.real[stride * j + q] = a * real[j] - b * imaginary[j]
        target.imaginary[stride * j + q] = a * imaginary[j] + b * real[j]
    }

    func two() {
        for q in 0..<stride {
            let (a, b) = (input(0, q), input(1, q))
            output(0, q, a.0 + b.0, a.1 + b.1)
            output(1, q, a.0 - b.0, a.1 - b.1)
        }
    }

    func three() {
        let sine = 3.0.squareRoot() / 2
        for q in 0..<stride {
            let (a, b, c) = (input(0, q), input(1, q), input(2, q))
            let sum = (b.0 + c.0, b.1 + c.1)
            let middle = (a.0 - sum.0 / 2, a.1 - sum.1 / 2)
            let turned = (sine * (b.1 - c.1), -sine * (b.0 - c.0))
            output(0, q, a.0 + sum.0, a.1 + sum.1)
            output(1, q, middle.0 + turned.0, middle.1 + turned.1)
            output(2, q, middle.0 - turned.0, middle.1 - turned.1)
        }
    }

    func four() {
        for q in 0..<stride {
            let (a, b, c, d) = (input(0, q), input(1, q), input(2, q), input(3, q))
            let (even, evenDifference) = ((a.0 + c.0, a.1 + c.1), (a.0 - c.0, a.1 - c.1))
            let (odd, oddDifference) = ((b.0 + d.0, b.1 + d.1), (b.0 - d.0, b.1 - d.1))
            output(0, q, even.0 + odd.0, even.1 + odd.1)
            output(1, q, evenDifference.0 + oddDifference.1, evenDifference.1 - oddDifference.0)
            output(2, q, even.0 - odd.0, even.1 - odd.1)
            output(3, q, evenDifference.0 - oddDifference.1, evenDifference.1 + oddDifference.0)
        }
    }

    func five() {
        let (c1, c2) = (cos(2 * Double.pi / 5), cos(4 * Double.pi / 5))
        let (s1, s2) = (sin(2 * Double.pi / 5), sin(4 * Double.pi / 5))
        for q in 0..<stride {
            let (a, b, c, d, e) = (input(0, q), input(1, q), input(2, q), input(3, q), input(4, q))
            let (near, nearDifference) = ((b.0 + e.0, b.1 + e.1), (b.0 - e.0, b.1 - e.1))
            let (far, farDifference) = ((c.0 + d.0, c.1 + d.1), (c.0 - d.0, c.1 - d.1))
            let m1 = (a.0 + c1 * near.0 + c2 * far.0, a.1 + c1 * near.1 + c2 * far.1)
            let m2 = (a.0 + c2 * near.0 + c1 * far.0, a.1 + c2 * near.1 + c1 * far.1)
            let t1 = (s1 * nearDifference.1 + s2 * farDifference.1, -s1 * nearDifference.0 - s2 * farDifference.0)
            let t2 = (s2 * nearDifference.1 - s1 * farDifference.1, -s2 * nearDifference.0 + s1 * farDifference.0)
            output(0, q, a.0 + near.0 + far.0, a.1 + near.1 + far.1)
            output(1, q, m1.0 + t1.0, m1.1 + t1.1)
            output(2, q, m2.0 + t2.0, m2.1 + t2.1)
            output(3, q, m2.0 - t2.0, m2.1 - t2.1)
            output(4, q, m1.0 - t1.0, m1.1 - t1.1)
        }
    }
}
