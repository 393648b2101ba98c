#include "scan_forward.h"

#include "scan_memory.h"
#include "scan_paths.h"

#include <algorithm>
#include <cmath>

namespace fusionkit {
namespace {

constexpr int64_t interval = fk_scan_checkpoint_interval;

void runAll(const std::vector<PathScan> &scans, const ScanKernel &kernel, const Parallel &parallel) {
    if (scans.empty()) return;
    const int64_t items = kernel.items(scans[0]);
    parallel(items * int64_t(scans.size()), [&](int64_t begin, int64_t end) {
        while (begin < end) {
            const int64_t scan = begin / items, next = std::min(end, (scan + 1) * items);
            kernel.forward(scans[scan], begin - scan * items, next - scan * items);
            begin = next;
        }
    });
}

/// The tokens [begin, end) of a scan, begin being a multiple of the checkpoints' interval.
PathScan partOf(const PathScan &whole, int64_t begin, int64_t end) {
    PathScan scan = whole;
    fk_scan_arguments &a = scan.arguments;
    a.length = end - begin;
    if (a.checkpoints) a.checkpoints += begin / interval * scan.checkpointStates;
    if (a.pixels) {
        a.pixels += begin;
        return scan;
    }
    a.u = elementAt(a.u, a.storage, begin * a.u_strides.time);
    a.delta = elementAt(a.delta, a.storage, begin * a.delta_strides.time);
    a.B = elementAt(a.B, a.storage, begin * a.B_strides.time);
    a.C = elementAt(a.C, a.storage, begin * a.C_strides.time);
    if (a.z) a.z = elementAt(a.z, a.storage, begin * a.z_strides.time);
    if (a.y) a.y = elementAt(a.y, scan.sumStorage, begin * a.y_strides.time);
    return scan;
}

/// One scan in parts of time.
class TimeParts {
public:
    TimeParts(const PathScan &whole, int64_t parts) : whole_(whole), a_(whole.arguments), parts_(parts) {
        batchStates_ = a_.channels * a_.states;
    }

    /// Whether there is memory for it.
    bool prepare() {
        states_ = allocate<float>({parts_ + 1, a_.batches, batchStates_});
        steps_ = allocate<double>({parts_, a_.batches, a_.channels});
        if (!states_ || !steps_) return false;
        std::fill_n(state(0), a_.batches * batchStates_, 0.0f);
        for (int64_t batch = 0; a_.initial_state && batch < a_.batches; ++batch)
            std::copy_n(a_.initial_state + batch * whole_.batchStates, batchStates_, state(0) + batch * batchStates_);
        return true;
    }

    void addFirstPass(std::vector<PathScan> &scans) const {
        for (int64_t index = 0; index + 1 < parts_; ++index) {
            PathScan scan = part(index);
            scan.arguments.last_state = state(index + 1);
            if (index > 0) {
                scan.arguments.initial_state = nullptr;
                scan.arguments.y = nullptr;
                scan.arguments.checkpoints = nullptr;
                scan.steps = &steps_[index * a_.batches * a_.channels];
            }
            scans.push_back(scan);
        }
    }

    /// Turns the states that parts leave after zeros into those that they leave after the part before them.
    void link() const {
        for (int64_t index = 1; index + 1 < parts_; ++index)
            for (int64_t i = 0; i < a_.batches * batchStates_; ++i) {
                const double before = state(index)[i], steps = steps_[index * a_.batches * a_.channels + i / a_.states];
                // A state of 0 stays 0, also where the factor is too large for a number.
                if (before != 0) state(index + 1)[i] += float(std::exp(steps * a_.A[i % batchStates_]) * before);
            }
    }

    void addSecondPass(std::vector<PathScan> &scans) const {
        for (int64_t index = 1; index < parts_; ++index) {
            PathScan scan = part(index);
            scan.arguments.last_state = index + 1 == parts_ ? state(parts_) : nullptr;
            scans.push_back(scan);
        }
    }

    void finish() const {
        for (int64_t batch = 0; a_.last_state && batch < a_.batches; ++batch)
            std::copy_n(
                state(parts_) + batch * batchStates_, batchStates_, a_.last_state + batch * whole_.batchStates);
    }

private:
    float *state(int64_t part) const { return &states_[part * a_.batches * batchStates_]; }

    PathScan part(int64_t index) const {
        const int64_t tiles = (a_.length + interval - 1) / interval;
        const int64_t begin = tiles * index / parts_ * interval, end = tiles * (index + 1) / parts_ * interval;
        PathScan scan = partOf(whole_, begin, std::min(end, a_.length));
        scan.arguments.initial_state = state(index);
        scan.batchStates = batchStates_;
        return scan;
    }

    const PathScan &whole_;
    const fk_scan_arguments &a_;
    const int64_t parts_;
    int64_t batchStates_;
    Array<float> states_;  ///< (parts + 1, batches, channels, states): where each part begins, and the last ends.
    Array<double> steps_;  ///< (parts, batches, channels): Σdt.
};

}  // namespace

bool runForward(
    const std::vector<PathScan> &scans, int64_t parts, const ScanKernel &kernel, const Parallel &parallel) {
    if (scans.empty()) return true;
    const fk_scan_arguments &a = scans[0].arguments;
    parts = std::min(parts, (a.length + interval - 1) / interval);
    if (parts < 2 || kernel.items(scans[0]) == 0) {
        runAll(scans, kernel, parallel);
        return true;
    }
    std::vector<TimeParts> divided;
    for (const PathScan &scan : scans)
        if (!divided.emplace_back(scan, parts).prepare()) return false;
    std::vector<PathScan> pass;
    for (const TimeParts &each : divided) each.addFirstPass(pass);
    runAll(pass, kernel, parallel);
    pass.clear();
    for (const TimeParts &each : divided) {
        each.link();
        each.addSecondPass(pass);
    }
    runAll(pass, kernel, parallel);
    for (const TimeParts &each : divided) each.finish();
    return true;
}

}  // namespace fusionkit

using namespace fusionkit;

int64_t fk_scan_pieces(const fk_scan_arguments *arguments) {
    if (!hasRightSizes(arguments)) return 0;
    return pathCount(*arguments) * kernelFor(*arguments).items(pathScan(*arguments, 0));
}

int32_t fk_scan_forward(
    const fk_scan_arguments *arguments, fk_scan_parallel_for parallel, void *context, char *message, size_t capacity) {
    if (int32_t violations = fk_scan_check(arguments, message, capacity)) return violations;
    const ScanKernel &kernel = kernelFor(*arguments);
    const Parallel loop{parallel, context};
    const int64_t paths = pathCount(*arguments);
    PathSums y;
    bool areSideBySide = paths > 1 && arguments->threads > kernel.items(pathScan(*arguments, 0));
    if (areSideBySide) areSideBySide = y.prepare(*arguments, arguments->y, arguments->y_strides, true);
    bool hasMemory = areSideBySide || y.prepare(*arguments, arguments->y, arguments->y_strides, false);
    std::vector<PathScan> scans;
    for (int64_t path = 0; hasMemory && path < paths; ++path) {
        PathScan &scan = scans.emplace_back(pathScan(*arguments, path));
        y.lead(path, scan, scan.arguments.y, scan.arguments.y_strides);
        if (areSideBySide && path + 1 < paths) continue;
        hasMemory = runForward(scans, arguments->parts, kernel, loop);
        scans.clear();
    }
    if (!hasMemory) return noMemory("the sum of the paths and the states of the parts", message, capacity);
    y.finish(loop);
    return 0;
}
