#pragma once

#include "CScan.h"

#include <bit>
#include <cstdint>

namespace fusionkit {

/// The upper half of an f32.
struct BFloat16 {
    uint16_t bits;
};

/// IEEE 754 binary16.
struct Float16 {
    uint16_t bits;
};

inline float number(float element) { return element; }

inline float number(BFloat16 element) { return std::bit_cast<float>(uint32_t(element.bits) << 16); }

inline float number(Float16 element) {
    const uint32_t sign = uint32_t(element.bits & 0x8000) << 16, rest = element.bits & 0x7fff;
    if (rest < 0x0400) return std::bit_cast<float>(sign | std::bit_cast<uint32_t>(float(rest) * 0x1p-24f));
    return std::bit_cast<float>(sign | ((rest << 13) + (rest < 0x7c00 ? 112u << 23 : 224u << 23)));
}

inline void set(float &element, float value) { element = value; }

/// Rounds to the nearest, in the middle to the even one; NaN stays NaN.
inline void set(BFloat16 &element, float value) {
    const uint32_t bits = std::bit_cast<uint32_t>(value);
    element.bits = uint16_t(value != value ? bits >> 16 | 0x40 : (bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

inline void set(Float16 &element, float value) {
    const uint32_t bits = std::bit_cast<uint32_t>(value), sign = bits >> 16 & 0x8000, rest = bits & 0x7fffffff;
    uint32_t result;
    if (rest > 0x7f800000)
        result = 0x7e00;
    else if (rest >= 0x47800000)
        result = 0x7c00;
    else if (rest < 0x38800000)  // less than the least normal number: 0.5 has its last bit at 2^-24
        result = std::bit_cast<uint32_t>(std::bit_cast<float>(rest) + 0.5f) - 0x3f000000;
    else
        result = (rest - (112u << 23) + 0xfff + (rest >> 13 & 1)) >> 13;
    element.bits = uint16_t(sign | result);
}

/// Calls body with an element of the type that a storage has.
template <typename Body>
void withElement(fk_scan_storage storage, const Body &body) {
    switch (storage) {
        case fk_scan_float32: return body(float{});
        case fk_scan_bfloat16: return body(BFloat16{});
        case fk_scan_float16: return body(Float16{});
    }
}

/// The place of an element of an array.
template <typename Void>
Void *elementAt(Void *array, fk_scan_storage storage, int64_t index) {
    Void *place = array;
    withElement(storage, [&](auto element) { place = (decltype(element) *)(array) + index; });
    return place;
}

inline float numberAt(const void *array, fk_scan_storage storage, int64_t index) {
    float value = 0;
    withElement(storage, [&](auto element) { value = number(static_cast<const decltype(element) *>(array)[index]); });
    return value;
}

inline void setAt(void *array, fk_scan_storage storage, int64_t index, float value) {
    withElement(storage, [&](auto element) { set(static_cast<decltype(element) *>(array)[index], value); });
}

}  // namespace fusionkit
