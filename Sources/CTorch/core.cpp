// Errors, threads, handles, creation and inspection.
#include <ATen/Parallel.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/Stream.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/csrc/autograd/variable.h>

#include <dlfcn.h>
#if defined(__linux__)
#include <malloc.h>
#endif

#include <algorithm>
#include <atomic>
#include <climits>
#include <cstring>
#include <memory>
#include <sstream>

#include <torch/headeronly/version.h>

#include "internal.h"

namespace fk {

static thread_local std::string thread_error;
static thread_local bool has_error = false;

void record(const char *operation, const fk_tensor *operands, size_t count, const char *cause) {
    if (has_error) return;
    std::ostringstream text;
    text << operation;
    if (count > 0) {
        text << "(";
        for (size_t i = 0; i < count; i++) {
            if (i > 0) text << ", ";
            if (operands[i] == nullptr || !operands[i]->tensor.defined()) {
                text << "none";
            } else {
                text << c10::toString(operands[i]->tensor.scalar_type()) << operands[i]->tensor.sizes();
            }
        }
        text << ")";
    }
    text << ": " << cause;
    thread_error = text.str();
    has_error = true;
}

at::ScalarType scalar_type(fk_dtype dtype) {
    switch (dtype) {
    case FK_F64: return at::kDouble;
    case FK_F32: return at::kFloat;
    case FK_F16: return at::kHalf;
    case FK_BF16: return at::kBFloat16;
    case FK_I64: return at::kLong;
    case FK_I32: return at::kInt;
    case FK_U8: return at::kByte;
    case FK_BOOL: return at::kBool;
    case FK_C64: return at::kComplexFloat;
    case FK_C128: return at::kComplexDouble;
    case FK_OTHER_DTYPE: break;
    }
    TORCH_CHECK(false, "no such element type");
}

fk_dtype dtype_of(at::ScalarType type) {
    switch (type) {
    case at::kDouble: return FK_F64;
    case at::kFloat: return FK_F32;
    case at::kHalf: return FK_F16;
    case at::kBFloat16: return FK_BF16;
    case at::kLong: return FK_I64;
    case at::kInt: return FK_I32;
    case at::kByte: return FK_U8;
    case at::kBool: return FK_BOOL;
    case at::kComplexFloat: return FK_C64;
    case at::kComplexDouble: return FK_C128;
    default: return FK_OTHER_DTYPE;
    }
}

at::Device device_of(fk_device device) {
    if (device.kind == 0) return at::Device(at::kCPU);
    TORCH_CHECK(device.kind == 1, "no such kind of device");
    TORCH_CHECK(at::hasCUDA(), "this libtorch or this machine has no CUDA device");
    return at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(device.index));
}

}  // namespace fk

using namespace fk;

static char *copy_string(const std::string &text) {
    char *copy = static_cast<char *>(malloc(text.size() + 1));
    if (copy != nullptr) memcpy(copy, text.c_str(), text.size() + 1);
    return copy;
}

char *fk_take_error(void) {
    if (!has_error) return nullptr;
    has_error = false;
    return copy_string(thread_error);
}

void fk_string_free(char *text) { free(text); }

void fk_raise(const char *message) { record("operation", nullptr, 0, message); }

const char *fk_torch_version(void) { return TORCH_VERSION; }

bool fk_has_cuda(void) {
    return guard<bool>("has_cuda", {}, false, [] { return at::hasCUDA(); });
}

bool fk_keep_freed_memory(void) {
#if defined(__GLIBC__)
    return mallopt(M_MMAP_THRESHOLD, INT_MAX) == 1 && mallopt(M_TRIM_THRESHOLD, INT_MAX) == 1;
#else
    return false;
#endif
}

bool fk_cuda_stream(int32_t device, void **stream) {
    return bool_op("cuda_stream", {}, [&] {
        // By way of the interface that all kinds of devices share, which needs no CUDA to be compiled.
        const at::Device place = device_of(fk_device{1, device});
        *stream = c10::impl::getDeviceGuardImpl(c10::DeviceType::CUDA)->getStream(place).native_handle();
    });
}

int32_t fk_thread_count(void) { return at::get_num_threads(); }

