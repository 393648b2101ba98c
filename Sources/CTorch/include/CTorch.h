// A plain C interface over libtorch.
//
// Conventions:
// - A function that returns `fk_tensor` returns a new handle that the caller owns and frees with `fk_tensor_free`;
//   it returns NULL when it failed. Functions that return `bool` return false when they failed.
// - No C++ exception crosses this border. The message of a failure (operation, operand shapes, cause) is kept for the
//   calling thread until `fk_take_error` takes it; the first message stays when several functions fail.
// - Handles passed as arguments are borrowed. Counts follow the pointer that they count.
#ifndef FUSIONKIT_CTORCH_H
#define FUSIONKIT_CTORCH_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fk_tensor_s *fk_tensor;
typedef struct fk_generator_s *fk_generator;

// ---------------------------------------------------------------------------------------------------------------
// Errors and system
// ---------------------------------------------------------------------------------------------------------------

/// The first error of this thread since the last call, or NULL. Free it with `fk_string_free`.
char *fk_take_error(void);
void fk_string_free(char *text);

/// libtorch's version, such as "2.13.0".
const char *fk_torch_version(void);
bool fk_has_cuda(void);
/// Keeps memory that was freed, for what is allocated next; false where the C library can't.
bool fk_keep_freed_memory(void);
/// The stream that operations on a CUDA device are put on now, as the CUDA driver names it (a CUstream).
bool fk_cuda_stream(int32_t device, void **stream);
int32_t fk_thread_count(void);
void fk_set_thread_count(int32_t count);
/// Runs `body` over parts of 0..<count on libtorch's threads. `context` is not used: it lets kernels take this function
/// as their parallel loop.
void fk_parallel_for(
    void *context, int64_t count, void (*body)(void *body_context, int64_t begin, int64_t end), void *body_context);

// ---------------------------------------------------------------------------------------------------------------
// Profiles
// ---------------------------------------------------------------------------------------------------------------

/// From now on, the operations of this thread are measured. Backward passes run on this thread only on the CPU.
bool fk_profile_begin(void);
/// Ends that, and tells what each operation has taken: seconds without those of the operations that it called, calls,
/// multiply-adds.
void fk_profile_end(
    void *context, void (*visit)(void *context, const char *name, double seconds, int64_t calls, double multiply_adds));
/// An operation that is not libtorch's begins; without effect where nothing is measured.
void fk_profile_operation_begin(const char *name);
void fk_profile_operation_end(double multiply_adds);

/// From now on, the results of this thread's operations are looked at, and which of some tensors they took.
bool fk_trace_begin(const fk_tensor *known, int32_t count);
/// Ends that, and tells of the first operation, if any, with a result that is not finite: its name, and the place of the
/// known tensor that it or an operation before it was the last to take; -1 for none.
void fk_trace_end(void *context, void (*visit)(void *context, const char *name, int64_t place));

// ---------------------------------------------------------------------------------------------------------------
// Types, devices, scalars, indices
// ---------------------------------------------------------------------------------------------------------------

typedef enum fk_dtype {
    FK_F64 = 0,
    FK_F32 = 1,
    FK_F16 = 2,
    FK_BF16 = 3,
    FK_I64 = 4,
    FK_I32 = 5,
    FK_U8 = 6,
    FK_BOOL = 7,
    FK_C64 = 8,
    FK_C128 = 9,
    FK_OTHER_DTYPE = -1,
} fk_dtype;

/// `kind` 0 is the CPU, 1 a CUDA device, -1 another kind of device.
typedef struct fk_device {
    int32_t kind;
    int32_t index;
} fk_device;

/// A number that keeps whether it is an integer, since that decides the type of a result.
typedef struct fk_scalar {
    bool is_integer;
    int64_t integer;
    double real;
} fk_scalar;

typedef enum fk_index_kind {
    FK_INDEX_ALL = 0,
    FK_INDEX_AT = 1,
    FK_INDEX_SLICE = 2,
    FK_INDEX_TENSOR = 3,
    FK_INDEX_NEW_AXIS = 4,
    FK_INDEX_ELLIPSIS = 5,
} fk_index_kind;

/// One place of a subscript. A slice runs from `start` to `stop` (INT64_MAX: the end) by `step`.
typedef struct fk_index {
    fk_index_kind kind;
    int64_t start;
    int64_t stop;
    int64_t step;
    fk_tensor tensor;
} fk_index;

