// Random numbers from explicit generators.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/detail/CUDAHooksInterface.h>

#include <mutex>

#include "internal.h"

using namespace fk;

static at::Generator &get(fk_generator handle) {
    TORCH_CHECK(handle != nullptr, "a generator is missing");
    return handle->generator;
}

static at::TensorOptions options(fk_generator generator, fk_dtype dtype) {
    return at::TensorOptions().dtype(scalar_type(dtype)).device(get(generator).device());
}

fk_generator fk_generator_new(uint64_t seed, fk_device device) {
    return guard<fk_generator>("generator", {}, nullptr, [&] {
        at::Device place = device_of(device);
        if (place.is_cpu()) return new fk_generator_s{at::make_generator<at::CPUGeneratorImpl>(seed)};
        at::globalContext().lazyInitDevice(at::kCUDA);
        auto handle = new fk_generator_s{at::detail::getCUDAHooks().getNewGenerator(place.index())};
        handle->generator.set_current_seed(seed);
        return handle;
    });
}

void fk_generator_free(fk_generator generator) { delete generator; }

bool fk_generator_seed(fk_generator generator, uint64_t seed) {
    return bool_op("generator seed", {}, [&] {
        std::lock_guard<std::mutex> lock(get(generator).mutex());
        get(generator).set_current_seed(seed);
    });
}

fk_tensor fk_generator_state(fk_generator generator) {
    return tensor_op("generator state", {}, [&] {
        std::lock_guard<std::mutex> lock(get(generator).mutex());
        return get(generator).get_state();
    });
}

bool fk_generator_set_state(fk_generator generator, fk_tensor state) {
    return bool_op("generator state", {state}, [&] {
        std::lock_guard<std::mutex> lock(get(generator).mutex());
        get(generator).set_state(fk::get(state));
    });
}

fk_tensor fk_uniform(
    const int64_t *shape, int32_t rank, double low, double high, fk_generator generator, fk_dtype dtype) {
    return tensor_op("uniform", {}, [&] {
        return at::empty(ints(shape, rank), options(generator, dtype)).uniform_(low, high, get(generator));
    });
}

fk_tensor fk_normal(
    const int64_t *shape, int32_t rank, double mean, double deviation, fk_generator generator, fk_dtype dtype) {
    return tensor_op("normal", {}, [&] {
        return at::empty(ints(shape, rank), options(generator, dtype)).normal_(mean, deviation, get(generator));
    });
}

fk_tensor fk_exponential(const int64_t *shape, int32_t rank, double rate, fk_generator generator, fk_dtype dtype) {
    return tensor_op("exponential", {}, [&] {
        return at::empty(ints(shape, rank), options(generator, dtype)).exponential_(rate, get(generator));
    });
}

fk_tensor fk_random_integers(
    const int64_t *shape, int32_t rank, int64_t low, int64_t high, fk_generator generator, fk_dtype dtype) {
    return tensor_op("random integers", {}, [&] {
        return at::randint(low, high, ints(shape, rank), get(generator), options(generator, dtype));
    });
}

fk_tensor fk_random_permutation(int64_t count, fk_generator generator) {
    return tensor_op("random permutation", {}, [&] {
        return at::randperm(count, get(generator), options(generator, FK_I64));
    });
}

fk_tensor fk_bernoulli(fk_tensor probabilities, fk_generator generator) {
    return tensor_op("bernoulli", {probabilities}, [&] {
        return at::bernoulli(fk::get(probabilities), get(generator));
    });
}

fk_tensor fk_multinomial(fk_tensor weights, int64_t count, bool replacing, fk_generator generator) {
    return tensor_op("multinomial", {weights}, [&] {
        return at::multinomial(fk::get(weights), count, replacing, get(generator));
    });
}

fk_tensor fk_dropout(fk_tensor x, double probability, fk_generator generator) {
    return tensor_op("dropout", {x}, [&]() -> at::Tensor {
        TORCH_CHECK(probability >= 0 && probability <= 1, "a probability of ", probability);
        const at::Tensor &input = fk::get(x);
        if (probability == 1) return input * at::zeros_like(input);
        at::Tensor mask = at::empty_like(input).bernoulli_(1 - probability, get(generator));
        return input * mask.div_(1 - probability);
    });
}
