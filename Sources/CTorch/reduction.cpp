// Reductions, cumulative sums, order statistics and counts.
#include <numeric>

#include "internal.h"

using namespace fk;

fk_tensor fk_sum(fk_tensor x, const int64_t *axes, int32_t count, bool keep) {
    return tensor_op("sum", {x}, [&] { return at::sum(get(x), axes_or_all(axes, count), keep); });
}

fk_tensor fk_mean(fk_tensor x, const int64_t *axes, int32_t count, bool keep) {
    return tensor_op("mean", {x}, [&] { return at::mean(get(x), axes_or_all(axes, count), keep); });
}

fk_tensor fk_var(fk_tensor x, const int64_t *axes, int32_t count, int64_t correction, bool keep) {
    return tensor_op("var", {x}, [&] { return at::var(get(x), axes_or_all(axes, count), correction, keep); });
}

fk_tensor fk_std(fk_tensor x, const int64_t *axes, int32_t count, int64_t correction, bool keep) {
    return tensor_op("std", {x}, [&] { return at::std(get(x), axes_or_all(axes, count), correction, keep); });
}

fk_tensor fk_amax(fk_tensor x, const int64_t *axes, int32_t count, bool keep) {
    return tensor_op("amax", {x}, [&] { return at::amax(get(x), ints(axes, count), keep); });
}

fk_tensor fk_amin(fk_tensor x, const int64_t *axes, int32_t count, bool keep) {
    return tensor_op("amin", {x}, [&] { return at::amin(get(x), ints(axes, count), keep); });
}

fk_tensor fk_norm(fk_tensor x, double order, const int64_t *axes, int32_t count, bool keep) {
    return tensor_op("norm", {x}, [&] {
        return at::linalg_vector_norm(get(x), order, axes_or_all(axes, count), keep);
    });
}

fk_tensor fk_prod(fk_tensor x, int64_t axis, bool keep) {
    return tensor_op("prod", {x}, [&] { return at::prod(get(x), axis, keep); });
}

fk_tensor fk_logsumexp(fk_tensor x, const int64_t *axes, int32_t count, bool keep) {
    return tensor_op("logsumexp", {x}, [&] {
        // Other than its siblings, this one takes no axes for none.
        std::vector<int64_t> all(get(x).dim());
        std::iota(all.begin(), all.end(), 0);
        return at::logsumexp(get(x), count == 0 ? at::IntArrayRef(all) : ints(axes, count), keep);
    });
}

fk_tensor fk_argmax(fk_tensor x, int64_t axis, bool keep) {
    return tensor_op("argmax", {x}, [&] { return at::argmax(get(x), axis, keep); });
}

fk_tensor fk_argmin(fk_tensor x, int64_t axis, bool keep) {
    return tensor_op("argmin", {x}, [&] { return at::argmin(get(x), axis, keep); });
}

fk_tensor fk_argmax_all(fk_tensor x) {
    return tensor_op("argmax", {x}, [&] { return at::argmax(get(x)); });
}

fk_tensor fk_argmin_all(fk_tensor x) {
    return tensor_op("argmin", {x}, [&] { return at::argmin(get(x)); });
}

fk_tensor fk_any(fk_tensor x) {
    return tensor_op("any", {x}, [&] { return at::any(get(x)); });
}

fk_tensor fk_all(fk_tensor x) {
    return tensor_op("all", {x}, [&] { return at::all(get(x)); });
}

fk_tensor fk_cumsum(fk_tensor x, int64_t axis) {
    return tensor_op("cumsum", {x}, [&] { return at::cumsum(get(x), axis); });
}

fk_tensor fk_cumprod(fk_tensor x, int64_t axis) {
    return tensor_op("cumprod", {x}, [&] { return at::cumprod(get(x), axis); });
}

fk_tensor fk_quantile(fk_tensor x, fk_tensor fractions, int64_t axis, bool keep) {
    return tensor_op("quantile", {x, fractions}, [&] { return at::quantile(get(x), get(fractions), axis, keep); });
}

fk_tensor fk_median(fk_tensor x) {
    return tensor_op("median", {x}, [&] { return at::median(get(x)); });
}

fk_tensor fk_bincount(fk_tensor x, fk_tensor weights, int64_t minimum_length) {
    return tensor_op("bincount", {x}, [&] {
        std::optional<at::Tensor> optional_weights;
        if (weights != nullptr) optional_weights = weights->tensor;
        return at::bincount(get(x), optional_weights, minimum_length);
    });
}

fk_tensor fk_histogram(fk_tensor x, int64_t bins, double low, double high) {
    return tensor_op("histogram", {x}, [&] { return at::histc(get(x), bins, low, high); });
}