// ---------------------------------------------------------------------------------------------------------------
// Handles, creation, inspection
// ---------------------------------------------------------------------------------------------------------------

void fk_tensor_free(fk_tensor tensor);
/// Another handle of the same tensor.
fk_tensor fk_tensor_retain(fk_tensor tensor);

fk_tensor fk_empty(const int64_t *shape, int32_t rank, fk_dtype dtype, fk_device device);
fk_tensor fk_full(const int64_t *shape, int32_t rank, fk_scalar value, fk_dtype dtype, fk_device device);
/// A copy of `shape` elements, dense and in row-major order, of `dtype`.
fk_tensor fk_from_data(const void *data, const int64_t *shape, int32_t rank, fk_dtype dtype);
/// A view of memory that somebody else owns; `release(context)` is called when the last view of it is gone.
fk_tensor fk_from_memory(
    void *data, const int64_t *shape, const int64_t *strides, int32_t rank, fk_dtype dtype,
    void (*release)(void *context), void *context);
fk_tensor fk_arange(fk_scalar start, fk_scalar end, fk_scalar step, fk_dtype dtype, fk_device device);
fk_tensor fk_linspace(double start, double end, int64_t count, fk_dtype dtype, fk_device device);
fk_tensor fk_eye(int64_t rows, int64_t columns, fk_dtype dtype, fk_device device);

int32_t fk_rank(fk_tensor tensor);
/// Writes `fk_rank` sizes.
void fk_shape(fk_tensor tensor, int64_t *shape);
/// Writes `fk_rank` strides.
bool fk_strides(fk_tensor tensor, int64_t *strides);
int64_t fk_count(fk_tensor tensor);
fk_dtype fk_tensor_dtype(fk_tensor tensor);
fk_device fk_tensor_device(fk_tensor tensor);
bool fk_is_contiguous(fk_tensor tensor, bool channels_last);
/// The first element; valid while the tensor lives.
void *fk_data(fk_tensor tensor);
/// Whether two handles are views of the same storage.
bool fk_shares_storage(fk_tensor a, fk_tensor b);

fk_tensor fk_to_dtype(fk_tensor tensor, fk_dtype dtype);
fk_tensor fk_to_device(fk_tensor tensor, fk_device device);
fk_tensor fk_contiguous(fk_tensor tensor, bool channels_last);
fk_tensor fk_clone(fk_tensor tensor);
/// Copies the values of `source` into `tensor`, in place, with broadcasting and conversion.
bool fk_copy_from(fk_tensor tensor, fk_tensor source);
/// Sets every element, in place.
bool fk_fill(fk_tensor tensor, fk_scalar value);
/// How often the elements of a tensor have been changed in place; -1 for one made in inference mode, which does not count.
int64_t fk_version(fk_tensor tensor);
/// Makes `tensor` the same tensor as `source` (shape, type and device too) without changing its identity.
bool fk_set_data(fk_tensor tensor, fk_tensor source);
/// The value of a tensor of one element.
bool fk_item(fk_tensor tensor, double *value);
bool fk_item_integer(fk_tensor tensor, int64_t *value);
/// A printed form, with values; free it with `fk_string_free`.
char *fk_describe(fk_tensor tensor);

// ---------------------------------------------------------------------------------------------------------------
// Indexing and shape
// ---------------------------------------------------------------------------------------------------------------

