import CTorch

infix operator .== : ComparisonPrecedence
infix operator .!= : ComparisonPrecedence
infix operator .< : ComparisonPrecedence
infix operator .<= : ComparisonPrecedence
infix operator .> : ComparisonPrecedence
infix operator .>= : ComparisonPrecedence
infix operator .&& : LogicalConjunctionPrecedence
infix operator .|| : LogicalDisjunctionPrecedence
prefix operator .!

/// Comparisons element by element, with broadcasting; the results are tensors of bool.
extension Tensor {
    /// Equal elements.
    public static func .== (a: Tensor, b: Tensor) -> Tensor { Tensor(taking: fk_equal(a.pointer, b.pointer)) }
    /// Different elements.
    public static func .!= (a: Tensor, b: Tensor) -> Tensor { Tensor(taking: fk_not_equal(a.pointer, b.pointer)) }
    /// Smaller elements.
    public static func .< (a: Tensor, b: Tensor) -> Tensor { Tensor(taking: fk_less(a.pointer, b.pointer)) }
    /// Smaller or equal elements.
    public static func .<= (a: Tensor, b: Tensor) -> Tensor { Tensor(taking: fk_less_equal(a.pointer, b.pointer)) }
    /// Larger elements.
    public static func .> (a: Tensor, b: Tensor) -> Tensor { Tensor(taking: fk_greater(a.pointer, b.pointer)) }
    /// Larger or equal elements.
    public static func .>= (a: Tensor, b: Tensor) -> Tensor { Tensor(taking: fk_greater_equal(a.pointer, b.pointer)) }

    /// Elements equal to a number.
    public static func .== (a: Tensor, b: some TensorScalar) -> Tensor {
        Tensor(taking: fk_equal_scalar(a.pointer, b.torchScalar.code))
    }
    /// Elements different from a number.
    public static func .!= (a: Tensor, b: some TensorScalar) -> Tensor {
        Tensor(taking: fk_not_equal_scalar(a.pointer, b.torchScalar.code))
    }
    /// Elements below a number.
    public static func .< (a: Tensor, b: some TensorScalar) -> Tensor {
        Tensor(taking: fk_less_scalar(a.pointer, b.torchScalar.code))
    }
    /// Elements not above a number.
    public static func .<= (a: Tensor, b: some TensorScalar) -> Tensor {
        Tensor(taking: fk_less_equal_scalar(a.pointer, b.torchScalar.code))
    }
    /// Elements above a number.
    public static func .> (a: Tensor, b: some TensorScalar) -> Tensor {
        Tensor(taking: fk_greater_scalar(a.pointer, b.torchScalar.code))
    }
    /// Elements not below a number.
    public static func .>= (a: Tensor, b: some TensorScalar) -> Tensor {
        Tensor(taking: fk_greater_equal_scalar(a.pointer, b.torchScalar.code))
    }

    /// True where both are.
    public static func .&& (a: Tensor, b: Tensor) -> Tensor { Tensor(taking: fk_logical_and(a.pointer, b.pointer)) }
    /// True where one is.
    public static func .|| (a: Tensor, b: Tensor) -> Tensor { Tensor(taking: fk_logical_or(a.pointer, b.pointer)) }
    /// True where the element is not.
    public static prefix func .! (a: Tensor) -> Tensor { Tensor(taking: fk_logical_not(a.pointer)) }

    /// Elements of `a` where the condition is true, else of `b`.
    public static func select(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
        Tensor(taking: fk_where(condition.pointer, a.pointer, b.pointer))
    }

    /// Whether two tensors have one shape and equal elements.
    public func isEqual(to other: Tensor) -> Bool {
        var result = false
        checked(fk_all_equal(pointer, other.pointer, &result))
        return result
    }
}
