// Links the C mathematics library, whose exactly rounded square root and rounding the compiler calls.
import Foundation

/// Exponential and logarithm from additions and multiplications alone.
///
/// The last bit of the system's functions differs from one C library to the next; these give the same bits everywhere,
/// so that a scene does too. Relative error about 1e-14 for arguments between −60 and 5.
enum PortableMath {
    static func exponential(_ argument: Double) -> Double {
        let reduced = argument / 64
        var term = 1.0
        var sum = 1.0
        for order in 1...18 {
            term *= reduced / Double(order)
            sum += term
        }
        for _ in 0..<6 { sum *= sum }
        return sum
    }

    /// The natural logarithm of a number between 1e-6 and 1, by Halley's iteration on the exponential.
    static func logarithm(_ number: Double) -> Double {
        var result = -1.0
        for _ in 0..<24 {
            let power = exponential(result)
            result += 2 * (number - power) / (number + power)
        }
        return result
    }
}
