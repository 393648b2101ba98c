#include "scan_internal.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <memory>

namespace fusionkit {
namespace {

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

constexpr int64_t interval = fk_scan_checkpoint_interval;

/// dB or dC: added up from the parts that the runs of a span have left.
struct ParameterGradient {
    float *to;
    fk_scan_state_strides strides;
    Array<float> parts;
    Array<double> totals;  ///< (batches or 1, groups, states), where the gradient is constant in time.

    bool isConstant() const { return strides.time == 0; }
    bool isSharedByBatches() const { return strides.batch == 0; }
};

/// Goes through the sequence in spans, from the last to the first: in each all runs do their part, and then the parts
/// of dB and dC are added up. The spans bound the memory of the parts; they follow from the sizes alone.
class Backward {
public:
    Backward(const fk_scan_arguments &arguments, const fk_scan_gradients &gradients, const Parallel &parallel)
        : a_(arguments),
          out_(gradients),
          kernel_(kernelFor(arguments)),
          parallel_(parallel),
          sizes_(kernel_.backwardSizes(arguments)),
          slots_(sizes_.groupSlots * arguments.groups) {
        dB_.to = gradients.dB;
        dB_.strides = gradients.dB_strides;
        dC_.to = gradients.dC;
        dC_.strides = gradients.dC_strides;
        const int64_t most = std::max<int64_t>(spanFloats / std::max<int64_t>(tileFloats(), 1), 1);
        const int64_t spans = std::max<int64_t>((tiles() + most - 1) / most, 1);
        spanTiles_ = (tiles() + spans - 1) / spans;
    }

    /// Whether there is memory for everything.
    bool prepare() {
        if (!a_.checkpoints) {
            checkpoints_ = allocate<float>({a_.batches, tiles(), a_.channels, a_.states});
            if (!checkpoints_) return false;
            a_.checkpoints = checkpoints_.get();
            makesCheckpoints_ = true;
        }
        adjoint_ = allocate<float>({a_.batches, a_.channels, a_.states});
        dA_ = allocate<float>({a_.batches, a_.channels, a_.states});
        sums_ = allocate<float>({2, a_.batches, a_.channels});
        bool hasAll = adjoint_ && dA_ && sums_;
        for (ParameterGradient *parameter : {&dB_, &dC_}) {
            parameter->parts = allocate<float>({a_.batches, slots_, spanTiles_, a_.states, interval});
            hasAll = hasAll && parameter->parts;
            if (!parameter->isConstant()) continue;
            parameter->totals = allocate<double>({a_.batches, a_.groups, a_.states});
            hasAll = hasAll && parameter->totals;
        }
        return hasAll;
    }

    void run() {
        if (makesCheckpoints_) makeCheckpoints();
        const int64_t stateCount = a_.batches * a_.channels * a_.states, rows = a_.batches * a_.channels;
        if (out_.dlast_state)
            std::copy_n(out_.dlast_state, stateCount, adjoint_.get());
        else
            std::fill_n(adjoint_.get(), stateCount, 0.0f);
        std::fill_n(dA_.get(), stateCount, 0.0f);
        std::fill_n(sums_.get(), 2 * rows, 0.0f);
        for (ParameterGradient *parameter : {&dB_, &dC_})
            if (parameter->totals) std::fill_n(parameter->totals.get(), a_.batches * a_.groups * a_.states, 0.0);

        for (int64_t end = tiles(); end > 0;) {
            const int64_t begin = (end - 1) / spanTiles_ * spanTiles_;
            const BackwardWork work{
                .arguments = a_,
                .gradients = out_,
                .adjoint = adjoint_.get(),
                .dA = dA_.get(),
                .dD = sums_.get(),
                .dbias = sums_.get() + rows,
                .dB = dB_.parts.get(),
                .dC = dC_.parts.get(),
                .slots = slots_,
                .begin = begin * interval,
                .tiles = end - begin};
            parallel_(
                a_.batches * sizes_.items,
                [&](int64_t first, int64_t next) { kernel_.backward(work, first, next); });
            addParts(dB_, begin, end);
            addParts(dC_, begin, end);
            end = begin;
        }
        writeTotals(dB_);
        writeTotals(dC_);
        if (out_.dinitial_state) std::copy_n(adjoint_.get(), stateCount, out_.dinitial_state);
        addBatches(dA_.get(), out_.dA, a_.channels * a_.states);
        addBatches(sums_.get(), out_.dD, a_.channels);
        addBatches(sums_.get() + rows, out_.ddelta_bias, a_.channels);
    }

private:
    static constexpr int64_t spanFloats = 1 << 20;

    int64_t tiles() const { return (a_.length + interval - 1) / interval; }

    /// Numbers that one tile leaves of dB and dC.
    int64_t tileFloats() const { return 2 * a_.batches * slots_ * a_.states * interval; }

    void makeCheckpoints() {
        fk_scan_arguments forward = a_;
        forward.y = nullptr;
        forward.last_state = nullptr;
        parallel_(kernel_.items(forward), [&](int64_t begin, int64_t end) { kernel_.forward(forward, begin, end); });
    }

