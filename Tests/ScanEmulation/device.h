// What the source of the kernels needs of a CUDA device, for one block of threads at a time.
#pragma once

#include "ScanEmulation.h"

#include <cmath>
#include <cstddef>
#include <cstring>

namespace emulation {

struct Index {
    unsigned x;
};

/// The thread that runs, its block, and the sizes of both.
extern thread_local Index threadIndex, blockIndex, blockSize, gridSize;

/// Shared memory of the block that runs.
float *shared();

/// Returns when every thread of the block has called it.
void synchronize();

/// Returns what lane `from` of the warp has given to the same call; every lane calls it.
float shuffle(float value, int from);

typedef void (*ScanKernel)(const fk_cuda_scan_parameters &);
typedef void (*SumKernel)(const fk_cuda_sum &);

/// The kernels compiled for one type of elements.
ScanKernel scanKernelF32(const fk_cuda_variant &variant, fk_cuda_kernel kernel);
ScanKernel scanKernelBF16(const fk_cuda_variant &variant, fk_cuda_kernel kernel);
ScanKernel scanKernelF16(const fk_cuda_variant &variant, fk_cuda_kernel kernel);
void sumF32(const fk_cuda_sum &sum);
void sumBF16(const fk_cuda_sum &sum);
void sumF16(const fk_cuda_sum &sum);

}  // namespace emulation

#define SCAN_EMULATION
#define SCAN_DEVICE inline
#define SCAN_UNROLL_WARPS
#define SCAN_DYNAMIC_SHARED(name) float *const name = emulation::shared()
#define threadIdx emulation::threadIndex
#define blockIdx emulation::blockIndex
#define blockDim emulation::blockSize
#define gridDim emulation::gridSize
#define __syncthreads emulation::synchronize

// A file that includes the kernels puts this and them into a namespace of its own.
#define SCAN_EMULATED_FUNCTIONS                                                                                        \
    inline unsigned __float_as_uint(float x) {                                                                         \
        unsigned bits;                                                                                                 \
        std::memcpy(&bits, &x, 4);                                                                                     \
        return bits;                                                                                                   \
    }                                                                                                                  \
    inline float __uint_as_float(unsigned bits) {                                                                      \
        float x;                                                                                                       \
        std::memcpy(&x, &bits, 4);                                                                                     \
        return x;                                                                                                      \
    }                                                                                                                  \
    inline float exp2Fast(float x) { return std::exp2(x); }                                                            \
    inline float reciprocal(float x) { return 1.0f / x; }                                                              \
    inline int laneOfWarp() { return int(threadIdx.x % 32); }                                                          \
    inline float shuffleUp(float x, int by) {                                                                          \
        return emulation::shuffle(x, laneOfWarp() < by ? laneOfWarp() : laneOfWarp() - by);                            \
    }                                                                                                                  \
    inline float shuffleDown(float x, int by) {                                                                        \
        return emulation::shuffle(x, laneOfWarp() + by > 31 ? laneOfWarp() : laneOfWarp() + by);                       \
    }                                                                                                                  \
    inline float shuffleXor(float x, int mask) { return emulation::shuffle(x, laneOfWarp() ^ mask); }                  \
    inline float halfToFloat(unsigned short bits) {                                                                    \
        _Float16 x;                                                                                                    \
        std::memcpy(&x, &bits, 2);                                                                                     \
        return float(x);                                                                                               \
    }                                                                                                                  \
    inline unsigned short floatToHalf(float x) {                                                                       \
        const _Float16 half = _Float16(x);                                                                             \
        unsigned short bits;                                                                                           \
        std::memcpy(&bits, &half, 2);                                                                                  \
        return bits;                                                                                                   \
    }
