// What the files of this target share: handles, the error of the thread, and the one wrapper that catches everything.
#pragma once

#if !__has_include(<ATen/ATen.h>)
#error "libtorch is missing: run 'make setup' first"
#endif
#include <ATen/ATen.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "CTorch.h"

struct fk_tensor_s {
    at::Tensor tensor;
};

struct fk_generator_s {
    at::Generator generator;
};

namespace fk {

/// Keeps `operation(shapes…): cause` as this thread's error, unless one is kept already.
void record(const char *operation, const fk_tensor *operands, size_t count, const char *cause);

inline fk_tensor wrap(at::Tensor tensor) { return new fk_tensor_s{std::move(tensor)}; }

inline at::Tensor &get(fk_tensor handle) {
    TORCH_CHECK(handle != nullptr, "an operand is missing");
    return handle->tensor;
}

/// An operand that may be missing.
inline std::optional<at::Tensor> optional(fk_tensor handle) {
    if (handle == nullptr) return std::nullopt;
    return handle->tensor;
}

inline std::vector<at::Tensor> list(const fk_tensor *handles, int32_t count) {
    std::vector<at::Tensor> tensors;
    tensors.reserve(count);
    for (int32_t i = 0; i < count; i++) tensors.push_back(get(handles[i]));
    return tensors;
}

inline at::IntArrayRef ints(const int64_t *values, int32_t count) {
    return at::IntArrayRef(values, static_cast<size_t>(count));
}

/// No axes stand for all of them.
inline at::OptionalIntArrayRef axes_or_all(const int64_t *axes, int32_t count) {
    if (count == 0) return std::nullopt;
    return ints(axes, count);
}

inline at::Scalar scalar(fk_scalar value) {
    return value.is_integer ? at::Scalar(value.integer) : at::Scalar(value.real);
}

at::ScalarType scalar_type(fk_dtype dtype);
fk_dtype dtype_of(at::ScalarType type);
at::Device device_of(fk_device device);

/// Runs `body`; any exception becomes the thread's error, and `failure` the result.
template <class Result, class Body>
Result guard(const char *operation, std::initializer_list<fk_tensor> operands, Result failure, Body body) {
    try {
        return body();
    } catch (const c10::Error &error) {
        record(operation, operands.begin(), operands.size(), error.what_without_backtrace());
    } catch (const std::exception &error) {
        record(operation, operands.begin(), operands.size(), error.what());
    } catch (...) {
        record(operation, operands.begin(), operands.size(), "unknown failure");
    }
    return failure;
}

/// An operation whose result is one tensor.
template <class Body>
fk_tensor tensor_op(const char *operation, std::initializer_list<fk_tensor> operands, Body body) {
    return guard<fk_tensor>(operation, operands, nullptr, [&] { return wrap(body()); });
}

/// An operation that succeeds or fails.
template <class Body>
bool bool_op(const char *operation, std::initializer_list<fk_tensor> operands, Body body) {
    return guard<bool>(operation, operands, false, [&] {
        body();
        return true;
    });
}

}  // namespace fk
