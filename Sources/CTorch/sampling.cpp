// Pooling, windows, resizing, sampling at given places, and padding.
#include "internal.h"

using namespace fk;

fk_tensor fk_average_pool(
    fk_tensor x, int32_t spatial, const int64_t *kernel, const int64_t *stride, const int64_t *padding,
    bool rounding_up, bool counting_padding) {
    return tensor_op("average_pool", {x}, [&] {
        auto window = ints(kernel, spatial), steps = ints(stride, spatial), margins = ints(padding, spatial);
        switch (spatial) {
        case 1: return at::avg_pool1d(get(x), window, steps, margins, rounding_up, counting_padding);
        case 2: return at::avg_pool2d(get(x), window, steps, margins, rounding_up, counting_padding);
        default: return at::avg_pool3d(get(x), window, steps, margins, rounding_up, counting_padding);
        }
    });
}

fk_tensor fk_max_pool(
    fk_tensor x, int32_t spatial, const int64_t *kernel, const int64_t *stride, const int64_t *padding,
    const int64_t *dilation, bool rounding_up) {
    return tensor_op("max_pool", {x}, [&] {
        auto window = ints(kernel, spatial), steps = ints(stride, spatial), margins = ints(padding, spatial);
        auto spread = ints(dilation, spatial);
        switch (spatial) {
        case 1: return at::max_pool1d(get(x), window, steps, margins, spread, rounding_up);
        case 2: return at::max_pool2d(get(x), window, steps, margins, spread, rounding_up);
        default: return at::max_pool3d(get(x), window, steps, margins, spread, rounding_up);
        }
    });
}

static void give(std::tuple<at::Tensor, at::Tensor> results, fk_tensor *first, fk_tensor *second) {
    *first = wrap(std::get<0>(results));
    *second = wrap(std::get<1>(results));
}

bool fk_max_pool_indices(
    fk_tensor x, int32_t spatial, const int64_t *kernel, const int64_t *stride, const int64_t *padding,
    const int64_t *dilation, bool rounding_up, fk_tensor *values, fk_tensor *indices) {
    return bool_op("max_pool", {x}, [&] {
        auto window = ints(kernel, spatial), steps = ints(stride, spatial), margins = ints(padding, spatial);
        auto spread = ints(dilation, spatial);
        switch (spatial) {
        case 1:
            give(at::max_pool1d_with_indices(get(x), window, steps, margins, spread, rounding_up), values, indices);
            break;
        case 2:
            give(at::max_pool2d_with_indices(get(x), window, steps, margins, spread, rounding_up), values, indices);
            break;
        default:
            give(at::max_pool3d_with_indices(get(x), window, steps, margins, spread, rounding_up), values, indices);
        }
    });
}

fk_tensor fk_adaptive_average_pool(fk_tensor x, int32_t spatial, const int64_t *size) {
    return tensor_op("adaptive_average_pool", {x}, [&] {
        switch (spatial) {
        case 1: return at::adaptive_avg_pool1d(get(x), ints(size, spatial));
        case 2: return at::adaptive_avg_pool2d(get(x), ints(size, spatial));
        default: return at::adaptive_avg_pool3d(get(x), ints(size, spatial));
        }
    });
}

bool fk_adaptive_max_pool(
    fk_tensor x, int32_t spatial, const int64_t *size, fk_tensor *values, fk_tensor *indices) {
    return bool_op("adaptive_max_pool", {x}, [&] {
        switch (spatial) {
        case 1: give(at::adaptive_max_pool1d(get(x), ints(size, spatial)), values, indices); break;
        case 2: give(at::adaptive_max_pool2d(get(x), ints(size, spatial)), values, indices); break;
        default: give(at::adaptive_max_pool3d(get(x), ints(size, spatial)), values, indices);
        }
    });
}

fk_tensor fk_unfold(
    fk_tensor x, const int64_t *kernel, const int64_t *dilation, const int64_t *padding, const int64_t *stride) {
    return tensor_op("unfold", {x}, [&] {
        return at::im2col(get(x), ints(kernel, 2), ints(dilation, 2), ints(padding, 2), ints(stride, 2));
    });
}

fk_tensor fk_fold(
    fk_tensor x, const int64_t *size, const int64_t *kernel, const int64_t *dilation, const int64_t *padding,
    const int64_t *stride) {
    return tensor_op("fold", {x}, [&] {
        return at::col2im(
            get(x), ints(size, 2), ints(kernel, 2), ints(dilation, 2), ints(padding, 2), ints(stride, 2));
    });
}

