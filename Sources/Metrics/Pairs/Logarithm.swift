/// Natural logarithms of the magnitudes of four numbers, to the last digit or the one before; a large negative number of 0
/// and of numbers below the normal ones, so that x·log|x| is 0 there.
///
/// |x| = 2^k·(1 + f) with 1 + f between √½ and √2, log(1 + f) = f − f²/2 + s·(f²/2 + R(s²)) with s = f/(2 + f): the method and
/// the polynomial of FreeBSD's `e_log.c` (Sun Microsystems, 1993). The C library's function takes one number at a time.
@inline(__always)
func logarithmOfMagnitude(_ x: SIMD4<Double>) -> SIMD4<Double> {
    let bits = unsafeBitCast(x, to: SIMD4<UInt64>.self) & 0x7FFF_FFFF_FFFF_FFFF
    // The exponent counts from √½ on; 1023 more keep it positive.
    let above = bits &- 0x3FE6_A09E_667F_3BCD
    let shifted = (above &+ (1023 << 52)) &>> 52
    let fraction = unsafeBitCast(bits &- (above & 0xFFF0_0000_0000_0000), to: SIMD4<Double>.self)
    // A whole number below 2⁵² in the low bits of 2⁵² is that number more.
    let k = unsafeBitCast(shifted | 0x4330_0000_0000_0000, to: SIMD4<Double>.self) - (0x1p52 + 1023)
    let f = fraction - 1
    let s = f / (f + 2)
    let z = s * s
    let w = z * z
    let even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    let odd =
        z
        * (6.666666666666735130e-01 + w
            * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)))
    let half = 0.5 * f * f
    let (high, low) = (6.93147180369123816490e-01, 1.90821492927058770002e-10)
    return k * high - ((half - (s * (half + (even + odd)) + k * low)) - f)
}
