// Element-wise arithmetic, comparison and products.
#include "internal.h"

using namespace fk;

#define UNARY(name, function)                                                       \
    fk_tensor fk_##name(fk_tensor x) {                                              \
        return tensor_op(#name, {x}, [&] { return at::function(get(x)); });         \
    }
#define BINARY(name, function)                                                      \
    fk_tensor fk_##name(fk_tensor a, fk_tensor b) {                                 \
        return tensor_op(#name, {a, b}, [&] { return at::function(get(a), get(b)); }); \
    }
#define WITH_SCALAR(name, function)                                                 \
    fk_tensor fk_##name##_scalar(fk_tensor a, fk_scalar b) {                        \
        return tensor_op(#name, {a}, [&] { return at::function(get(a), scalar(b)); }); \
    }

BINARY(add, add)
BINARY(subtract, sub)
BINARY(multiply, mul)
BINARY(divide, div)
BINARY(floor_divide, floor_divide)
BINARY(remainder, remainder)
BINARY(power, pow)
BINARY(atan2, atan2)
BINARY(maximum, maximum)
BINARY(minimum, minimum)
BINARY(equal, eq)
BINARY(not_equal, ne)
BINARY(less, lt)
BINARY(less_equal, le)
BINARY(greater, gt)
BINARY(greater_equal, ge)
BINARY(logical_and, logical_and)
BINARY(logical_or, logical_or)
BINARY(matmul, matmul)
BINARY(bmm, bmm)
BINARY(outer, outer)

WITH_SCALAR(add, add)
WITH_SCALAR(subtract, sub)
WITH_SCALAR(multiply, mul)
WITH_SCALAR(divide, div)
WITH_SCALAR(remainder, remainder)
WITH_SCALAR(power, pow)
WITH_SCALAR(equal, eq)
WITH_SCALAR(not_equal, ne)
WITH_SCALAR(less, lt)
WITH_SCALAR(less_equal, le)
WITH_SCALAR(greater, gt)
WITH_SCALAR(greater_equal, ge)

UNARY(logical_not, logical_not)
UNARY(negative, neg)
UNARY(abs, abs)
UNARY(sign, sign)
UNARY(exp, exp)
UNARY(expm1, expm1)
UNARY(log, log)
UNARY(log1p, log1p)
UNARY(log2, log2)
UNARY(log10, log10)
UNARY(sqrt, sqrt)
UNARY(rsqrt, rsqrt)
UNARY(reciprocal, reciprocal)
UNARY(square, square)
UNARY(sin, sin)
UNARY(cos, cos)
UNARY(tan, tan)
UNARY(asin, asin)
UNARY(acos, acos)
UNARY(atan, atan)
UNARY(sinh, sinh)
UNARY(cosh, cosh)
UNARY(tanh, tanh)
UNARY(erf, erf)
UNARY(floor, floor)
UNARY(ceil, ceil)
UNARY(round, round)
UNARY(trunc, trunc)
UNARY(isnan, isnan)
UNARY(isfinite, isfinite)

fk_tensor fk_subtract_from_scalar(fk_tensor a, fk_scalar b) {
    return tensor_op("subtract", {a}, [&] { return at::rsub(get(a), scalar(b)); });
}

fk_tensor fk_divide_from_scalar(fk_tensor a, fk_scalar b) {
    return tensor_op("divide", {a}, [&] { return at::mul(at::reciprocal(get(a)), scalar(b)); });
}

bool fk_add_in_place(fk_tensor a, fk_tensor b) {
    return bool_op("add", {a, b}, [&] { get(a).add_(get(b)); });
}

bool fk_multiply_in_place(fk_tensor a, fk_tensor b) {
    return bool_op("multiply", {a, b}, [&] { get(a).mul_(get(b)); });
}

fk_tensor fk_where(fk_tensor condition, fk_tensor a, fk_tensor b) {
    return tensor_op("where", {condition, a, b}, [&] { return at::where(get(condition), get(a), get(b)); });
}

bool fk_all_equal(fk_tensor a, fk_tensor b, bool *result) {
    return bool_op("equal", {a, b}, [&] {
        *result = get(a).sizes() == get(b).sizes() && at::equal(get(a), get(b));
    });
}

fk_tensor fk_clamp(fk_tensor x, const fk_scalar *low, const fk_scalar *high) {
    return tensor_op("clamp", {x}, [&] {
        std::optional<at::Scalar> lower, upper;
        if (low != nullptr) lower = scalar(*low);
        if (high != nullptr) upper = scalar(*high);
        return at::clamp(get(x), lower, upper);
    });
}

fk_tensor fk_nan_to_num(fk_tensor x, double nan, double positive_infinity, double negative_infinity) {
    return tensor_op("nan_to_num", {x}, [&] {
        return at::nan_to_num(get(x), nan, positive_infinity, negative_infinity);
    });
}

fk_tensor fk_lerp(fk_tensor a, fk_tensor b, double weight) {
    return tensor_op("lerp", {a, b}, [&] { return at::lerp(get(a), get(b), weight); });
}

fk_tensor fk_einsum(const char *equation, const fk_tensor *tensors, int32_t count) {
    return tensor_op(equation, {}, [&] { return at::einsum(equation, list(tensors, count)); });
}