void fk_set_thread_count(int32_t count) {
    bool_op("set_thread_count", {}, [&] { at::set_num_threads(count); });
}

namespace {

/// The call that a compiler with OpenMP makes of a parallel region. at::parallel_for is a template with such a region
/// inside and does nothing in parallel where the compiler knows no OpenMP, so its runtime, which libtorch has loaded, is
/// asked for by name.
using ParallelRegion = void (*)(void (*body)(void *), void *data, unsigned threads, unsigned flags);

ParallelRegion parallel_region() {
    static const auto region = reinterpret_cast<ParallelRegion>(dlsym(RTLD_DEFAULT, "GOMP_parallel"));
    return region;
}

struct ParallelLoop {
    int64_t count, parts;
    void (*body)(void *, int64_t, int64_t);
    void *context;
    std::atomic<int64_t> next{0};

    /// Each thread takes part after part, so that nothing is left where the runtime grants fewer threads.
    static void work(void *data) {
        auto &loop = *static_cast<ParallelLoop *>(data);
        for (int64_t part; (part = loop.next++) < loop.parts;)
            loop.body(loop.context, loop.count * part / loop.parts, loop.count * (part + 1) / loop.parts);
    }
};

}  // namespace

void fk_parallel_for(
    void *, int64_t count, void (*body)(void *body_context, int64_t begin, int64_t end), void *body_context) {
    at::internal::lazy_init_num_threads();
    const int64_t threads = std::min<int64_t>(count, at::get_num_threads());
    if (threads < 2 || at::in_parallel_region() || !parallel_region()) {
        if (count > 0) body(body_context, 0, count);
        return;
    }
    ParallelLoop loop{count, threads, body, body_context};
    parallel_region()(ParallelLoop::work, &loop, unsigned(threads), 0);
}

void fk_tensor_free(fk_tensor tensor) { delete tensor; }

fk_tensor fk_tensor_retain(fk_tensor tensor) {
    return tensor_op("retain", {tensor}, [&] { return get(tensor); });
}

fk_tensor fk_empty(const int64_t *shape, int32_t rank, fk_dtype dtype, fk_device device) {
    return tensor_op("empty", {}, [&] {
        return at::empty(ints(shape, rank), at::TensorOptions().dtype(scalar_type(dtype)).device(device_of(device)));
    });
}

fk_tensor fk_full(const int64_t *shape, int32_t rank, fk_scalar value, fk_dtype dtype, fk_device device) {
    return tensor_op("full", {}, [&] {
        auto options = at::TensorOptions().dtype(scalar_type(dtype)).device(device_of(device));
        return at::full(ints(shape, rank), scalar(value), options);
    });
}

fk_tensor fk_from_data(const void *data, const int64_t *shape, int32_t rank, fk_dtype dtype) {
    return tensor_op("from_data", {}, [&] {
        at::Tensor result = at::empty(ints(shape, rank), scalar_type(dtype));
        if (result.nbytes() > 0) memcpy(result.data_ptr(), data, result.nbytes());
        return result;
    });
}

fk_tensor fk_from_memory(
    void *data, const int64_t *shape, const int64_t *strides, int32_t rank, fk_dtype dtype,
    void (*release)(void *context), void *context) {
    return tensor_op("from_memory", {}, [&] {
        // The owner is released with the last copy of the deleter, also when no tensor is made.
        std::shared_ptr<void> owner(context, release);
        auto deleter = [owner](void *) {};
        return at::from_blob(data, ints(shape, rank), ints(strides, rank), deleter, scalar_type(dtype));
    });
}

fk_tensor fk_arange(fk_scalar start, fk_scalar end, fk_scalar step, fk_dtype dtype, fk_device device) {
    return tensor_op("arange", {}, [&] {
        auto options = at::TensorOptions().dtype(scalar_type(dtype)).device(device_of(device));
        return at::arange(scalar(start), scalar(end), scalar(step), options);
    });
}

fk_tensor fk_linspace(double start, double end, int64_t count, fk_dtype dtype, fk_device device) {
    return tensor_op("linspace", {}, [&] {
        auto options = at::TensorOptions().dtype(scalar_type(dtype)).device(device_of(device));
        return at::linspace(start, end, count, options);
    });
}

