import CTorch

extension Tensor {
    /// Sum, element by element with broadcasting.
    public static func + (a: Tensor, b: Tensor) -> Tensor { Tensor(taking: fk_add(a.pointer, b.pointer)) }
    /// Difference, element by element with broadcasting.
    public static func - (a: Tensor, b: Tensor) -> Tensor { Tensor(taking: fk_subtract(a.pointer, b.pointer)) }
    /// Product, element by element with broadcasting.
    public static func * (a: Tensor, b: Tensor) -> Tensor { Tensor(taking: fk_multiply(a.pointer, b.pointer)) }
    /// Quotient, element by element with broadcasting; integers give real numbers.
    public static func / (a: Tensor, b: Tensor) -> Tensor { Tensor(taking: fk_divide(a.pointer, b.pointer)) }

    /// Adds a number to every element.
    public static func + (a: Tensor, b: some TensorScalar) -> Tensor {
        Tensor(taking: fk_add_scalar(a.pointer, b.torchScalar.code))
    }
    /// Subtracts a number from every element.
    public static func - (a: Tensor, b: some TensorScalar) -> Tensor {
        Tensor(taking: fk_subtract_scalar(a.pointer, b.torchScalar.code))
    }
    /// Multiplies every element by a number.
    public static func * (a: Tensor, b: some TensorScalar) -> Tensor {
        Tensor(taking: fk_multiply_scalar(a.pointer, b.torchScalar.code))
    }
    /// Divides every element by a number.
    public static func / (a: Tensor, b: some TensorScalar) -> Tensor {
        Tensor(taking: fk_divide_scalar(a.pointer, b.torchScalar.code))
    }
    /// Adds every element to a number.
    public static func + (a: some TensorScalar, b: Tensor) -> Tensor { b + a }
    /// Subtracts every element from a number.
    public static func - (a: some TensorScalar, b: Tensor) -> Tensor {
        Tensor(taking: fk_subtract_from_scalar(b.pointer, a.torchScalar.code))
    }
    /// Multiplies a number by every element.
    public static func * (a: some TensorScalar, b: Tensor) -> Tensor { b * a }
    /// Divides a number by every element.
    public static func / (a: some TensorScalar, b: Tensor) -> Tensor {
        Tensor(taking: fk_divide_from_scalar(b.pointer, a.torchScalar.code))
    }
    /// The negative of every element.
    public static prefix func - (x: Tensor) -> Tensor { Tensor(taking: fk_negative(x.pointer)) }

    /// A new tensor, the sum.
    public static func += (a: inout Tensor, b: Tensor) { a = a + b }
    /// A new tensor, the difference.
    public static func -= (a: inout Tensor, b: Tensor) { a = a - b }
    /// A new tensor, the product.
    public static func *= (a: inout Tensor, b: Tensor) { a = a * b }
    /// A new tensor, the quotient.
    public static func /= (a: inout Tensor, b: Tensor) { a = a / b }

    /// Adds to the elements in place.
    public func addInPlace(_ other: Tensor) { checked(fk_add_in_place(pointer, other.pointer)) }
    /// Multiplies the elements in place.
    public func multiplyInPlace(_ other: Tensor) { checked(fk_multiply_in_place(pointer, other.pointer)) }

    /// The quotient rounded down.
    public func floorDivided(by other: Tensor) -> Tensor { Tensor(taking: fk_floor_divide(pointer, other.pointer)) }
    /// What is left of a division, with the divisor's sign.
    public func remainder(of divisor: Tensor) -> Tensor { Tensor(taking: fk_remainder(pointer, divisor.pointer)) }
    /// What is left of a division, with the divisor's sign.
    public func remainder(of divisor: some TensorScalar) -> Tensor {
        Tensor(taking: fk_remainder_scalar(pointer, divisor.torchScalar.code))
    }
    /// Every element to a power.
    public func power(_ exponent: Tensor) -> Tensor { Tensor(taking: fk_power(pointer, exponent.pointer)) }
    /// Every element to a power.
    public func power(_ exponent: some TensorScalar) -> Tensor {
        Tensor(taking: fk_power_scalar(pointer, exponent.torchScalar.code))
    }
    /// The angle of (x, y = self), -π to π.
    public func arcTangent(over x: Tensor) -> Tensor { Tensor(taking: fk_atan2(pointer, x.pointer)) }
    /// The larger of two elements.
    public func maximum(_ other: Tensor) -> Tensor { Tensor(taking: fk_maximum(pointer, other.pointer)) }
    /// The smaller of two elements.
    public func minimum(_ other: Tensor) -> Tensor { Tensor(taking: fk_minimum(pointer, other.pointer)) }
    /// a + weight · (b − a).
    public func interpolated(to other: Tensor, weight: Double) -> Tensor {
        Tensor(taking: fk_lerp(pointer, other.pointer, weight))
    }