fk_tensor fk_get_index(fk_tensor tensor, const fk_index *indices, int32_t count);
bool fk_put_index(fk_tensor tensor, const fk_index *indices, int32_t count, fk_tensor value);
fk_tensor fk_narrow(fk_tensor tensor, int64_t axis, int64_t start, int64_t length);
fk_tensor fk_reshape(fk_tensor tensor, const int64_t *shape, int32_t rank);
fk_tensor fk_permute(fk_tensor tensor, const int64_t *axes, int32_t count);
fk_tensor fk_transpose(fk_tensor tensor, int64_t a, int64_t b);
fk_tensor fk_flatten(fk_tensor tensor, int64_t first, int64_t last);
fk_tensor fk_unflatten(fk_tensor tensor, int64_t axis, const int64_t *sizes, int32_t count);
fk_tensor fk_squeeze(fk_tensor tensor, int64_t axis);
fk_tensor fk_unsqueeze(fk_tensor tensor, int64_t axis);
fk_tensor fk_expand(fk_tensor tensor, const int64_t *shape, int32_t rank);
fk_tensor fk_repeat(fk_tensor tensor, const int64_t *counts, int32_t count);
fk_tensor fk_repeat_interleave(fk_tensor tensor, int64_t count, int64_t axis);
fk_tensor fk_flip(fk_tensor tensor, const int64_t *axes, int32_t count);
fk_tensor fk_roll(fk_tensor tensor, const int64_t *shifts, const int64_t *axes, int32_t count);
fk_tensor fk_rotate90(fk_tensor tensor, int64_t turns, int64_t axis_from, int64_t axis_to);
fk_tensor fk_concatenate(const fk_tensor *tensors, int32_t count, int64_t axis);
fk_tensor fk_stack(const fk_tensor *tensors, int32_t count, int64_t axis);
fk_tensor fk_diagonal(fk_tensor tensor, int64_t offset, int64_t axis_a, int64_t axis_b);
fk_tensor fk_triangle(fk_tensor tensor, int64_t diagonal, bool upper);
fk_tensor fk_gather(fk_tensor tensor, int64_t axis, fk_tensor index);
fk_tensor fk_scatter(fk_tensor tensor, int64_t axis, fk_tensor index, fk_tensor source);
fk_tensor fk_scatter_add(fk_tensor tensor, int64_t axis, fk_tensor index, fk_tensor source);
fk_tensor fk_index_select(fk_tensor tensor, int64_t axis, fk_tensor index);
fk_tensor fk_index_add(fk_tensor tensor, int64_t axis, fk_tensor index, fk_tensor source);
fk_tensor fk_masked_fill(fk_tensor tensor, fk_tensor mask, fk_scalar value);
fk_tensor fk_masked_select(fk_tensor tensor, fk_tensor mask);
fk_tensor fk_nonzero(fk_tensor tensor);
/// Values and, for each, the index it came from along `axis`.
bool fk_sort(fk_tensor tensor, int64_t axis, bool descending, fk_tensor *values, fk_tensor *indices);
bool fk_topk(fk_tensor tensor, int64_t count, int64_t axis, bool largest, fk_tensor *values, fk_tensor *indices);
/// Sorted distinct values, the place of each element among them, and how often each occurs.
bool fk_unique(fk_tensor tensor, fk_tensor *values, fk_tensor *inverse, fk_tensor *counts);
fk_tensor fk_one_hot(fk_tensor tensor, int64_t classes);
fk_tensor fk_searchsorted(fk_tensor sorted, fk_tensor values, bool right);
bool fk_meshgrid(fk_tensor rows, fk_tensor columns, fk_tensor *row_grid, fk_tensor *column_grid);

// ---------------------------------------------------------------------------------------------------------------
// Arithmetic and comparison (broadcasting)
// ---------------------------------------------------------------------------------------------------------------

fk_tensor fk_add(fk_tensor a, fk_tensor b);
fk_tensor fk_subtract(fk_tensor a, fk_tensor b);
fk_tensor fk_multiply(fk_tensor a, fk_tensor b);
fk_tensor fk_divide(fk_tensor a, fk_tensor b);
fk_tensor fk_floor_divide(fk_tensor a, fk_tensor b);
fk_tensor fk_remainder(fk_tensor a, fk_tensor b);
fk_tensor fk_power(fk_tensor a, fk_tensor b);
fk_tensor fk_atan2(fk_tensor a, fk_tensor b);
fk_tensor fk_maximum(fk_tensor a, fk_tensor b);
fk_tensor fk_minimum(fk_tensor a, fk_tensor b);
fk_tensor fk_add_scalar(fk_tensor a, fk_scalar b);
fk_tensor fk_subtract_scalar(fk_tensor a, fk_scalar b);
fk_tensor fk_multiply_scalar(fk_tensor a, fk_scalar b);
fk_tensor fk_divide_scalar(fk_tensor a, fk_scalar b);
fk_tensor fk_remainder_scalar(fk_tensor a, fk_scalar b);
fk_tensor fk_power_scalar(fk_tensor a, fk_scalar b);
/// b - a and b / a.
fk_tensor fk_subtract_from_scalar(fk_tensor a, fk_scalar b);
fk_tensor fk_divide_from_scalar(fk_tensor a, fk_scalar b);
/// In place: a += b and a *= b.
bool fk_add_in_place(fk_tensor a, fk_tensor b);
bool fk_multiply_in_place(fk_tensor a, fk_tensor b);