    /// The batches that an element of dB or dC belongs to: one, or all.
    struct Batches {
        int64_t begin, end;
    };

    int64_t batchesOf(const ParameterGradient &parameter) const {
        return parameter.isSharedByBatches() ? 1 : a_.batches;
    }

    Batches batches(const ParameterGradient &parameter, int64_t index) const {
        return parameter.isSharedByBatches() ? Batches{0, a_.batches} : Batches{index, index + 1};
    }

    /// Adds the parts of the tiles [begin, end), which are a span, in the order batch, tile, slot.
    void addParts(const ParameterGradient &parameter, int64_t begin, int64_t end) const {
        if (!parameter.to) return;
        const int64_t pieces = parameter.isConstant() ? 1 : end - begin;
        parallel_(batchesOf(parameter) * a_.groups * pieces, [&](int64_t item, int64_t next) {
            for (; item < next; ++item) {
                const int64_t index = item / pieces / a_.groups, group = item / pieces % a_.groups;
                if (parameter.isConstant())
                    addConstant(parameter, index, group, end - begin);
                else
                    addTile(parameter, index, group, begin, item % pieces, end - begin);
            }
        });
    }

    /// (states, interval).
    const float *part(
        const ParameterGradient &parameter, int64_t batch, int64_t group, int64_t slot, int64_t tile,
        int64_t tiles) const {
        const int64_t row = batch * slots_ + group * sizes_.groupSlots + slot;
        return parameter.parts.get() + (row * tiles + tile) * a_.states * interval;
    }

    void addTile(
        const ParameterGradient &parameter, int64_t index, int64_t group, int64_t firstTile, int64_t tile,
        int64_t tiles) const {
        float sums[mostStates * interval];
        std::fill_n(sums, a_.states * interval, 0.0f);
        const Batches range = batches(parameter, index);
        for (int64_t batch = range.begin; batch < range.end; ++batch)
            for (int64_t slot = 0; slot < sizes_.groupSlots; ++slot) {
                const float *from = part(parameter, batch, group, slot, tile, tiles);
                for (int64_t i = 0; i < a_.states * interval; ++i) sums[i] += from[i];
            }
        const int64_t token = (firstTile + tile) * interval, times = std::min(interval, a_.length - token);
        const fk_scan_state_strides &by = parameter.strides;
        float *to = parameter.to + index * by.batch + group * by.group + token * by.time;
        for (int64_t n = 0; n < a_.states; ++n)
            for (int64_t t = 0; t < times; ++t) to[n * by.state + t * by.time] = sums[n * interval + t];
    }

    void addConstant(const ParameterGradient &parameter, int64_t index, int64_t group, int64_t tiles) const {
        double *totals = parameter.totals.get() + (index * a_.groups + group) * a_.states;
        const Batches range = batches(parameter, index);
        for (int64_t batch = range.begin; batch < range.end; ++batch)
            for (int64_t tile = 0; tile < tiles; ++tile)
                for (int64_t slot = 0; slot < sizes_.groupSlots; ++slot) {
                    const float *from = part(parameter, batch, group, slot, tile, tiles);
                    for (int64_t i = 0; i < a_.states * interval; ++i) totals[i / interval] += from[i];
                }
    }

    void writeTotals(const ParameterGradient &parameter) const {
        if (!parameter.to || !parameter.isConstant()) return;
        const fk_scan_state_strides &by = parameter.strides;
        const double *from = parameter.totals.get();
        for (int64_t index = 0; index < batchesOf(parameter); ++index)
            for (int64_t group = 0; group < a_.groups; ++group)
                for (int64_t n = 0; n < a_.states; ++n)
                    parameter.to[index * by.batch + group * by.group + n * by.state] = float(*from++);
    }

    void addBatches(const float *from, float *to, int64_t count) const {
        if (!to) return;
        std::fill_n(to, count, 0.0f);
        for (int64_t batch = 0; batch < a_.batches; ++batch)
            for (int64_t i = 0; i < count; ++i) to[i] += from[batch * count + i];
    }

    fk_scan_arguments a_;
    const fk_scan_gradients &out_;
    const ScanKernel &kernel_;
    const Parallel &parallel_;
    const BackwardSizes sizes_;
    const int64_t slots_;
    int64_t spanTiles_ = 0;
    bool makesCheckpoints_ = false;
    ParameterGradient dB_, dC_;
    Array<float> checkpoints_, adjoint_, dA_, sums_;
};

}  // namespace
}  // namespace fusionkit

using namespace fusionkit;

int32_t fk_scan_backward(
    const fk_scan_arguments *arguments, const fk_scan_gradients *gradients, fk_scan_parallel_for parallel,
    void *context, char *message, size_t capacity) {
    if (int32_t violations = fk_scan_check_backward(arguments, gradients, message, capacity)) return violations;
    const Parallel loop{parallel, context};
    Backward backward(*arguments, *gradients, loop);
    if (!backward.prepare()) {
        if (message && capacity > 0)
            std::snprintf(message, capacity, "there is no memory for the checkpoints of the scan and its sums.");
        return 1;
    }
    backward.run();
    return 0;
}
