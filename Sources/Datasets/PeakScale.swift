/// Digital numbers as parts of the largest that the instrument gives: 2^bits − 1, or 1 for data that are in 0…1 already.
struct PeakScale: Sendable, Hashable {
    let peak: Float

    /// Interpolated PAN overshoots by a few per cent; digital numbers of one bit more reach twice the peak.
    private static let mostOvershoot: Float = 1.5

    /// - Throws: ``DatasetError/Code/peak`` where the peak is no positive number.
    init(_ peak: Double) throws(DatasetError) {
        guard peak.isFinite, Float(peak) > 0 else {
            throw DatasetError(
                .peak, "peak", "\(peak) is not the largest value of an image.",
                remedy: "Give 2047 for 11 bits, 1023 for 10, 1 for values in 0…1.")
        }
        self.peak = Float(peak)
    }

    /// Leaves numbers as they are, whatever they are.
    static let none = PeakScale(unchecked: .infinity)

    private init(unchecked peak: Float) { self.peak = peak }

    /// Divides numbers by the peak.
    ///
    /// - Parameter place: the file and the array or place in it.
    /// - Throws: ``DatasetError/Code/notFinite``, and ``DatasetError/Code/peak`` where a value is beyond 1.5 times the peak.
    func apply(to values: inout [Float], place: @autoclosure () -> String) throws(DatasetError) {
        var largest: Float = 0
        // 0 for finite numbers, NaN for all others.
        var residue: Float = 0
        let divisor = peak.isInfinite ? 1 : peak
        values.withUnsafeMutableBufferPointer { values in
            for index in values.indices {
                let value = values[index]
                residue += value - value
                largest = value > largest ? value : largest
                values[index] = value / divisor
            }
        }
        guard residue == 0 else {
            throw DatasetError(
                .notFinite, place(), "it holds NaN or infinite values.",
                remedy: "Take the sample out, or mend the file.")
        }
        guard largest <= Self.mostOvershoot * peak else {
            throw DatasetError(
                .peak, place(), "it holds the value \(largest), and the peak is \(peak).",
                remedy: "Give the peak of the data: 2047 for 11 bits, 1023 for 10, 65535 for 16, 1 for values in 0…1.")
        }
    }
}
