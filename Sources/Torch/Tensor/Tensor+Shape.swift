import CTorch

extension Tensor {
    /// The same elements in another shape; one size may be -1. A view where the layout allows.
    public func reshaped(_ shape: [Int]) -> Tensor {
        Tensor(taking: fk_reshape(pointer, shape.int64s, Int32(shape.count)))
    }

    /// The same elements in another shape; one size may be -1. A view where the layout allows.
    public func reshaped(_ shape: Int...) -> Tensor { reshaped(shape) }

    /// The axes in another order, a view.
    public func permuted(_ axes: Int...) -> Tensor {
        Tensor(taking: fk_permute(pointer, axes.int64s, Int32(axes.count)))
    }

    /// Two axes exchanged, a view.
    public func transposed(_ a: Int, _ b: Int) -> Tensor { Tensor(taking: fk_transpose(pointer, Int64(a), Int64(b))) }

    /// Several neighbouring axes as one.
    public func flattened(from first: Int = 0, to last: Int = -1) -> Tensor {
        Tensor(taking: fk_flatten(pointer, Int64(first), Int64(last)))
    }

    /// One axis as several.
    public func unflattened(axis: Int, sizes: [Int]) -> Tensor {
        Tensor(taking: fk_unflatten(pointer, Int64(axis), sizes.int64s, Int32(sizes.count)))
    }

    /// Without an axis of size 1.
    public func squeezed(_ axis: Int) -> Tensor { Tensor(taking: fk_squeeze(pointer, Int64(axis))) }

    /// With a new axis of size 1.
    public func unsqueezed(_ axis: Int) -> Tensor { Tensor(taking: fk_unsqueeze(pointer, Int64(axis))) }

    /// Axes of size 1 repeated without a copy, a view; -1 keeps a size.
    public func expanded(_ shape: [Int]) -> Tensor {
        Tensor(taking: fk_expand(pointer, shape.int64s, Int32(shape.count)))
    }

    /// The whole tensor repeated along each axis, a copy.
    public func repeated(_ counts: [Int]) -> Tensor {
        Tensor(taking: fk_repeat(pointer, counts.int64s, Int32(counts.count)))
    }

    /// Each slice of an axis repeated in place: a a b b …
    public func repeatInterleaved(_ count: Int, axis: Int) -> Tensor {
        Tensor(taking: fk_repeat_interleave(pointer, Int64(count), Int64(axis)))
    }

    /// The axes in reverse, a copy.
    public func flipped(_ axes: Int...) -> Tensor { Tensor(taking: fk_flip(pointer, axes.int64s, Int32(axes.count))) }

    /// Elements moved along axes; those that leave at one end enter at the other.
    public func rolled(_ shifts: [Int], axes: [Int]) -> Tensor {
        precondition(shifts.count == axes.count, "\(shifts.count) shifts for \(axes.count) axes")
        return Tensor(taking: fk_roll(pointer, shifts.int64s, axes.int64s, Int32(axes.count)))
    }

    /// Turned by right angles from one axis towards another.
    public func rotated90(_ turns: Int, from first: Int, to second: Int) -> Tensor {
        Tensor(taking: fk_rotate90(pointer, Int64(turns), Int64(first), Int64(second)))
    }

    /// The elements of a diagonal of two axes, as a last axis.
    public func diagonal(offset: Int = 0, axes: (Int, Int) = (0, 1)) -> Tensor {
        Tensor(taking: fk_diagonal(pointer, Int64(offset), Int64(axes.0), Int64(axes.1)))
    }

    /// Zeros below a diagonal of the last two axes.
    public func upperTriangle(diagonal: Int = 0) -> Tensor {
        Tensor(taking: fk_triangle(pointer, Int64(diagonal), true))
    }

    /// Zeros above a diagonal of the last two axes.
    public func lowerTriangle(diagonal: Int = 0) -> Tensor {
        Tensor(taking: fk_triangle(pointer, Int64(diagonal), false))
    }

    /// Tensors one after the other along an existing axis.
    public static func concatenated(_ tensors: [Tensor], axis: Int) -> Tensor {
        let pointers = tensors.map { Optional($0.pointer) }
        return withExtendedLifetime(tensors) {
            Tensor(taking: fk_concatenate(pointers, Int32(pointers.count), Int64(axis)))
        }
    }

    /// Tensors of one shape along a new axis.
    public static func stacked(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
        let pointers = tensors.map { Optional($0.pointer) }
        return withExtendedLifetime(tensors) { Tensor(taking: fk_stack(pointers, Int32(pointers.count), Int64(axis))) }
    }

    /// Parts of given sizes along an axis, views.
    public func split(sizes: [Int], axis: Int) -> [Tensor] {
        var start = 0
        return sizes.map { size in
            defer { start += size }
            return narrowed(axis: axis, start: start, length: size)
        }
    }

    /// `count` parts of equal size along an axis, the last one smaller where it does not divide; views.
    public func chunked(_ count: Int, axis: Int) -> [Tensor] {
        precondition(count > 0, "\(count) chunks")
        let length = size(axis)
        let part = Swift.max(1, (length + count - 1) / count)
        return stride(from: 0, to: Swift.max(1, length), by: part).map { start in
            narrowed(axis: axis, start: start, length: Swift.min(part, length - start))
        }
    }

    /// Row and column numbers of a grid, each (rows, columns).
    public static func grid(rows: Tensor, columns: Tensor) -> (rows: Tensor, columns: Tensor) {
        let grids = rows.pair { fk_meshgrid(rows.pointer, columns.pointer, $0, $1) }
        return (grids.values, grids.indices)
    }
}