fk_tensor fk_equal(fk_tensor a, fk_tensor b);
fk_tensor fk_not_equal(fk_tensor a, fk_tensor b);
fk_tensor fk_less(fk_tensor a, fk_tensor b);
fk_tensor fk_less_equal(fk_tensor a, fk_tensor b);
fk_tensor fk_greater(fk_tensor a, fk_tensor b);
fk_tensor fk_greater_equal(fk_tensor a, fk_tensor b);
fk_tensor fk_equal_scalar(fk_tensor a, fk_scalar b);
fk_tensor fk_not_equal_scalar(fk_tensor a, fk_scalar b);
fk_tensor fk_less_scalar(fk_tensor a, fk_scalar b);
fk_tensor fk_less_equal_scalar(fk_tensor a, fk_scalar b);
fk_tensor fk_greater_scalar(fk_tensor a, fk_scalar b);
fk_tensor fk_greater_equal_scalar(fk_tensor a, fk_scalar b);
fk_tensor fk_logical_and(fk_tensor a, fk_tensor b);
fk_tensor fk_logical_or(fk_tensor a, fk_tensor b);
fk_tensor fk_logical_not(fk_tensor a);
fk_tensor fk_where(fk_tensor condition, fk_tensor a, fk_tensor b);
/// Same shape and every element equal.
bool fk_all_equal(fk_tensor a, fk_tensor b, bool *result);

fk_tensor fk_negative(fk_tensor x);
fk_tensor fk_abs(fk_tensor x);
fk_tensor fk_sign(fk_tensor x);
fk_tensor fk_exp(fk_tensor x);
fk_tensor fk_expm1(fk_tensor x);
fk_tensor fk_log(fk_tensor x);
fk_tensor fk_log1p(fk_tensor x);
fk_tensor fk_log2(fk_tensor x);
fk_tensor fk_log10(fk_tensor x);
fk_tensor fk_sqrt(fk_tensor x);
fk_tensor fk_rsqrt(fk_tensor x);
fk_tensor fk_reciprocal(fk_tensor x);
fk_tensor fk_square(fk_tensor x);
fk_tensor fk_sin(fk_tensor x);
fk_tensor fk_cos(fk_tensor x);
fk_tensor fk_tan(fk_tensor x);
fk_tensor fk_asin(fk_tensor x);
fk_tensor fk_acos(fk_tensor x);
fk_tensor fk_atan(fk_tensor x);
fk_tensor fk_sinh(fk_tensor x);
fk_tensor fk_cosh(fk_tensor x);
fk_tensor fk_tanh(fk_tensor x);
fk_tensor fk_erf(fk_tensor x);
fk_tensor fk_floor(fk_tensor x);
fk_tensor fk_ceil(fk_tensor x);
fk_tensor fk_round(fk_tensor x);
fk_tensor fk_trunc(fk_tensor x);
fk_tensor fk_isnan(fk_tensor x);
fk_tensor fk_isfinite(fk_tensor x);
/// Either bound may be NULL.
fk_tensor fk_clamp(fk_tensor x, const fk_scalar *low, const fk_scalar *high);
fk_tensor fk_nan_to_num(fk_tensor x, double nan, double positive_infinity, double negative_infinity);
fk_tensor fk_lerp(fk_tensor a, fk_tensor b, double weight);

// ---------------------------------------------------------------------------------------------------------------
// Reductions; no axes means all of them
// ---------------------------------------------------------------------------------------------------------------