    /// Elements limited to a range; nil leaves that side open.
    public func clamped(_ low: (some TensorScalar)? = Double?.none, _ high: (some TensorScalar)? = Double?.none)
        -> Tensor
    {
        var lowCode = low?.torchScalar.code ?? fk_scalar()
        var highCode = high?.torchScalar.code ?? fk_scalar()
        return withUnsafePointer(to: &lowCode) { lowPointer in
            withUnsafePointer(to: &highCode) { highPointer in
                Tensor(taking: fk_clamp(pointer, low == nil ? nil : lowPointer, high == nil ? nil : highPointer))
            }
        }
    }

    /// Replacements for what is not a finite number.
    public func replacingNonFinite(
        nan: Double = 0, positiveInfinity: Double = Double(Float.greatestFiniteMagnitude),
        negativeInfinity: Double = -Double(Float.greatestFiniteMagnitude)
    ) -> Tensor {
        Tensor(taking: fk_nan_to_num(pointer, nan, positiveInfinity, negativeInfinity))
    }

    /// Absolute value.
    public func abs() -> Tensor { Tensor(taking: fk_abs(pointer)) }
    /// -1, 0 or 1.
    public func sign() -> Tensor { Tensor(taking: fk_sign(pointer)) }
    /// e to the power of every element.
    public func exp() -> Tensor { Tensor(taking: fk_exp(pointer)) }
    /// exp(x) − 1 without loss of digits near 0.
    public func expMinusOne() -> Tensor { Tensor(taking: fk_expm1(pointer)) }
    /// Natural logarithm.
    public func log() -> Tensor { Tensor(taking: fk_log(pointer)) }
    /// log(1 + x) without loss of digits near 0.
    public func logOnePlus() -> Tensor { Tensor(taking: fk_log1p(pointer)) }
    /// Logarithm of base 2.
    public func log2() -> Tensor { Tensor(taking: fk_log2(pointer)) }
    /// Logarithm of base 10.
    public func log10() -> Tensor { Tensor(taking: fk_log10(pointer)) }
    /// Square root.
    public func squareRoot() -> Tensor { Tensor(taking: fk_sqrt(pointer)) }
    /// 1 / square root.
    public func reciprocalSquareRoot() -> Tensor { Tensor(taking: fk_rsqrt(pointer)) }
    /// 1 / x.
    public func reciprocal() -> Tensor { Tensor(taking: fk_reciprocal(pointer)) }
    /// x · x.
    public func squared() -> Tensor { Tensor(taking: fk_square(pointer)) }
    /// Sine.
    public func sin() -> Tensor { Tensor(taking: fk_sin(pointer)) }
    /// Cosine.
    public func cos() -> Tensor { Tensor(taking: fk_cos(pointer)) }
    /// Tangent.
    public func tan() -> Tensor { Tensor(taking: fk_tan(pointer)) }
    /// Arc sine.
    public func asin() -> Tensor { Tensor(taking: fk_asin(pointer)) }
    /// Arc cosine.
    public func acos() -> Tensor { Tensor(taking: fk_acos(pointer)) }
    /// Arc tangent.
    public func atan() -> Tensor { Tensor(taking: fk_atan(pointer)) }
    /// Hyperbolic sine.
    public func sinh() -> Tensor { Tensor(taking: fk_sinh(pointer)) }
    /// Hyperbolic cosine.
    public func cosh() -> Tensor { Tensor(taking: fk_cosh(pointer)) }
    /// Hyperbolic tangent.
    public func tanh() -> Tensor { Tensor(taking: fk_tanh(pointer)) }
    /// Error function.
    public func erf() -> Tensor { Tensor(taking: fk_erf(pointer)) }
    /// Rounded down.
    public func floor() -> Tensor { Tensor(taking: fk_floor(pointer)) }
    /// Rounded up.
    public func ceil() -> Tensor { Tensor(taking: fk_ceil(pointer)) }
    /// Rounded to the nearest integer, halves to the even one.
    public func rounded() -> Tensor { Tensor(taking: fk_round(pointer)) }
    /// Rounded towards zero.
    public func truncated() -> Tensor { Tensor(taking: fk_trunc(pointer)) }
    /// True where an element is not a number.
    public func isNaN() -> Tensor { Tensor(taking: fk_isnan(pointer)) }
    /// True where an element is finite.
    public func isFinite() -> Tensor { Tensor(taking: fk_isfinite(pointer)) }

    /// Matrix product of the last two axes, broadcasting the others.
    public func matmul(_ other: Tensor) -> Tensor { Tensor(taking: fk_matmul(pointer, other.pointer)) }
    /// Matrix product of each pair of a batch: (B, n, m) · (B, m, p).
    public func batchMatmul(_ other: Tensor) -> Tensor { Tensor(taking: fk_bmm(pointer, other.pointer)) }
    /// Every product of an element of one vector with one of another.
    public func outerProduct(_ other: Tensor) -> Tensor { Tensor(taking: fk_outer(pointer, other.pointer)) }
    /// Einstein's summation, such as "bij,bjk->bik".
    public static func einsum(_ equation: String, _ operands: Tensor...) -> Tensor {
        let pointers = operands.map { Optional($0.pointer) }
        return withExtendedLifetime(operands) { Tensor(taking: fk_einsum(equation, pointers, Int32(pointers.count))) }
    }
}
