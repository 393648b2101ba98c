// Loading and storing vectors of elements of any storage. Included inside the anonymous namespace of each instruction
// set's file, after scan_vector.h; a file that has instructions for binary16 defines widenHalves and narrowHalves
// itself, and FK_HAS_HALVES.

typedef uint16_t Halves __attribute__((vector_size(lanes * sizeof(uint16_t))));
typedef uint16_t UnalignedHalves
    __attribute__((vector_size(lanes * sizeof(uint16_t)), aligned(sizeof(uint16_t)), may_alias));
typedef int32_t Integers __attribute__((vector_size(lanes * sizeof(float))));

#ifndef FK_HAS_HALVES
/// As number(Float16), each lane.
FK_INLINE Vector widenHalves(Halves halves) {
    const Bits bits = __builtin_convertvector(halves, Bits), sign = (bits & 0x8000) << 16, rest = bits & 0x7fff;
    const Vector small = __builtin_convertvector(reinterpret_cast<Integers>(rest), Vector) * 0x1p-24f;
    const Bits large = (rest << 13) + (rest < 0x7c00 ? Bits{} + (112u << 23) : Bits{} + (224u << 23));
    return reinterpret_cast<Vector>(sign | (rest < 0x0400 ? reinterpret_cast<Bits>(small) : large));
}

/// As set(Float16 &, float), each lane.
FK_INLINE Halves narrowHalves(Vector value) {
    const Bits bits = reinterpret_cast<Bits>(value), sign = bits >> 16 & 0x8000, rest = bits & 0x7fffffff;
    const Bits small = reinterpret_cast<Bits>(reinterpret_cast<Vector>(rest) + 0.5f) - 0x3f000000;
    const Bits normal = (rest - (112u << 23) + 0xfff + (rest >> 13 & 1)) >> 13;
    const Bits extreme = rest > 0x7f800000 ? Bits{} + 0x7e00 : Bits{} + 0x7c00;
    const Bits result = rest >= 0x47800000 ? extreme : rest < 0x38800000 ? small : normal;
    return __builtin_convertvector(sign | result, Halves);
}
#endif

FK_INLINE Vector widen(Halves halves, BFloat16) {
    return reinterpret_cast<Vector>(__builtin_convertvector(halves, Bits) << 16);
}

FK_INLINE Vector widen(Halves halves, Float16) { return widenHalves(halves); }

FK_INLINE Halves narrow(Vector value, BFloat16) {
    const Bits bits = reinterpret_cast<Bits>(value);
    const Bits rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
    return __builtin_convertvector(value == value ? rounded : bits >> 16 | 0x40, Halves);
}

FK_INLINE Halves narrow(Vector value, Float16) { return narrowHalves(value); }

template <typename Element>
FK_INLINE Vector load(const Element *from) {
    return widen(*reinterpret_cast<const UnalignedHalves *>(from), Element{});
}

template <typename Element>
FK_INLINE Vector loadLanes(const Element *from, int count) {
    Halves halves{};
    for (int i = 0; i < count; ++i) halves[i] = from[i].bits;
    return widen(halves, Element{});
}

template <typename Element>
FK_INLINE void store(Element *to, Vector value) {
    *reinterpret_cast<UnalignedHalves *>(to) = narrow(value, Element{});
}

template <typename Element>
FK_INLINE void storeLanes(Element *to, Vector value, int count) {
    const Halves halves = narrow(value, Element{});
    for (int i = 0; i < count; ++i) to[i].bits = halves[i];
}
