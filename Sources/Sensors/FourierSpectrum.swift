/// The discrete Fourier transform of a plane, all H × W frequencies: index (0, 0) is frequency 0, negative frequencies are in
/// the upper half of each axis.
///
/// X[k, l] = Σ x[i, j]·exp(−2πi·(ik/H + jl/W)), no scaling; the inverse divides by H·W.
public struct FourierSpectrum: Sendable, Equatable {
    /// Rows.
    public let height: Int
    /// Columns.
    public let width: Int
    /// Real parts, row by row.
    public var real: [Double]
    /// Imaginary parts, row by row.
    public var imaginary: [Double]

    /// The transform of a real plane, at half the cost of a complex one: rows are transformed in pairs, and the columns
    /// of negative frequencies are the conjugates of others.
    ///
    /// - Parameters:
    ///   - plane: height × width samples, row by row.
    ///   - height: rows, at least 1.
    ///   - width: columns, at least 1.
    public init(_ plane: [Double], height: Int, width: Int) {
        precondition(height > 0 && width > 0 && plane.count == height * width, "\(plane.count) samples")
        self.height = height
        self.width = width
        real = plane
        imaginary = [Double](repeating: 0, count: plane.count)
        transformRowPairs()
        let half = width / 2 + 1
        transformLines(LineLayout(count: height, step: width, lines: half, between: 1), isInverse: false)
        for row in 0..<height {
            let mirrored = (height - row) % height * width
            for column in half..<max(half, width) {
                real[row * width + column] = real[mirrored + width - column]
                imaginary[row * width + column] = -imaginary[mirrored + width - column]
            }
        }
    }

    /// The transform of a complex plane.
    ///
    /// Two real planes that are filtered with the same real and even response go through one transform as real and
    /// imaginary part, and come out apart.
    public init(real: [Double], imaginary: [Double], height: Int, width: Int) {
        precondition(
            height > 0 && width > 0 && real.count == height * width && imaginary.count == real.count,
            "\(real.count) and \(imaginary.count) samples for \(height) × \(width)")
        self.height = height
        self.width = width
        self.real = real
        self.imaginary = imaginary
        transform(isInverse: false)
    }

    /// The plane that has this spectrum.
    public func inverse() -> (real: [Double], imaginary: [Double]) {
        var result = self
        result.transform(isInverse: true)
        let scale = 1 / Double(height * width)
        return (result.real.map { $0 * scale }, result.imaginary.map { $0 * scale })
    }

    /// The signed frequency of an index on an axis: 0, 1, …, then −⌊n/2⌋, …, −1, cycles over the axis.
    public static func frequency(_ index: Int, count: Int) -> Int { index < (count + 1) / 2 ? index : index - count }

    private mutating func transform(isInverse: Bool) {
        transformLines(LineLayout(count: width, step: 1, lines: height, between: width), isInverse: isInverse)
        transformLines(LineLayout(count: height, step: width, lines: width, between: 1), isInverse: isInverse)
    }

    /// Rows or columns of a plane.
    private struct LineLayout {
        /// Samples of a line, and from one to the next.
        let count: Int
        let step: Int
        /// Number of lines, and from one to the next.
        let lines: Int
        let between: Int
    }

    /// Lines that are transformed side by side: few enough to stay in the cache.
    private static let sideBySide = 16

    private mutating func transformLines(_ layout: LineLayout, isInverse: Bool) {
        let transform = FourierTransform(count: layout.count)
        var lines = FourierWorkspace(samples: layout.count * Self.sideBySide)
        var work = FourierWorkspace(samples: transform.workSamples(sequences: Self.sideBySide))
        real.withUnsafeMutableBufferPointer { real in
            imaginary.withUnsafeMutableBufferPointer { imaginary in
                for first in stride(from: 0, to: layout.lines, by: Self.sideBySide) {
                    let sequences = min(Self.sideBySide, layout.lines - first)
                    lines.withPointers { lines in
                        for sample in 0..<layout.count {
                            for line in 0..<sequences {
                                let source = sample * layout.step + (first + line) * layout.between
                                lines.real[sample * sequences + line] = real[source]
                                lines.imaginary[sample * sequences + line] = imaginary[source]
                            }
                        }
                        work.withPointers { work in
                            transform.transform(isInverse ? lines.exchanged : lines, sequences: sequences, work: work)
                        }
                        for sample in 0..<layout.count {
                            for line in 0..<sequences {
                                let target = sample * layout.step + (first + line) * layout.between
                                real[target] = lines.real[sample * sequences + line]
                                imaginary[target] = lines.imaginary[sample * sequences + line]
                            }
                        }
                    }
                }
            }
        }
    }

    /// Transforms real rows, two of them as real and imaginary part of one; columns up to width / 2 are valid afterwards.
    private mutating func transformRowPairs() {
        let pairs = (height + 1) / 2
        var packed = self
        packed.real.removeLast(height / 2 * width)
        packed.imaginary.removeLast(height / 2 * width)
        for pair in 0..<height / 2 {
            let (even, odd) = (2 * pair * width, (2 * pair + 1) * width)
            for column in 0..<width {
                packed.real[pair * width + column] = real[even + column]
                packed.imaginary[pair * width + column] = real[odd + column]
            }
        }
        if !height.isMultiple(of: 2) {
            for column in 0..<width { packed.real[(pairs - 1) * width + column] = real[(height - 1) * width + column] }
        }
        packed.transformLines(LineLayout(count: width, step: 1, lines: pairs, between: width), isInverse: false)
        for pair in 0..<pairs {
            for column in 0...width / 2 {
                let (a, b) = (pair * width + column, pair * width + (width - column) % width)
                let target = 2 * pair * width + column
                real[target] = (packed.real[a] + packed.real[b]) / 2
                imaginary[target] = (packed.imaginary[a] - packed.imaginary[b]) / 2
                guard 2 * pair + 1 < height else { continue }
                real[target + width] = (packed.imaginary[a] + packed.imaginary[b]) / 2
                imaginary[target + width] = (packed.real[b] - packed.real[a]) / 2
            }
        }
    }
}