fk_tensor fk_sum(fk_tensor x, const int64_t *axes, int32_t count, bool keep);
fk_tensor fk_mean(fk_tensor x, const int64_t *axes, int32_t count, bool keep);
fk_tensor fk_var(fk_tensor x, const int64_t *axes, int32_t count, int64_t correction, bool keep);
fk_tensor fk_std(fk_tensor x, const int64_t *axes, int32_t count, int64_t correction, bool keep);
fk_tensor fk_amax(fk_tensor x, const int64_t *axes, int32_t count, bool keep);
fk_tensor fk_amin(fk_tensor x, const int64_t *axes, int32_t count, bool keep);
fk_tensor fk_norm(fk_tensor x, double order, const int64_t *axes, int32_t count, bool keep);
fk_tensor fk_prod(fk_tensor x, int64_t axis, bool keep);
fk_tensor fk_logsumexp(fk_tensor x, const int64_t *axes, int32_t count, bool keep);
fk_tensor fk_argmax(fk_tensor x, int64_t axis, bool keep);
fk_tensor fk_argmin(fk_tensor x, int64_t axis, bool keep);
/// Over the whole tensor.
fk_tensor fk_argmax_all(fk_tensor x);
fk_tensor fk_argmin_all(fk_tensor x);
fk_tensor fk_any(fk_tensor x);
fk_tensor fk_all(fk_tensor x);
fk_tensor fk_cumsum(fk_tensor x, int64_t axis);
fk_tensor fk_cumprod(fk_tensor x, int64_t axis);
fk_tensor fk_quantile(fk_tensor x, fk_tensor fractions, int64_t axis, bool keep);
fk_tensor fk_median(fk_tensor x);
fk_tensor fk_bincount(fk_tensor x, fk_tensor weights, int64_t minimum_length);
fk_tensor fk_histogram(fk_tensor x, int64_t bins, double low, double high);

// ---------------------------------------------------------------------------------------------------------------
// Products
// ---------------------------------------------------------------------------------------------------------------

fk_tensor fk_matmul(fk_tensor a, fk_tensor b);
fk_tensor fk_bmm(fk_tensor a, fk_tensor b);
fk_tensor fk_einsum(const char *equation, const fk_tensor *tensors, int32_t count);
fk_tensor fk_outer(fk_tensor a, fk_tensor b);

// ---------------------------------------------------------------------------------------------------------------
// Automatic differentiation
// ---------------------------------------------------------------------------------------------------------------

bool fk_requires_grad(fk_tensor tensor);
bool fk_set_requires_grad(fk_tensor tensor, bool value);
bool fk_is_leaf(fk_tensor tensor);
fk_tensor fk_detach(fk_tensor tensor);
/// NULL without an error when there is none yet.
fk_tensor fk_grad(fk_tensor tensor);
/// `grad` may be NULL, which clears it.
bool fk_set_grad(fk_tensor tensor, fk_tensor grad);
/// `gradient` may be NULL for a scalar.
bool fk_backward(fk_tensor tensor, fk_tensor gradient, bool retain_graph, bool create_graph);
/// Gradients of outputs with respect to inputs; an entry of `results` is NULL where the input was not used.
bool fk_gradients(
    const fk_tensor *outputs, const fk_tensor *output_gradients, int32_t output_count, const fk_tensor *inputs,
    int32_t input_count, bool retain_graph, bool create_graph, fk_tensor *results);
bool fk_grad_enabled(void);
void fk_set_grad_enabled(bool enabled);
/// Begins inference mode on this thread, or leaves it for a while when not `enabled`; end either with `fk_inference_end` on
/// the same thread.
void *fk_inference_begin(bool enabled);
void fk_inference_end(void *mode);

/// The backward pass of an operation given by the caller: writes one owned gradient (or NULL) for each input.
/// Returns false when it failed, with the message in `fk_raise`.
typedef bool (*fk_backward_function)(
    void *context, const fk_tensor *gradients, int32_t gradient_count, fk_tensor *results, int32_t result_count);
/// Makes `outputs` (computed without gradients) differentiable functions of `inputs`, in place. `release(context)` is
/// called once, when the graph is freed, or at once where no input needs a gradient.
bool fk_attach_backward(
    const char *name, const fk_tensor *inputs, int32_t input_count, fk_tensor *outputs, int32_t output_count,
    fk_backward_function backward, void (*release)(void *context), void *context);
/// Calls `hook` with the gradient whenever one arrives; the hook may write an owned replacement. It returns false when
/// it failed, with the message in `fk_raise`.
bool fk_register_hook(
    fk_tensor tensor, bool (*hook)(void *context, fk_tensor gradient, fk_tensor *replacement),
    void (*release)(void *context), void *context);
