// Indexing, views, joining, gathering and sorting.
#include <ATen/TensorIndexing.h>

#include "internal.h"

using namespace fk;

static std::vector<at::indexing::TensorIndex> indices_of(const fk_index *indices, int32_t count) {
    using at::indexing::TensorIndex;
    std::vector<TensorIndex> result;
    result.reserve(count);
    for (int32_t i = 0; i < count; i++) {
        const fk_index &index = indices[i];
        switch (index.kind) {
        case FK_INDEX_ALL: result.emplace_back(at::indexing::Slice()); break;
        case FK_INDEX_AT: result.emplace_back(index.start); break;
        case FK_INDEX_SLICE:
            if (index.stop == INT64_MAX) {
                result.emplace_back(at::indexing::Slice(index.start, at::indexing::None, index.step));
            } else {
                result.emplace_back(at::indexing::Slice(index.start, index.stop, index.step));
            }
            break;
        case FK_INDEX_TENSOR: result.emplace_back(get(index.tensor)); break;
        case FK_INDEX_NEW_AXIS: result.emplace_back(at::indexing::None); break;
        case FK_INDEX_ELLIPSIS: result.emplace_back(at::indexing::Ellipsis); break;
        }
    }
    return result;
}

fk_tensor fk_get_index(fk_tensor tensor, const fk_index *indices, int32_t count) {
    return tensor_op("index", {tensor}, [&] { return get(tensor).index(indices_of(indices, count)); });
}

bool fk_put_index(fk_tensor tensor, const fk_index *indices, int32_t count, fk_tensor value) {
    return bool_op("index assignment", {tensor, value}, [&] {
        get(tensor).index_put_(indices_of(indices, count), get(value));
    });
}

fk_tensor fk_narrow(fk_tensor tensor, int64_t axis, int64_t start, int64_t length) {
    return tensor_op("narrow", {tensor}, [&] { return get(tensor).narrow(axis, start, length); });
}

fk_tensor fk_reshape(fk_tensor tensor, const int64_t *shape, int32_t rank) {
    return tensor_op("reshape", {tensor}, [&] { return get(tensor).reshape(ints(shape, rank)); });
}

fk_tensor fk_permute(fk_tensor tensor, const int64_t *axes, int32_t count) {
    return tensor_op("permute", {tensor}, [&] { return get(tensor).permute(ints(axes, count)); });
}

fk_tensor fk_transpose(fk_tensor tensor, int64_t a, int64_t b) {
    return tensor_op("transpose", {tensor}, [&] { return get(tensor).transpose(a, b); });
}

fk_tensor fk_flatten(fk_tensor tensor, int64_t first, int64_t last) {
    return tensor_op("flatten", {tensor}, [&] { return get(tensor).flatten(first, last); });
}

fk_tensor fk_unflatten(fk_tensor tensor, int64_t axis, const int64_t *sizes, int32_t count) {
    return tensor_op("unflatten", {tensor}, [&] { return get(tensor).unflatten(axis, ints(sizes, count)); });
}

fk_tensor fk_squeeze(fk_tensor tensor, int64_t axis) {
    return tensor_op("squeeze", {tensor}, [&] { return get(tensor).squeeze(axis); });
}

fk_tensor fk_unsqueeze(fk_tensor tensor, int64_t axis) {
    return tensor_op("unsqueeze", {tensor}, [&] { return get(tensor).unsqueeze(axis); });
}

fk_tensor fk_expand(fk_tensor tensor, const int64_t *shape, int32_t rank) {
    return tensor_op("expand", {tensor}, [&] { return get(tensor).expand(ints(shape, rank)); });
}

fk_tensor fk_repeat(fk_tensor tensor, const int64_t *counts, int32_t count) {
    return tensor_op("repeat", {tensor}, [&] { return get(tensor).repeat(ints(counts, count)); });
}

fk_tensor fk_repeat_interleave(fk_tensor tensor, int64_t count, int64_t axis) {
    return tensor_op("repeat_interleave", {tensor}, [&] { return get(tensor).repeat_interleave(count, axis); });
}

fk_tensor fk_flip(fk_tensor tensor, const int64_t *axes, int32_t count) {
    return tensor_op("flip", {tensor}, [&] { return get(tensor).flip(ints(axes, count)); });
}

fk_tensor fk_roll(fk_tensor tensor, const int64_t *shifts, const int64_t *axes, int32_t count) {
    return tensor_op("roll", {tensor}, [&] { return get(tensor).roll(ints(shifts, count), ints(axes, count)); });
}

fk_tensor fk_rotate90(fk_tensor tensor, int64_t turns, int64_t axis_from, int64_t axis_to) {
    return tensor_op("rotate90", {tensor}, [&] { return at::rot90(get(tensor), turns, {axis_from, axis_to}); });
}

