#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <memory>

namespace fusionkit {

struct Free {
    void operator()(void *memory) const { std::free(memory); }
};

template <typename Number>
using Array = std::unique_ptr<Number[], Free>;

/// Memory for a product of numbers, not initialised; null where there is none.
template <typename Number>
Array<Number> allocate(std::initializer_list<int64_t> sizes) {
    size_t bytes = sizeof(Number);
    for (int64_t size : sizes)
        if (__builtin_mul_overflow(bytes, size_t(size), &bytes)) return nullptr;
    return Array<Number>(static_cast<Number *>(std::malloc(std::max<size_t>(bytes, 1))));
}

}  // namespace fusionkit
