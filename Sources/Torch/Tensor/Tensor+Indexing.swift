import CTorch

/// One place of a tensor's subscript: an index, a range, a step, a tensor of indices, a mask, `.all`, `.newAxis` or
/// `.ellipsis`.
public struct TensorIndex: ExpressibleByIntegerLiteral, Sendable {
    let kind: fk_index_kind
    var start: Int = 0
    var stop: Int = .max
    var step: Int = 1
    var tensor: Tensor?

    /// One element of the axis, which disappears; negative indices count from the end.
    public init(integerLiteral value: Int) { self = .at(value) }

    init(kind: fk_index_kind) { self.kind = kind }

    /// The whole axis.
    public static let all = TensorIndex(kind: FK_INDEX_ALL)
    /// A new axis of size 1.
    public static let newAxis = TensorIndex(kind: FK_INDEX_NEW_AXIS)
    /// As many whole axes as are not named otherwise.
    public static let ellipsis = TensorIndex(kind: FK_INDEX_ELLIPSIS)

    /// One element of the axis, which disappears; negative indices count from the end.
    public static func at(_ index: Int) -> TensorIndex {
        var result = TensorIndex(kind: FK_INDEX_AT)
        result.start = index
        return result
    }

    /// Every `step`th element from `start` until before `stop`; the end of the axis when nil.
    public static func slice(from start: Int = 0, to stop: Int? = nil, by step: Int = 1) -> TensorIndex {
        var result = TensorIndex(kind: FK_INDEX_SLICE)
        result.start = start
        result.stop = stop ?? .max
        result.step = step
        return result
    }

    /// The elements that an integer tensor lists, or where a mask (bool) is true.
    public static func tensor(_ indices: Tensor) -> TensorIndex {
        var result = TensorIndex(kind: FK_INDEX_TENSOR)
        result.tensor = indices
        return result
    }
}

/// A half-open range of an axis. Anywhere but in a tensor's subscript, `..<` makes a range of integers as ever.
@_disfavoredOverload
public func ..< (start: Int, stop: Int) -> TensorIndex { .slice(from: start, to: stop) }

/// The elements of an axis from `start`.
@_disfavoredOverload
public postfix func ... (start: Int) -> TensorIndex { .slice(from: start) }

extension Tensor {
    /// A part of the tensor: a view for indices and ranges, a copy for tensors of indices and masks. Assigning changes
    /// those elements, with broadcasting.
    public subscript(_ indices: TensorIndex...) -> Tensor {
        get { Tensor(taking: withCodes(indices) { fk_get_index(pointer, $0, Int32($1)) }) }
        nonmutating set { checked(withCodes(indices) { fk_put_index(pointer, $0, Int32($1), newValue.pointer) }) }
    }

    /// The elements where a mask of the tensor's shape is true, on one axis; assigning changes them.
    public subscript(_ mask: Tensor) -> Tensor {
        get { self[.tensor(mask)] }
        nonmutating set { self[.tensor(mask)] = newValue }
    }

    private func withCodes<Result>(_ indices: [TensorIndex], _ body: ([fk_index], Int) -> Result) -> Result {
        let codes = indices.map { index in
            fk_index(
                kind: index.kind, start: Int64(index.start), stop: Int64(index.stop), step: Int64(index.step),
                tensor: index.tensor?.pointer)
        }
        return withExtendedLifetime(indices) { body(codes, codes.count) }
    }

    /// `length` elements of an axis from `start`, a view.
    public func narrowed(axis: Int, start: Int, length: Int) -> Tensor {
        Tensor(taking: fk_narrow(pointer, Int64(axis), Int64(start), Int64(length)))
    }

    /// For each place, the element of `axis` that `index` names there.
    public func gathered(axis: Int, index: Tensor) -> Tensor {
        Tensor(taking: fk_gather(pointer, Int64(axis), index.pointer))
    }

    /// A copy in which the elements that `index` names along `axis` are those of `source`.
    public func scattering(axis: Int, index: Tensor, source: Tensor) -> Tensor {
        Tensor(taking: fk_scatter(pointer, Int64(axis), index.pointer, source.pointer))
    }

    /// A copy in which `source` is added to the elements that `index` names along `axis`.
    public func scatterAdding(axis: Int, index: Tensor, source: Tensor) -> Tensor {
        Tensor(taking: fk_scatter_add(pointer, Int64(axis), index.pointer, source.pointer))
    }

    /// The slices of `axis` that a list of indices names, in its order.
    public func selected(axis: Int, indices: Tensor) -> Tensor {
        Tensor(taking: fk_index_select(pointer, Int64(axis), indices.pointer))
    }

    /// A copy in which the slices of `source` are added to those that `indices` names.
    public func indexAdding(axis: Int, indices: Tensor, source: Tensor) -> Tensor {
        Tensor(taking: fk_index_add(pointer, Int64(axis), indices.pointer, source.pointer))
    }

    /// A copy with `value` where the mask is true.
    public func maskedFilling(_ mask: Tensor, _ value: some TensorScalar) -> Tensor {
        Tensor(taking: fk_masked_fill(pointer, mask.pointer, value.torchScalar.code))
    }

    /// The elements where the mask is true, on one axis.
    public func maskedSelecting(_ mask: Tensor) -> Tensor { Tensor(taking: fk_masked_select(pointer, mask.pointer)) }

    /// Indices (count, rank) of the elements that are not zero.
    public func nonzero() -> Tensor { Tensor(taking: fk_nonzero(pointer)) }

    /// Sorted values along an axis (a stable order) and where each came from.
    public func sorted(axis: Int = -1, descending: Bool = false) -> (values: Tensor, indices: Tensor) {
        pair { fk_sort(pointer, Int64(axis), descending, $0, $1) }
    }

    /// The `count` largest (or smallest) values along an axis, in order, and where each came from.
    public func top(_ count: Int, axis: Int = -1, largest: Bool = true) -> (values: Tensor, indices: Tensor) {
        pair { fk_topk(pointer, Int64(count), Int64(axis), largest, $0, $1) }
    }

    /// Two results of one C function.
    func pair(
        _ body: (UnsafeMutablePointer<fk_tensor?>, UnsafeMutablePointer<fk_tensor?>) -> Bool
    ) -> (values: Tensor, indices: Tensor) {
        var first: fk_tensor?
        var second: fk_tensor?
        guard body(&first, &second) else {
            let failed = Tensor(taking: nil)
            return (failed, failed)
        }
        return (Tensor(taking: first), Tensor(taking: second))
    }

    /// Distinct values in order, the place of each element among them, and how often each occurs.
    public func unique() -> (values: Tensor, inverse: Tensor, counts: Tensor) {
        var values: fk_tensor?
        var inverse: fk_tensor?
        var counts: fk_tensor?
        guard fk_unique(pointer, &values, &inverse, &counts) else {
            let failed = Tensor(taking: nil)
            return (failed, failed, failed)
        }
        return (Tensor(taking: values), Tensor(taking: inverse), Tensor(taking: counts))
    }

    /// A last axis of size `classes` with one 1, where an integer tensor says.
    public func oneHot(classes: Int) -> Tensor { Tensor(taking: fk_one_hot(pointer, Int64(classes))) }

    /// For each value, how many elements of this sorted axis are below it (`right`: below or equal).
    public func searchSorted(_ values: Tensor, right: Bool = false) -> Tensor {
        Tensor(taking: fk_searchsorted(pointer, values.pointer, right))
    }
}