fk_tensor fk_concatenate(const fk_tensor *tensors, int32_t count, int64_t axis) {
    return tensor_op("concatenate", {count > 0 ? tensors[0] : nullptr, count > 1 ? tensors[1] : nullptr}, [&] {
        return at::cat(list(tensors, count), axis);
    });
}

fk_tensor fk_stack(const fk_tensor *tensors, int32_t count, int64_t axis) {
    return tensor_op("stack", {count > 0 ? tensors[0] : nullptr, count > 1 ? tensors[1] : nullptr}, [&] {
        return at::stack(list(tensors, count), axis);
    });
}

fk_tensor fk_diagonal(fk_tensor tensor, int64_t offset, int64_t axis_a, int64_t axis_b) {
    return tensor_op("diagonal", {tensor}, [&] { return get(tensor).diagonal(offset, axis_a, axis_b); });
}

fk_tensor fk_triangle(fk_tensor tensor, int64_t diagonal, bool upper) {
    return tensor_op("triangle", {tensor}, [&] {
        return upper ? get(tensor).triu(diagonal) : get(tensor).tril(diagonal);
    });
}

fk_tensor fk_gather(fk_tensor tensor, int64_t axis, fk_tensor index) {
    return tensor_op("gather", {tensor, index}, [&] { return get(tensor).gather(axis, get(index)); });
}

fk_tensor fk_scatter(fk_tensor tensor, int64_t axis, fk_tensor index, fk_tensor source) {
    return tensor_op("scatter", {tensor, index, source}, [&] {
        return get(tensor).scatter(axis, get(index), get(source));
    });
}

fk_tensor fk_scatter_add(fk_tensor tensor, int64_t axis, fk_tensor index, fk_tensor source) {
    return tensor_op("scatter_add", {tensor, index, source}, [&] {
        return get(tensor).scatter_add(axis, get(index), get(source));
    });
}

fk_tensor fk_index_select(fk_tensor tensor, int64_t axis, fk_tensor index) {
    return tensor_op("index_select", {tensor, index}, [&] { return get(tensor).index_select(axis, get(index)); });
}

fk_tensor fk_index_add(fk_tensor tensor, int64_t axis, fk_tensor index, fk_tensor source) {
    return tensor_op("index_add", {tensor, index, source}, [&] {
        return get(tensor).index_add(axis, get(index), get(source));
    });
}

fk_tensor fk_masked_fill(fk_tensor tensor, fk_tensor mask, fk_scalar value) {
    return tensor_op("masked_fill", {tensor, mask}, [&] { return get(tensor).masked_fill(get(mask), scalar(value)); });
}

fk_tensor fk_masked_select(fk_tensor tensor, fk_tensor mask) {
    return tensor_op("masked_select", {tensor, mask}, [&] { return get(tensor).masked_select(get(mask)); });
}

fk_tensor fk_nonzero(fk_tensor tensor) {
    return tensor_op("nonzero", {tensor}, [&] { return get(tensor).nonzero(); });
}

bool fk_sort(fk_tensor tensor, int64_t axis, bool descending, fk_tensor *values, fk_tensor *indices) {
    return bool_op("sort", {tensor}, [&] {
        auto [sorted, order] = at::sort(get(tensor), /*stable=*/true, axis, descending);
        *values = wrap(sorted);
        *indices = wrap(order);
    });
}

bool fk_topk(fk_tensor tensor, int64_t count, int64_t axis, bool largest, fk_tensor *values, fk_tensor *indices) {
    return bool_op("topk", {tensor}, [&] {
        auto [top, order] = at::topk(get(tensor), count, axis, largest, /*sorted=*/true);
        *values = wrap(top);
        *indices = wrap(order);
    });
}

bool fk_unique(fk_tensor tensor, fk_tensor *values, fk_tensor *inverse, fk_tensor *counts) {
    return bool_op("unique", {tensor}, [&] {
        auto [distinct, places, occurrences] = at::_unique2(get(tensor), true, true, true);
        *values = wrap(distinct);
        *inverse = wrap(places);
        *counts = wrap(occurrences);
    });
}

fk_tensor fk_one_hot(fk_tensor tensor, int64_t classes) {
    return tensor_op("one_hot", {tensor}, [&] { return at::one_hot(get(tensor), classes); });
}

fk_tensor fk_searchsorted(fk_tensor sorted, fk_tensor values, bool right) {
    return tensor_op("searchsorted", {sorted, values}, [&] {
        return at::searchsorted(get(sorted), get(values), /*out_int32=*/false, right);
    });
}

bool fk_meshgrid(fk_tensor rows, fk_tensor columns, fk_tensor *row_grid, fk_tensor *column_grid) {
    return bool_op("meshgrid", {rows, columns}, [&] {
        auto grids = at::meshgrid({get(rows), get(columns)}, "ij");
        *row_grid = wrap(grids[0]);
        *column_grid = wrap(grids[1]);
    });
}