/// Calls `hook` whenever a backward pass has added to the gradient of a leaf, in place of the one that was given before.
/// It returns false when it failed, with the message in `fk_raise`.
bool fk_register_accumulation_hook(
    fk_tensor leaf, bool (*hook)(void *context), void (*release)(void *context), void *context);
/// Records an error of this thread, as a failed operation does.
void fk_raise(const char *message);

// ---------------------------------------------------------------------------------------------------------------
// Networks: convolution, linear maps, normalisation, activations, attention. Weights and biases may be NULL where a
// comment says so. Arrays named after a property of a window hold one value for each of `spatial` axes (1, 2 or 3).
// ---------------------------------------------------------------------------------------------------------------

/// `bias` may be NULL.
fk_tensor fk_convolution(
    fk_tensor x, fk_tensor weight, fk_tensor bias, int32_t spatial, const int64_t *stride, const int64_t *padding,
    const int64_t *dilation, int64_t groups);
/// `bias` may be NULL.
fk_tensor fk_convolution_transposed(
    fk_tensor x, fk_tensor weight, fk_tensor bias, int32_t spatial, const int64_t *stride, const int64_t *padding,
    const int64_t *output_padding, int64_t groups, const int64_t *dilation);
/// x · weightᵀ + bias; `bias` may be NULL.
fk_tensor fk_linear(fk_tensor x, fk_tensor weight, fk_tensor bias);

/// `weight` and `bias` may be NULL in all of these.
fk_tensor fk_layer_norm(
    fk_tensor x, const int64_t *shape, int32_t rank, fk_tensor weight, fk_tensor bias, double epsilon);
fk_tensor fk_rms_norm(fk_tensor x, const int64_t *shape, int32_t rank, fk_tensor weight, double epsilon);
fk_tensor fk_group_norm(fk_tensor x, int64_t groups, fk_tensor weight, fk_tensor bias, double epsilon);
/// The running statistics may be NULL when `training`, which changes them in place.
fk_tensor fk_batch_norm(
    fk_tensor x, fk_tensor weight, fk_tensor bias, fk_tensor running_mean, fk_tensor running_variance, bool training,
    double momentum, double epsilon);
fk_tensor fk_instance_norm(fk_tensor x, fk_tensor weight, fk_tensor bias, double epsilon);

fk_tensor fk_relu(fk_tensor x);
fk_tensor fk_relu6(fk_tensor x);
fk_tensor fk_leaky_relu(fk_tensor x, double slope);
fk_tensor fk_prelu(fk_tensor x, fk_tensor weight);
fk_tensor fk_elu(fk_tensor x, double alpha);
fk_tensor fk_gelu(fk_tensor x, bool approximate);
fk_tensor fk_silu(fk_tensor x);
fk_tensor fk_mish(fk_tensor x);
fk_tensor fk_sigmoid(fk_tensor x);
fk_tensor fk_log_sigmoid(fk_tensor x);
fk_tensor fk_hard_sigmoid(fk_tensor x);
fk_tensor fk_hard_swish(fk_tensor x);
fk_tensor fk_softplus(fk_tensor x, double beta, double threshold);
fk_tensor fk_softmax(fk_tensor x, int64_t axis);
fk_tensor fk_log_softmax(fk_tensor x, int64_t axis);

/// `mask` may be NULL; `scale` NULL stands for 1/√(last size).
fk_tensor fk_attention(
    fk_tensor query, fk_tensor key, fk_tensor value, fk_tensor mask, bool causal, const double *scale);
fk_tensor fk_cosine_similarity(fk_tensor a, fk_tensor b, int64_t axis, double epsilon);
/// Element by element: half the square below `delta`, delta · (|a - b| - delta / 2) above.
fk_tensor fk_huber(fk_tensor a, fk_tensor b, double delta);

// ---------------------------------------------------------------------------------------------------------------
// Sampling: pooling, windows, resizing, padding
// ---------------------------------------------------------------------------------------------------------------

fk_tensor fk_average_pool(
    fk_tensor x, int32_t spatial, const int64_t *kernel, const int64_t *stride, const int64_t *padding,
    bool rounding_up, bool counting_padding);
fk_tensor fk_max_pool(
    fk_tensor x, int32_t spatial, const int64_t *kernel, const int64_t *stride, const int64_t *padding,
    const int64_t *dilation, bool rounding_up);
