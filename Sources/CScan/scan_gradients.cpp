#include "scan_forward.h"
#include "scan_paths.h"

#include <algorithm>
#include <vector>

namespace fusionkit {
namespace {

constexpr int64_t interval = fk_scan_checkpoint_interval;

/// dB or dC: added up from the parts that the runs of a span have left.
struct ParameterGradient {
    void *to;
    fk_scan_state_strides strides;
    Array<float> parts;
    Array<double> totals;  ///< (batches or 1, groups, states), where the gradient is constant in time.

    bool isConstant() const { return strides.time == 0; }
    bool isSharedByBatches() const { return strides.batch == 0; }
};

/// Goes along a path in spans, from the last to the first: in each all runs do their part, and then the parts of dB and
/// dC are added up. The spans bound the memory of the parts; they follow from the sizes alone.
class Backward {
public:
    /// For any path of the arguments.
    explicit Backward(const fk_scan_arguments &arguments)
        : scan_(pathScan(arguments, 0)),
          kernel_(kernelFor(arguments)),
          sizes_(kernel_.backwardSizes(scan_)),
          slots_(sizes_.groupSlots * a_.groups) {
        const int64_t most = std::max<int64_t>(spanFloats / std::max<int64_t>(tileFloats(), 1), 1);
        const int64_t spans = std::max<int64_t>((tiles() + most - 1) / most, 1);
        spanTiles_ = (tiles() + spans - 1) / spans;
    }

    /// How many pieces of work there are.
    int64_t items() const { return a_.batches * sizes_.items; }

    /// Whether there is memory for everything.
    bool prepare(const fk_scan_gradients &gradients) {
        dB_.strides = gradients.dB_strides;
        dC_.strides = gradients.dC_strides;
        if (!a_.checkpoints) {
            checkpoints_ = allocate<float>({a_.batches, tiles(), a_.channels, a_.states});
            if (!checkpoints_) return false;
        }
        adjoint_ = allocate<float>({a_.batches, a_.channels, a_.states});
        dA_ = allocate<float>({a_.batches, a_.channels, a_.states});
        sums_ = allocate<float>({2, a_.batches, a_.channels});
        bool hasAll = adjoint_ && dA_ && sums_;
        for (ParameterGradient *parameter : {&dB_, &dC_}) {
            parameter->parts = allocate<float>({a_.batches, slots_, slotFloats(spanTiles_)});
            hasAll = hasAll && parameter->parts;
            if (!parameter->isConstant()) continue;
            parameter->totals = allocate<double>({a_.batches, a_.groups, a_.states});
            hasAll = hasAll && parameter->totals;
        }
        return hasAll;
    }

    /// Returns whether there is memory for the parts of time.
    bool run(const PathScan &scan, const fk_scan_gradients &gradients, const Parallel &parallel) {
        scan_ = scan;
        out_ = gradients;
        dB_.to = gradients.dB;
        dC_.to = gradients.dC;
        if (checkpoints_ && !makeCheckpoints(parallel)) return false;
        const int64_t batchStates = a_.channels * a_.states, rows = a_.batches * a_.channels;
        const int64_t stateCount = a_.batches * batchStates;
        if (out_.dlast_state)
            for (int64_t batch = 0; batch < a_.batches; ++batch)
                std::copy_n(out_.dlast_state + batch * scan_.batchStates, batchStates, &adjoint_[batch * batchStates]);
        else
            std::fill_n(adjoint_.get(), stateCount, 0.0f);
        std::fill_n(dA_.get(), stateCount, 0.0f);
        std::fill_n(sums_.get(), 2 * rows, 0.0f);
        for (ParameterGradient *parameter : {&dB_, &dC_})
            if (parameter->totals) std::fill_n(parameter->totals.get(), a_.batches * a_.groups * a_.states, 0.0);

        for (int64_t end = tiles(); end > 0;) {
            const int64_t begin = (end - 1) / spanTiles_ * spanTiles_;
            const BackwardWork work{
                .scan = scan_,
                .gradients = out_,
                .adjoint = adjoint_.get(),
                .dA = dA_.get(),
                .dD = sums_.get(),
                .dbias = sums_.get() + rows,
                .dB = dB_.parts.get(),
                .dC = dC_.parts.get(),
                .slots = slots_,
                .slot = slotFloats(end - begin),
                .begin = begin * interval,
                .tiles = end - begin};
            parallel(items(), [&](int64_t first, int64_t next) { kernel_.backward(work, first, next); });
            addParts(dB_, begin, end, parallel);
            addParts(dC_, begin, end, parallel);
            end = begin;
        }
        writeTotals(dB_);
        writeTotals(dC_);
        for (int64_t batch = 0; out_.dinitial_state && batch < a_.batches; ++batch)
            std::copy_n(&adjoint_[batch * batchStates], batchStates, out_.dinitial_state + batch * scan_.batchStates);
        addBatches(dA_.get(), out_.dA, a_.channels * a_.states);
        addBatches(sums_.get(), out_.dD, a_.channels);
        addBatches(sums_.get() + rows, out_.ddelta_bias, a_.channels);
        return true;
    }

private:
    static constexpr int64_t spanFloats = 1 << 20;

