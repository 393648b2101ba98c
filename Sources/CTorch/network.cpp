// Convolution, linear maps, normalisation, activations and attention.
#include "internal.h"

using namespace fk;

#define UNARY(name, function)                                                       \
    fk_tensor fk_##name(fk_tensor x) {                                              \
        return tensor_op(#name, {x}, [&] { return at::function(get(x)); });         \
    }

fk_tensor fk_convolution(
    fk_tensor x, fk_tensor weight, fk_tensor bias, int32_t spatial, const int64_t *stride, const int64_t *padding,
    const int64_t *dilation, int64_t groups) {
    return tensor_op("convolution", {x, weight, bias}, [&] {
        auto steps = ints(stride, spatial), margins = ints(padding, spatial), spread = ints(dilation, spatial);
        switch (spatial) {
        case 1: return at::conv1d(get(x), get(weight), optional(bias), steps, margins, spread, groups);
        case 2: return at::conv2d(get(x), get(weight), optional(bias), steps, margins, spread, groups);
        default: return at::conv3d(get(x), get(weight), optional(bias), steps, margins, spread, groups);
        }
    });
}

fk_tensor fk_convolution_transposed(
    fk_tensor x, fk_tensor weight, fk_tensor bias, int32_t spatial, const int64_t *stride, const int64_t *padding,
    const int64_t *output_padding, int64_t groups, const int64_t *dilation) {
    return tensor_op("transposed convolution", {x, weight, bias}, [&] {
        auto steps = ints(stride, spatial), margins = ints(padding, spatial), extra = ints(output_padding, spatial);
        auto spread = ints(dilation, spatial);
        switch (spatial) {
        case 1:
            return at::conv_transpose1d(get(x), get(weight), optional(bias), steps, margins, extra, groups, spread);
        case 2:
            return at::conv_transpose2d(get(x), get(weight), optional(bias), steps, margins, extra, groups, spread);
        default:
            return at::conv_transpose3d(get(x), get(weight), optional(bias), steps, margins, extra, groups, spread);
        }
    });
}

fk_tensor fk_linear(fk_tensor x, fk_tensor weight, fk_tensor bias) {
    return tensor_op("linear", {x, weight, bias}, [&] { return at::linear(get(x), get(weight), optional(bias)); });
}

fk_tensor fk_layer_norm(
    fk_tensor x, const int64_t *shape, int32_t rank, fk_tensor weight, fk_tensor bias, double epsilon) {
    return tensor_op("layer_norm", {x, weight, bias}, [&] {
        return at::layer_norm(get(x), ints(shape, rank), optional(weight), optional(bias), epsilon);
    });
}

fk_tensor fk_rms_norm(fk_tensor x, const int64_t *shape, int32_t rank, fk_tensor weight, double epsilon) {
    return tensor_op("rms_norm", {x, weight}, [&] {
        return at::rms_norm(get(x), ints(shape, rank), optional(weight), epsilon);
    });
}

fk_tensor fk_group_norm(fk_tensor x, int64_t groups, fk_tensor weight, fk_tensor bias, double epsilon) {
    return tensor_op("group_norm", {x, weight, bias}, [&] {
        return at::group_norm(get(x), groups, optional(weight), optional(bias), epsilon);
    });
}

fk_tensor fk_batch_norm(
    fk_tensor x, fk_tensor weight, fk_tensor bias, fk_tensor running_mean, fk_tensor running_variance, bool training,
    double momentum, double epsilon) {
    return tensor_op("batch_norm", {x, weight, bias, running_mean, running_variance}, [&] {
        const at::Tensor &input = get(x);
        TORCH_CHECK(input.dim() >= 2, "the input needs a batch and a channel axis");
        TORCH_CHECK(
            !training || input.numel() != input.size(1), "statistics of one value for each channel mean nothing");
        TORCH_CHECK(training || running_mean != nullptr, "running statistics are missing");
        return at::batch_norm(
            input, optional(weight), optional(bias), optional(running_mean), optional(running_variance), training,
            momentum, epsilon, /*cudnn_enabled=*/true);
    });
}

fk_tensor fk_instance_norm(fk_tensor x, fk_tensor weight, fk_tensor bias, double epsilon) {
    return tensor_op("instance_norm", {x, weight, bias}, [&] {
        const at::Tensor &input = get(x);
        TORCH_CHECK(input.dim() >= 3, "the input needs batch, channel and spatial axes");
        TORCH_CHECK(
            input.numel() != input.size(0) * input.size(1), "statistics of one value for each channel mean nothing");
        return at::instance_norm(
            input, optional(weight), optional(bias), std::nullopt, std::nullopt, /*use_input_stats=*/true,
            /*momentum=*/0, epsilon, /*cudnn_enabled=*/true);
    });
}

UNARY(relu, relu)
UNARY(relu6, relu6)
UNARY(silu, silu)
UNARY(mish, mish)
UNARY(sigmoid, sigmoid)
UNARY(log_sigmoid, log_sigmoid)
UNARY(hard_sigmoid, hardsigmoid)
UNARY(hard_swish, hardswish)

fk_tensor fk_leaky_relu(fk_tensor x, double slope) {
    return tensor_op("leaky_relu", {x}, [&] { return at::leaky_relu(get(x), slope); });
}

fk_tensor fk_prelu(fk_tensor x, fk_tensor weight) {
    return tensor_op("prelu", {x, weight}, [&] { return at::prelu(get(x), get(weight)); });
}

fk_tensor fk_elu(fk_tensor x, double alpha) {
    return tensor_op("elu", {x}, [&] { return at::elu(get(x), alpha); });
}

fk_tensor fk_gelu(fk_tensor x, bool approximate) {
    return tensor_op("gelu", {x}, [&] { return at::gelu(get(x), approximate ? "tanh" : "none"); });
}

fk_tensor fk_softplus(fk_tensor x, double beta, double threshold) {
    return tensor_op("softplus", {x}, [&] { return at::softplus(get(x), beta, threshold); });
}

fk_tensor fk_softmax(fk_tensor x, int64_t axis) {
    return tensor_op("softmax", {x}, [&] { return at::softmax(get(x), axis); });
}

fk_tensor fk_log_softmax(fk_tensor x, int64_t axis) {
    return tensor_op("log_softmax", {x}, [&] { return at::log_softmax(get(x), axis); });
}

fk_tensor fk_attention(
    fk_tensor query, fk_tensor key, fk_tensor value, fk_tensor mask, bool causal, const double *scale) {
    return tensor_op("attention", {query, key, value, mask}, [&] {
        std::optional<double> factor;
        if (scale != nullptr) factor = *scale;
        return at::scaled_dot_product_attention(
            get(query), get(key), get(value), optional(mask), /*dropout_p=*/0, causal, factor);
    });
}

fk_tensor fk_cosine_similarity(fk_tensor a, fk_tensor b, int64_t axis, double epsilon) {
    return tensor_op("cosine_similarity", {a, b}, [&] {
        return at::cosine_similarity(get(a), get(b), axis, epsilon);
    });
}

fk_tensor fk_huber(fk_tensor a, fk_tensor b, double delta) {
    return tensor_op("huber", {a, b}, [&] {
        return at::huber_loss(get(a), get(b), at::Reduction::None, delta);
    });
}