fk_tensor fk_eye(int64_t rows, int64_t columns, fk_dtype dtype, fk_device device) {
    return tensor_op("eye", {}, [&] {
        return at::eye(rows, columns, at::TensorOptions().dtype(scalar_type(dtype)).device(device_of(device)));
    });
}

int32_t fk_rank(fk_tensor tensor) { return static_cast<int32_t>(tensor->tensor.dim()); }

void fk_shape(fk_tensor tensor, int64_t *shape) {
    auto sizes = tensor->tensor.sizes();
    std::copy(sizes.begin(), sizes.end(), shape);
}

bool fk_strides(fk_tensor tensor, int64_t *strides) {
    return bool_op("strides", {tensor}, [&] {
        auto values = tensor->tensor.strides();
        std::copy(values.begin(), values.end(), strides);
    });
}

int64_t fk_count(fk_tensor tensor) { return tensor->tensor.numel(); }

fk_dtype fk_tensor_dtype(fk_tensor tensor) { return dtype_of(tensor->tensor.scalar_type()); }

fk_device fk_tensor_device(fk_tensor tensor) {
    at::Device device = tensor->tensor.device();
    int32_t kind = device.is_cpu() ? 0 : device.is_cuda() ? 1 : -1;
    return fk_device{kind, device.is_cpu() ? 0 : device.index()};
}

bool fk_is_contiguous(fk_tensor tensor, bool channels_last) {
    return guard<bool>("is_contiguous", {tensor}, false, [&] {
        return get(tensor).is_contiguous(channels_last ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous);
    });
}

void *fk_data(fk_tensor tensor) {
    return guard<void *>("data", {tensor}, nullptr, [&] { return get(tensor).data_ptr(); });
}

bool fk_shares_storage(fk_tensor a, fk_tensor b) {
    return guard<bool>("shares_storage", {a, b}, false, [&] { return get(a).is_alias_of(get(b)); });
}

fk_tensor fk_to_dtype(fk_tensor tensor, fk_dtype dtype) {
    return tensor_op("to", {tensor}, [&] { return get(tensor).to(scalar_type(dtype)); });
}

fk_tensor fk_to_device(fk_tensor tensor, fk_device device) {
    return tensor_op("to", {tensor}, [&] { return get(tensor).to(device_of(device)); });
}

fk_tensor fk_contiguous(fk_tensor tensor, bool channels_last) {
    return tensor_op("contiguous", {tensor}, [&] {
        return get(tensor).contiguous(channels_last ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous);
    });
}

fk_tensor fk_clone(fk_tensor tensor) {
    return tensor_op("clone", {tensor}, [&] { return get(tensor).clone(); });
}

bool fk_copy_from(fk_tensor tensor, fk_tensor source) {
    return bool_op("copy", {tensor, source}, [&] { get(tensor).copy_(get(source)); });
}

bool fk_fill(fk_tensor tensor, fk_scalar value) {
    return bool_op("fill", {tensor}, [&] { get(tensor).fill_(scalar(value)); });
}

int64_t fk_version(fk_tensor tensor) {
    const at::Tensor &value = tensor->tensor;
    return value.is_inference() ? -1 : static_cast<int64_t>(value._version());
}

bool fk_set_data(fk_tensor tensor, fk_tensor source) {
    return bool_op("set_data", {tensor, source}, [&] {
        at::Tensor &target = get(tensor);
        target.set_data(get(source));
        // libtorch leaves the count as it was, although every element may be another one now.
        if (!target.is_inference()) target.unsafeGetTensorImpl()->bump_version();
    });
}

bool fk_item(fk_tensor tensor, double *value) {
    return bool_op("item", {tensor}, [&] { *value = get(tensor).item().toDouble(); });
}

bool fk_item_integer(fk_tensor tensor, int64_t *value) {
    return bool_op("item", {tensor}, [&] { *value = get(tensor).item().toLong(); });
}

char *fk_describe(fk_tensor tensor) {
    return guard<char *>("describe", {tensor}, nullptr, [&] {
        std::ostringstream text;
        text << get(tensor);
        return copy_string(text.str());
    });
}