fk_tensor fk_pixel_shuffle(fk_tensor x, int64_t factor) {
    return tensor_op("pixel_shuffle", {x}, [&] { return at::pixel_shuffle(get(x), factor); });
}

fk_tensor fk_pixel_unshuffle(fk_tensor x, int64_t factor) {
    return tensor_op("pixel_unshuffle", {x}, [&] { return at::pixel_unshuffle(get(x), factor); });
}

fk_tensor fk_channel_shuffle(fk_tensor x, int64_t groups) {
    return tensor_op("channel_shuffle", {x}, [&] { return at::channel_shuffle(get(x), groups); });
}

fk_tensor fk_interpolate(
    fk_tensor x, const int64_t *size, const double *factors, int32_t count, fk_interpolation mode, bool align_corners,
    bool antialias) {
    return tensor_op("interpolate", {x}, [&]() -> at::Tensor {
        const at::Tensor &input = get(x);
        TORCH_CHECK(input.dim() == count + 2, "the input needs batch and channel axes before ", count, " others");
        bool nearest = mode == FK_NEAREST || mode == FK_NEAREST_EXACT;
        TORCH_CHECK(!nearest || !align_corners, "nearest neighbours know no aligned corners");
        TORCH_CHECK(mode != FK_BICUBIC || count == 2, "bicubic interpolation is for images (B, C, H, W)");
        TORCH_CHECK(!antialias || (!nearest && count == 2), "antialiasing is for bilinear and bicubic images");
        at::OptionalIntArrayRef sizes;
        std::optional<at::ArrayRef<double>> scales;
        if (size != nullptr) sizes = ints(size, count);
        if (factors != nullptr) scales = at::ArrayRef<double>(factors, static_cast<size_t>(count));
        switch (mode) {
        case FK_NEAREST:
            return count == 1   ? at::upsample_nearest1d(input, sizes, scales)
                   : count == 2 ? at::upsample_nearest2d(input, sizes, scales)
                                : at::upsample_nearest3d(input, sizes, scales);
        case FK_NEAREST_EXACT:
            return count == 1   ? at::_upsample_nearest_exact1d(input, sizes, scales)
                   : count == 2 ? at::_upsample_nearest_exact2d(input, sizes, scales)
                                : at::_upsample_nearest_exact3d(input, sizes, scales);
        case FK_BILINEAR:
            if (antialias) return at::_upsample_bilinear2d_aa(input, sizes, align_corners, scales);
            return count == 1   ? at::upsample_linear1d(input, sizes, align_corners, scales)
                   : count == 2 ? at::upsample_bilinear2d(input, sizes, align_corners, scales)
                                : at::upsample_trilinear3d(input, sizes, align_corners, scales);
        case FK_BICUBIC: break;
        }
        if (antialias) return at::_upsample_bicubic2d_aa(input, sizes, align_corners, scales);
        return at::upsample_bicubic2d(input, sizes, align_corners, scales);
    });
}

fk_tensor fk_grid_sample(
    fk_tensor x, fk_tensor grid, fk_interpolation mode, fk_grid_padding padding, bool align_corners) {
    return tensor_op("grid_sample", {x, grid}, [&] {
        TORCH_CHECK(mode != FK_NEAREST_EXACT, "a grid names exact places: nearest is enough");
        int64_t code = mode == FK_BILINEAR ? 0 : mode == FK_NEAREST ? 1 : 2;
        return at::grid_sampler(get(x), get(grid), code, static_cast<int64_t>(padding), align_corners);
    });
}

fk_tensor fk_affine_grid(fk_tensor matrices, const int64_t *size, int32_t rank, bool align_corners) {
    return tensor_op("affine_grid", {matrices}, [&] {
        return at::affine_grid_generator(get(matrices), ints(size, rank), align_corners);
    });
}

fk_tensor fk_pad(fk_tensor x, const int64_t *amounts, int32_t count, fk_padding_mode mode, double value) {
    return tensor_op("pad", {x}, [&] {
        static const char *const names[] = {"constant", "reflect", "replicate", "circular"};
        std::optional<double> fill;
        if (mode == FK_PAD_CONSTANT) fill = value;
        return at::pad(get(x), ints(amounts, count), names[mode], fill);
    });
}
