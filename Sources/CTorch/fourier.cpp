// Fourier transforms and complex numbers.
#include "internal.h"

using namespace fk;

fk_tensor fk_fourier(
    fk_tensor x, fk_fourier_kind kind, const int64_t *axes, const int64_t *sizes, int32_t count,
    fk_fourier_norm norm) {
    return tensor_op("fourier transform", {x}, [&] {
        static const char *const names[] = {"backward", "ortho", "forward"};
        at::OptionalIntArrayRef lengths;
        if (sizes != nullptr) lengths = ints(sizes, count);
        switch (kind) {
        case FK_FOURIER: return at::fft_fftn(get(x), lengths, ints(axes, count), names[norm]);
        case FK_FOURIER_INVERSE: return at::fft_ifftn(get(x), lengths, ints(axes, count), names[norm]);
        case FK_FOURIER_REAL: return at::fft_rfftn(get(x), lengths, ints(axes, count), names[norm]);
        default: return at::fft_irfftn(get(x), lengths, ints(axes, count), names[norm]);
        }
    });
}

fk_tensor fk_fourier_shift(fk_tensor x, const int64_t *axes, int32_t count, bool inverse) {
    return tensor_op("fourier shift", {x}, [&] {
        auto places = axes_or_all(axes, count);
        return inverse ? at::fft_ifftshift(get(x), places) : at::fft_fftshift(get(x), places);
    });
}

fk_tensor fk_fourier_frequencies(int64_t count, double spacing, bool real, fk_dtype dtype, fk_device device) {
    return tensor_op("fourier frequencies", {}, [&] {
        auto options = at::TensorOptions().dtype(scalar_type(dtype)).device(device_of(device));
        return real ? at::fft_rfftfreq(count, spacing, options) : at::fft_fftfreq(count, spacing, options);
    });
}

fk_tensor fk_complex(fk_tensor real, fk_tensor imaginary) {
    return tensor_op("complex", {real, imaginary}, [&] { return at::complex(get(real), get(imaginary)); });
}

fk_tensor fk_polar(fk_tensor magnitude, fk_tensor angle) {
    return tensor_op("polar", {magnitude, angle}, [&] { return at::polar(get(magnitude), get(angle)); });
}

fk_tensor fk_real(fk_tensor x) {
    return tensor_op("real", {x}, [&] { return at::real(get(x)); });
}

fk_tensor fk_imaginary(fk_tensor x) {
    return tensor_op("imaginary", {x}, [&] { return at::imag(get(x)); });
}

fk_tensor fk_angle(fk_tensor x) {
    return tensor_op("angle", {x}, [&] { return at::angle(get(x)); });
}

// libtorch marks a tensor as conjugated and leaves its memory alone; others read that memory, so it is computed here.
fk_tensor fk_conjugate(fk_tensor x) {
    return tensor_op("conjugate", {x}, [&] { return at::conj(get(x)).resolve_conj(); });
}
