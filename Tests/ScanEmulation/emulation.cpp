#include <setjmp.h>
#include <ucontext.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <limits>
#include <memory>
#include <new>
#include <vector>

#include "device.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/common_interface_defs.h>
#define HAS_ADDRESS_SANITIZER
#endif
#endif

namespace emulation {

thread_local Index threadIndex, blockIndex, blockSize, gridSize;

namespace {

constexpr size_t stackBytes = 64 << 10;
constexpr int warpSize = 32;

/// The threads of a block take turns: each runs until it has to wait for others.
class Block {
public:
    /// \param isReversed whether later warps run before earlier ones: results must not depend on it.
    Block(unsigned threads, size_t sharedBytes, bool isReversed)
        : isReversed_(isReversed),
          fibers_(threads),
          warps_((threads + warpSize - 1) / warpSize),
          stacks_(new char[threads * stackBytes]),
          shared_(sharedBytes) {}

    /// Runs the body for each thread. Returns false when some wait for others that never come.
    bool run(const std::function<void()> &body) {
        body_ = &body;
        arrived_ = 0;
        // Its size is exactly what the kernel asked for, so that a sanitizer sees what lies outside; and it holds NaN, as
        // nobody may rely on what an earlier block has left.
        memory_.reset(static_cast<float *>(::operator new[](shared_, std::align_val_t(16))));
        for (size_t i = 0; i < shared_ / sizeof(float); ++i) memory_.get()[i] = std::numeric_limits<float>::quiet_NaN();
        for (Warp &warp : warps_) warp = {};
        for (size_t i = 0; i < fibers_.size(); ++i) begin(i);
        size_t finished = 0;
        for (bool hasProgress = true; hasProgress && finished < fibers_.size();) {
            hasProgress = false;
            for (size_t warp = 0; warp < warps_.size(); ++warp) {
                const size_t first = (isReversed_ ? warps_.size() - 1 - warp : warp) * warpSize;
                // A warp runs on as long as it can.
                for (bool isWarpRunning = true; isWarpRunning;) {
                    isWarpRunning = false;
                    for (size_t i = first; i < first + warpSize && i < fibers_.size(); ++i) {
                        if (fibers_[i].isFinished || !mayRun(i)) continue;
                        resume(i);
                        finished += fibers_[i].isFinished;
                        isWarpRunning = hasProgress = true;
                    }
                }
            }
        }
        return finished == fibers_.size();
    }

    float *shared() { return memory_.get(); }

    void synchronize() {
        Fiber &fiber = fibers_[running_];
        fiber.barrier++;
        if (++arrived_ == fibers_.size()) {
            arrived_ = 0;
            barrier_++;
        }
        while (fiber.barrier > barrier_) yield();
    }

    float shuffle(float value, int from) {
        Fiber &fiber = fibers_[running_];
        Warp &warp = warps_[running_ / warpSize];
        const int parity = fiber.shuffle++ % 2;
        warp.values[parity][running_ % warpSize] = value;
        if (++warp.arrived == warpSize) {
            warp.arrived = 0;
            warp.shuffle++;
        }
        while (fiber.shuffle > warp.shuffle) yield();
        return warp.values[parity][from];
    }

private:
    struct Fiber {
        jmp_buf state;
        ucontext_t context;
        bool isStarted = false, isFinished = false;
        int64_t barrier = 0, shuffle = 0;
    };

    struct Warp {
        float values[2][warpSize] = {};
        int arrived = 0;
        int64_t shuffle = 0;
    };

    struct Free {
        void operator()(float *memory) const { ::operator delete[](memory, std::align_val_t(16)); }
    };

    void begin(size_t index) {
        Fiber &fiber = fibers_[index];
        fiber.isStarted = fiber.isFinished = false;
        fiber.barrier = barrier_;
        fiber.shuffle = 0;
    }

    bool mayRun(size_t index) const {
        return fibers_[index].barrier <= barrier_ && fibers_[index].shuffle <= warps_[index / warpSize].shuffle;
    }

    static thread_local Block *entering;

    static void enter() {
        Block &block = *entering;
        block.finishSwitch(nullptr);
        (*block.body_)();
        block.fibers_[block.running_].isFinished = true;
        block.startSwitch(nullptr, block.schedulerBottom_, block.schedulerBytes_);
        _longjmp(block.scheduler_, 1);
    }