    int64_t tiles() const { return (a_.length + interval - 1) / interval; }

    /// From slot to slot, with one line of the cache between them: channels write at the same place of their slots,
    /// which would otherwise be powers of 2 apart and push each other out of the cache.
    int64_t slotFloats(int64_t tiles) const { return tiles * a_.states * interval + 16; }

    /// Numbers that one tile leaves of dB and dC.
    int64_t tileFloats() const { return 2 * a_.batches * slots_ * a_.states * interval; }

    bool makeCheckpoints(const Parallel &parallel) {
        a_.checkpoints = checkpoints_.get();
        scan_.checkpointStates = a_.channels * a_.states;
        scan_.checkpointBatch = tiles() * scan_.checkpointStates;
        PathScan forward = scan_;
        forward.arguments.y = nullptr;
        forward.arguments.last_state = nullptr;
        return runForward({forward}, a_.parts, kernel_, parallel);
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
    void addParts(const ParameterGradient &parameter, int64_t begin, int64_t end, const Parallel &parallel) const {
        if (!parameter.to) return;
        const int64_t pieces = parameter.isConstant() ? 1 : end - begin;
        parallel(batchesOf(parameter) * a_.groups * pieces, [&](int64_t item, int64_t next) {
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
        return parameter.parts.get() + row * slotFloats(tiles) + tile * a_.states * interval;
    }

    void addTile(
        const ParameterGradient &parameter, int64_t index, int64_t group, int64_t firstTile, int64_t tile,
        int64_t tiles) const {
        float added[mostStates * interval];
        const Batches range = batches(parameter, index);
        const float *sums = part(parameter, range.begin, group, 0, tile, tiles);
        for (int64_t batch = range.begin; batch < range.end; ++batch)
            for (int64_t slot = batch == range.begin ? 1 : 0; slot < sizes_.groupSlots; ++slot) {
                const float *from = part(parameter, batch, group, slot, tile, tiles);
                for (int64_t i = 0; i < a_.states * interval; ++i) added[i] = sums[i] + from[i];
                sums = added;
            }
        const int64_t token = (firstTile + tile) * interval, times = std::min(interval, a_.length - token);
        const fk_scan_state_strides &by = parameter.strides;
        withElement(a_.storage, [&](auto element) {
            auto *to = static_cast<decltype(element) *>(parameter.to) + index * by.batch + group * by.group;
            const auto place = [&](int64_t t) { return (a_.pixels ? a_.pixels[token + t] : token + t) * by.time; };
            int64_t n = 0;
            if (by.state == 1)
                for (; n + 4 <= a_.states; n += 4)
                    for (int64_t t = 0; t < times; ++t)
                        for (int64_t k = 0; k < 4; ++k) set(to[place(t) + n + k], sums[(n + k) * interval + t]);
            for (; n < a_.states; ++n)
                for (int64_t t = 0; t < times; ++t) set(to[place(t) + n * by.state], sums[n * interval + t]);
        });
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
                    setAt(
                        parameter.to, a_.storage, index * by.batch + group * by.group + n * by.state, float(*from++));
    }

    void addBatches(const float *from, float *to, int64_t count) const {
        if (!to) return;
        std::fill_n(to, count, 0.0f);
        for (int64_t batch = 0; batch < a_.batches; ++batch)
            for (int64_t i = 0; i < count; ++i) to[i] += from[batch * count + i];
    }

    PathScan scan_;
    fk_scan_arguments &a_ = scan_.arguments;
    fk_scan_gradients out_{};
    const ScanKernel &kernel_;
    const BackwardSizes sizes_;
    const int64_t slots_;
    int64_t spanTiles_ = 0;
    ParameterGradient dB_, dC_;
    Array<float> checkpoints_, adjoint_, dA_, sums_;
};

/// The scans of all paths with what concerns each.
class Paths {
public:
    Paths(const fk_scan_arguments &arguments, const fk_scan_gradients &gradients) : a_(arguments), g_(gradients) {}

    /// Whether there is memory for the paths to go side by side, each on one thread, or one after the other.
    bool prepare(bool areSideBySide) {
        if (!du_.prepare(a_, g_.du, g_.du_strides, areSideBySide)) return false;
        if (!dz_.prepare(a_, g_.dz, g_.dz_strides, areSideBySide)) return false;
        workers_.clear();
        for (int64_t count = areSideBySide ? pathCount(a_) : 1; count > 0; --count) {
            workers_.push_back(std::make_unique<Backward>(a_));
            if (!workers_.back()->prepare(g_)) return false;
        }
        return true;
    }

    /// Returns whether there is memory for the parts of time.
    bool run(const Parallel &parallel) const {
        std::vector<char> hadMemory(pathCount(a_));
        if (workers_.size() > 1)
            parallel(pathCount(a_), [&](int64_t begin, int64_t end) {
                for (int64_t path = begin; path < end; ++path)
                    hadMemory[path] = run(path, *workers_[path], Parallel{nullptr, nullptr});
            });
        else
            for (int64_t path = 0; path < pathCount(a_); ++path) hadMemory[path] = run(path, *workers_[0], parallel);
        du_.finish(parallel);
        dz_.finish(parallel);
        return std::find(hadMemory.begin(), hadMemory.end(), false) == hadMemory.end();
    }

private:
    bool run(int64_t path, Backward &worker, const Parallel &parallel) const {
        PathScan scan = pathScan(a_, path);
        fk_scan_gradients own = pathGradients(a_, g_, path);
        du_.lead(path, scan, own.du, own.du_strides);
        dz_.lead(path, scan, own.dz, own.dz_strides);
        return worker.run(scan, own, parallel);
    }

    const fk_scan_arguments &a_;
    const fk_scan_gradients &g_;
    PathSums du_, dz_;
    std::vector<std::unique_ptr<Backward>> workers_;
};

}  // namespace
}  // namespace fusionkit

using namespace fusionkit;

int32_t fk_scan_backward(
    const fk_scan_arguments *arguments, const fk_scan_gradients *gradients, fk_scan_parallel_for parallel,
    void *context, char *message, size_t capacity) {
    if (int32_t violations = fk_scan_check_backward(arguments, gradients, message, capacity)) return violations;
    const Parallel loop{parallel, context};
    Paths paths(*arguments, *gradients);
    const bool mayBeSideBySide = pathCount(*arguments) > 1 && arguments->threads > Backward(*arguments).items();
    const bool isReady = (mayBeSideBySide && paths.prepare(true)) || paths.prepare(false);
    if (!isReady || !paths.run(loop))
        return noMemory("the checkpoints of the scan and its sums", message, capacity);
    return 0;
}