/// With the place of each maximum in its row-major plane.
bool fk_max_pool_indices(
    fk_tensor x, int32_t spatial, const int64_t *kernel, const int64_t *stride, const int64_t *padding,
    const int64_t *dilation, bool rounding_up, fk_tensor *values, fk_tensor *indices);
fk_tensor fk_adaptive_average_pool(fk_tensor x, int32_t spatial, const int64_t *size);
bool fk_adaptive_max_pool(
    fk_tensor x, int32_t spatial, const int64_t *size, fk_tensor *values, fk_tensor *indices);

/// Windows of two axes as columns, and the sum of columns as an image.
fk_tensor fk_unfold(
    fk_tensor x, const int64_t *kernel, const int64_t *dilation, const int64_t *padding, const int64_t *stride);
fk_tensor fk_fold(
    fk_tensor x, const int64_t *size, const int64_t *kernel, const int64_t *dilation, const int64_t *padding,
    const int64_t *stride);
fk_tensor fk_pixel_shuffle(fk_tensor x, int64_t factor);
fk_tensor fk_pixel_unshuffle(fk_tensor x, int64_t factor);
fk_tensor fk_channel_shuffle(fk_tensor x, int64_t groups);

typedef enum fk_interpolation {
    FK_NEAREST = 0,
    FK_NEAREST_EXACT = 1,
    FK_BILINEAR = 2,
    FK_BICUBIC = 3,
} fk_interpolation;

/// To a size, or by factors where `size` is NULL; `count` of either, 1 to 3.
fk_tensor fk_interpolate(
    fk_tensor x, const int64_t *size, const double *factors, int32_t count, fk_interpolation mode, bool align_corners,
    bool antialias);

typedef enum fk_grid_padding {
    FK_GRID_ZEROS = 0,
    FK_GRID_BORDER = 1,
    FK_GRID_REFLECTION = 2,
} fk_grid_padding;

fk_tensor fk_grid_sample(
    fk_tensor x, fk_tensor grid, fk_interpolation mode, fk_grid_padding padding, bool align_corners);
fk_tensor fk_affine_grid(fk_tensor matrices, const int64_t *size, int32_t rank, bool align_corners);

typedef enum fk_padding_mode {
    FK_PAD_CONSTANT = 0,
    FK_PAD_REFLECT = 1,
    FK_PAD_REPLICATE = 2,
    FK_PAD_CIRCULAR = 3,
} fk_padding_mode;

/// `amounts`: before and after, for the last axis, the one before it, … `value` is for constant padding.
fk_tensor fk_pad(fk_tensor x, const int64_t *amounts, int32_t count, fk_padding_mode mode, double value);

// ---------------------------------------------------------------------------------------------------------------
// Fourier transforms and complex numbers
// ---------------------------------------------------------------------------------------------------------------

typedef enum fk_fourier_kind {
    FK_FOURIER = 0,
    FK_FOURIER_INVERSE = 1,
    FK_FOURIER_REAL = 2,
    FK_FOURIER_REAL_INVERSE = 3,
} fk_fourier_kind;

typedef enum fk_fourier_norm {
    FK_NORM_BACKWARD = 0,
    FK_NORM_ORTHONORMAL = 1,
    FK_NORM_FORWARD = 2,
} fk_fourier_norm;

/// `sizes`, one for each axis, may be NULL.
fk_tensor fk_fourier(
    fk_tensor x, fk_fourier_kind kind, const int64_t *axes, const int64_t *sizes, int32_t count, fk_fourier_norm norm);
fk_tensor fk_fourier_shift(fk_tensor x, const int64_t *axes, int32_t count, bool inverse);
fk_tensor fk_fourier_frequencies(int64_t count, double spacing, bool real, fk_dtype dtype, fk_device device);
fk_tensor fk_complex(fk_tensor real, fk_tensor imaginary);
fk_tensor fk_polar(fk_tensor magnitude, fk_tensor angle);
fk_tensor fk_real(fk_tensor x);
fk_tensor fk_imaginary(fk_tensor x);
fk_tensor fk_angle(fk_tensor x);
fk_tensor fk_conjugate(fk_tensor x);