    void resume(size_t index) {
        Fiber &fiber = fibers_[index];
        running_ = index;
        threadIndex.x = unsigned(index);
        void *fake = nullptr;
        startSwitch(&fake, stacks_.get() + index * stackBytes, stackBytes);
        if (_setjmp(scheduler_) == 0) {
            if (fiber.isStarted) _longjmp(fiber.state, 1);
            fiber.isStarted = true;
            getcontext(&fiber.context);
            fiber.context.uc_stack.ss_sp = stacks_.get() + index * stackBytes;
            fiber.context.uc_stack.ss_size = stackBytes;
            fiber.context.uc_link = nullptr;
            makecontext(&fiber.context, enter, 0);
            entering = this;
            setcontext(&fiber.context);
        }
        finishSwitch(fake);
    }

    void yield() {
        void *fake = nullptr;
        startSwitch(&fake, schedulerBottom_, schedulerBytes_);
        if (_setjmp(fibers_[running_].state) == 0) _longjmp(scheduler_, 1);
        finishSwitch(fake);
    }

#ifdef HAS_ADDRESS_SANITIZER
    void startSwitch(void **fake, const void *bottom, size_t bytes) {
        __sanitizer_start_switch_fiber(fake, bottom, bytes);
    }
    void finishSwitch(void *fake) {
        const void *bottom;
        size_t bytes;
        __sanitizer_finish_switch_fiber(fake, &bottom, &bytes);
        const char *const stacks = stacks_.get();
        if (bottom >= stacks && bottom < stacks + fibers_.size() * stackBytes) return;
        schedulerBottom_ = bottom;
        schedulerBytes_ = bytes;
    }
#else
    void startSwitch(void **, const void *, size_t) {}
    void finishSwitch(void *) {}
#endif

    const bool isReversed_;
    std::vector<Fiber> fibers_;
    std::vector<Warp> warps_;
    std::unique_ptr<char[]> stacks_;
    size_t shared_;
    std::unique_ptr<float, Free> memory_;
    const std::function<void()> *body_ = nullptr;
    jmp_buf scheduler_;
    const void *schedulerBottom_ = nullptr;
    size_t schedulerBytes_ = 0;
    size_t running_ = 0, arrived_ = 0;
    int64_t barrier_ = 0;
};

thread_local Block *Block::entering;
thread_local Block *current;

ScanKernel scanKernel(const fk_cuda_variant &variant, fk_cuda_kernel kernel) {
    switch (variant.storage) {
        case fk_cuda_f32: return scanKernelF32(variant, kernel);
        case fk_cuda_bf16: return scanKernelBF16(variant, kernel);
        default: return scanKernelF16(variant, kernel);
    }
}

SumKernel sumKernel(const fk_cuda_variant &variant) {
    switch (variant.storage) {
        case fk_cuda_f32: return sumF32;
        case fk_cuda_bf16: return sumBF16;
        default: return sumF16;
    }
}

bool run(const fk_cuda_variant &variant, const fk_cuda_launch &launch, bool isReversed) {
    const ScanKernel scan = launch.kernel == fk_cuda_kernel_sum ? nullptr : scanKernel(variant, launch.kernel);
    const SumKernel sum = sumKernel(variant);
    Block block(launch.threads, launch.shared_bytes, isReversed);
    blockSize.x = launch.threads;
    gridSize.x = launch.blocks;
    current = &block;
    for (unsigned index = 0; index < launch.blocks; ++index) {
        blockIndex.x = isReversed ? launch.blocks - 1 - index : index;
        if (!block.run([&] { scan ? scan(launch.scan) : sum(launch.sum); })) return false;
    }
    return true;
}

}  // namespace

float *shared() { return current->shared(); }
void synchronize() { current->synchronize(); }
float shuffle(float value, int from) { return current->shuffle(value, from); }

}  // namespace emulation

bool fk_emulate_scan(
    const fk_cuda_scan *scan, const fk_cuda_limits *limits, bool runs_backwards, char *message, size_t capacity) {
    fk_cuda_plan plan;
    if (!fk_cuda_plan_scan(scan, limits, nullptr, &plan, message, capacity)) return false;
    std::vector<float> workspace(
        size_t(plan.workspace_bytes) / sizeof(float) + 4, std::numeric_limits<float>::quiet_NaN());
    void *aligned = workspace.data();
    size_t bytes = workspace.size() * sizeof(float);
    std::align(16, size_t(plan.workspace_bytes), aligned, bytes);
    fk_cuda_plan_scan(scan, limits, aligned, &plan, message, capacity);
    for (int i = 0; i < plan.count; ++i)
        if (!emulation::run(plan.variant, plan.launches[i], runs_backwards)) {
            std::snprintf(message, capacity, "threads of a block of kernel %s wait for each other forever",
                          fk_cuda_kernel_name(plan.launches[i].kernel));
            return false;
        }
    return true;
}
