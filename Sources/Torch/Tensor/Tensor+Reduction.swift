import CTorch

/// Reductions over some axes, or over all when none are named. `keepingAxes` leaves them with size 1.
extension Tensor {
    /// Sum.
    public func sum(_ axes: Int..., keepingAxes keep: Bool = false) -> Tensor {
        Tensor(taking: fk_sum(pointer, axes.int64s, Int32(axes.count), keep))
    }
    /// Mean.
    public func mean(_ axes: Int..., keepingAxes keep: Bool = false) -> Tensor {
        Tensor(taking: fk_mean(pointer, axes.int64s, Int32(axes.count), keep))
    }
    /// Variance; divided by the count minus `correction`.
    public func variance(_ axes: Int..., correction: Int = 1, keepingAxes keep: Bool = false) -> Tensor {
        Tensor(taking: fk_var(pointer, axes.int64s, Int32(axes.count), Int64(correction), keep))
    }
    /// Square root of the variance.
    public func standardDeviation(_ axes: Int..., correction: Int = 1, keepingAxes keep: Bool = false) -> Tensor {
        Tensor(taking: fk_std(pointer, axes.int64s, Int32(axes.count), Int64(correction), keep))
    }
    /// Largest element.
    public func max(_ axes: Int..., keepingAxes keep: Bool = false) -> Tensor {
        Tensor(taking: fk_amax(pointer, axes.int64s, Int32(axes.count), keep))
    }
    /// Smallest element.
    public func min(_ axes: Int..., keepingAxes keep: Bool = false) -> Tensor {
        Tensor(taking: fk_amin(pointer, axes.int64s, Int32(axes.count), keep))
    }
    /// (Σ |x|^order)^(1/order).
    public func norm(_ axes: Int..., order: Double = 2, keepingAxes keep: Bool = false) -> Tensor {
        Tensor(taking: fk_norm(pointer, order, axes.int64s, Int32(axes.count), keep))
    }
    /// log Σ exp(x) without overflow.
    public func logSumExp(_ axes: Int..., keepingAxes keep: Bool = false) -> Tensor {
        Tensor(taking: fk_logsumexp(pointer, axes.int64s, Int32(axes.count), keep))
    }
    /// Product along an axis.
    public func product(axis: Int, keepingAxes keep: Bool = false) -> Tensor {
        Tensor(taking: fk_prod(pointer, Int64(axis), keep))
    }
    /// Index of the largest element along an axis; of all elements in row-major order when nil.
    public func argmax(axis: Int? = nil, keepingAxes keep: Bool = false) -> Tensor {
        Tensor(taking: axis.map { fk_argmax(pointer, Int64($0), keep) } ?? fk_argmax_all(pointer))
    }
    /// Index of the smallest element along an axis; of all elements in row-major order when nil.
    public func argmin(axis: Int? = nil, keepingAxes keep: Bool = false) -> Tensor {
        Tensor(taking: axis.map { fk_argmin(pointer, Int64($0), keep) } ?? fk_argmin_all(pointer))
    }
    /// Whether any element is true (or not zero).
    public func any() -> Tensor { Tensor(taking: fk_any(pointer)) }
    /// Whether all elements are true (or not zero).
    public func all() -> Tensor { Tensor(taking: fk_all(pointer)) }
    /// Running sum along an axis.
    public func cumulativeSum(axis: Int) -> Tensor { Tensor(taking: fk_cumsum(pointer, Int64(axis))) }
    /// Running product along an axis.
    public func cumulativeProduct(axis: Int) -> Tensor { Tensor(taking: fk_cumprod(pointer, Int64(axis))) }
    /// Quantiles along an axis, linear between neighbours; a first axis for the fractions (0 to 1) where they have one.
    public func quantile(_ fractions: Tensor, axis: Int, keepingAxes keep: Bool = false) -> Tensor {
        Tensor(taking: fk_quantile(pointer, fractions.pointer, Int64(axis), keep))
    }
    /// The middle one of all elements, the lower one where two are in the middle.
    public func median() -> Tensor { Tensor(taking: fk_median(pointer)) }
    /// How often each integer from 0 occurs, or the sum of the weights there.
    public func counts(weights: Tensor? = nil, minimumLength: Int = 0) -> Tensor {
        Tensor(taking: fk_bincount(pointer, weights?.pointer, Int64(minimumLength)))
    }
    /// How many elements fall into each of `bins` equal parts of a range.
    public func histogram(bins: Int, range: ClosedRange<Double>) -> Tensor {
        Tensor(taking: fk_histogram(pointer, Int64(bins), range.lowerBound, range.upperBound))
    }
}