// ---------------------------------------------------------------------------------------------------------------
// Linear algebra, on the last two axes
// ---------------------------------------------------------------------------------------------------------------

fk_tensor fk_solve(fk_tensor a, fk_tensor b);
fk_tensor fk_solve_triangular(fk_tensor a, fk_tensor b, bool upper);
/// `cutoff` (NULL: the type's precision times the longer side) is relative to the largest singular value.
fk_tensor fk_least_squares(fk_tensor a, fk_tensor b, const double *cutoff);
fk_tensor fk_inverse(fk_tensor a);
fk_tensor fk_pseudo_inverse(fk_tensor a, const double *cutoff);
fk_tensor fk_matrix_rank(fk_tensor a, const double *cutoff);
bool fk_svd(fk_tensor a, bool full, fk_tensor *u, fk_tensor *values, fk_tensor *v_transposed);
fk_tensor fk_singular_values(fk_tensor a);
bool fk_symmetric_eigen(fk_tensor a, fk_tensor *values, fk_tensor *vectors);
bool fk_qr(fk_tensor a, bool complete, fk_tensor *q, fk_tensor *r);
fk_tensor fk_cholesky(fk_tensor a, bool upper);
fk_tensor fk_determinant(fk_tensor a);
bool fk_log_determinant(fk_tensor a, fk_tensor *sign, fk_tensor *logarithm);

// ---------------------------------------------------------------------------------------------------------------
// Random numbers from generators; results are on the generator's device
// ---------------------------------------------------------------------------------------------------------------

fk_generator fk_generator_new(uint64_t seed, fk_device device);
void fk_generator_free(fk_generator generator);
bool fk_generator_seed(fk_generator generator, uint64_t seed);
/// A tensor of bytes.
fk_tensor fk_generator_state(fk_generator generator);
bool fk_generator_set_state(fk_generator generator, fk_tensor state);

fk_tensor fk_uniform(
    const int64_t *shape, int32_t rank, double low, double high, fk_generator generator, fk_dtype dtype);
fk_tensor fk_normal(
    const int64_t *shape, int32_t rank, double mean, double deviation, fk_generator generator, fk_dtype dtype);
fk_tensor fk_exponential(const int64_t *shape, int32_t rank, double rate, fk_generator generator, fk_dtype dtype);
/// low to high - 1.
fk_tensor fk_random_integers(
    const int64_t *shape, int32_t rank, int64_t low, int64_t high, fk_generator generator, fk_dtype dtype);
fk_tensor fk_random_permutation(int64_t count, fk_generator generator);
fk_tensor fk_bernoulli(fk_tensor probabilities, fk_generator generator);
fk_tensor fk_multinomial(fk_tensor weights, int64_t count, bool replacing, fk_generator generator);
/// Zero with a probability, else divided by what remains of 1.
fk_tensor fk_dropout(fk_tensor x, double probability, fk_generator generator);

// ---------------------------------------------------------------------------------------------------------------
// Checkpoint files
// ---------------------------------------------------------------------------------------------------------------

/// A view of `storage`'s memory: `offset` elements from its start, `strides` elements between neighbours.
fk_tensor fk_strided_view(
    fk_tensor storage, const int64_t *shape, const int64_t *strides, int32_t rank, int64_t offset);

// ---------------------------------------------------------------------------------------------------------------
// Optimisers: one step of one parameter, in place and not recorded
// ---------------------------------------------------------------------------------------------------------------

/// Kingma and Ba 2015, algorithm 1; `step` counts from 1. `mean` and `square` are the moments, zero at first. The decay
/// is added to the gradient, or multiplies the parameter where `decoupled`.
bool fk_adam_step(
    fk_tensor parameter, fk_tensor gradient, fk_tensor mean, fk_tensor square, int64_t step, double rate, double beta1,
    double beta2, double epsilon, double weight_decay, bool decoupled);
/// `velocity` may be NULL without momentum; the `first` step sets it to the gradient.
bool fk_sgd_step(
    fk_tensor parameter, fk_tensor gradient, fk_tensor velocity, bool first, double rate, double momentum,
    double dampening, double weight_decay, bool nesterov);

/// The inverse of the error function, for truncated normal starting values.
fk_tensor fk_erfinv(fk_tensor x);

#ifdef __cplusplus
}
#endif
#endif
