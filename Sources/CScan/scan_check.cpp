#include "scan_internal.h"

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace fusionkit {
namespace {

/// Collects one sentence for each violated requirement.
class Violations {
public:
    Violations(char *message, size_t capacity) : text_(message), capacity_(message ? capacity : 0) {
        if (capacity_ > 0) text_[0] = 0;
    }

    __attribute__((format(printf, 2, 3))) void add(const char *format, ...) {
        if (count_++ > 0) write(" ");
        va_list values;
        va_start(values, format);
        advance(std::vsnprintf(text_ ? text_ + used_ : nullptr, capacity_ - used_, format, values));
        va_end(values);
    }

    int32_t count() const { return count_; }

private:
    void write(const char *text) {
        advance(std::snprintf(text_ ? text_ + used_ : nullptr, capacity_ - used_, "%s", text));
    }

    void advance(int written) {
        if (capacity_ > 0 && written > 0) used_ = std::min(used_ + size_t(written), capacity_ - 1);
    }

    char *text_;
    size_t capacity_;
    size_t used_ = 0;
    int32_t count_ = 0;
};

struct Axis {
    int64_t size, stride;
};

/// The farthest element from the first, or -1 where that is beyond any memory.
template <size_t count>
int64_t reach(const std::array<Axis, count> &axes) {
    constexpr int64_t most = INT64_MAX / int64_t(sizeof(float));
    int64_t total = 0;
    for (const Axis &axis : axes) {
        int64_t step;
        if (axis.stride == INT64_MIN || __builtin_mul_overflow(axis.size - 1, std::abs(axis.stride), &step)) return -1;
        if (__builtin_add_overflow(total, step, &total) || total > most) return -1;
    }
    return total;
}

/// Whether each index has an element of its own, for strides that nest (no stride falls inside a smaller axis's reach).
template <size_t count>
bool isInjective(std::array<Axis, count> axes) {
    std::sort(axes.begin(), axes.end(), [](Axis a, Axis b) { return std::abs(a.stride) < std::abs(b.stride); });
    int64_t covered = 0;
    for (const Axis &axis : axes) {
        if (axis.size < 2) continue;
        if (std::abs(axis.stride) <= covered) return false;
        covered += (axis.size - 1) * std::abs(axis.stride);
    }
    return true;
}

std::array<Axis, 3> axes(const fk_scan_arguments &s, const fk_scan_sequence_strides &strides) {
    return {{{s.batches, strides.batch}, {s.channels, strides.channel}, {s.length, strides.time}}};
}

/// For an array of the map, which all paths have in common, the channels are those of one path.
fk_scan_arguments map(fk_scan_arguments arguments) {
    arguments.channels /= pathCount(arguments);
    return arguments;
}

std::array<Axis, 4> axes(const fk_scan_arguments &s, const fk_scan_state_strides &strides) {
    return {{{s.batches, strides.batch},
             {s.groups, strides.group},
             {s.states, strides.state},
             {s.length, strides.time}}};
}

template <typename Strides>
void checkArray(
    const fk_scan_arguments &s, const char *name, const void *data, const Strides &strides, Violations &found) {
    if (!data)
        found.add("%s is missing (null).", name);
    else if (reach(axes(s, strides)) < 0)
        found.add("the strides of %s lead beyond the address space.", name);
}

void checkSizes(const fk_scan_arguments &s, Violations &found) {
    if (s.batches < 0) found.add("batches is %" PRId64 "; it must be 0 or more.", s.batches);
    if (s.channels < 0) found.add("channels is %" PRId64 "; it must be 0 or more.", s.channels);
    if (s.length < 0) found.add("length is %" PRId64 "; it must be 0 or more.", s.length);
    if (s.states < 1 || s.states > mostStates)
        found.add("states is %" PRId64 "; it must be from 1 to %" PRId64 ".", s.states, mostStates);
    if (s.groups < 1)
        found.add("groups is %" PRId64 "; it must be 1 or more.", s.groups);
    else if (s.channels >= 0 && s.channels % s.groups != 0)
        found.add("channels (%" PRId64 ") must be a multiple of groups (%" PRId64 ").", s.channels, s.groups);
    if (s.paths < 0)
        found.add("paths is %" PRId64 "; it must be 0 or more.", s.paths);
    else if (s.groups >= 1 && s.groups % pathCount(s) != 0)
        found.add("groups (%" PRId64 ") must be a multiple of paths (%" PRId64 ").", s.groups, s.paths);
    if (s.parts < 0) found.add("parts is %" PRId64 "; it must be 0 or more.", s.parts);
    if (s.storage < fk_scan_float32 || s.storage > fk_scan_float16)
        found.add("storage is %d; it must be one of 0 (f32), 1 (bf16) and 2 (f16).", int(s.storage));
    if (s.pixels && s.length > INT32_MAX)
        found.add("length is %" PRId64 "; along pixels it must be below 2147483648.", s.length);
}

/// Each path must visit each pixel: another index would lead out of the arrays, and a pixel left out would keep what
/// was in memory.
void checkPixels(const fk_scan_arguments &s, Violations &found) {
    std::vector<bool> isVisited;
    for (int64_t path = 0; path < pathCount(s); ++path) {
        isVisited.assign(s.length, false);
        for (int64_t t = 0; t < s.length; ++t) {
            const int32_t pixel = s.pixels[path * s.length + t];
            if (pixel < 0 || pixel >= s.length)
                return found.add("path %" PRId64 " leads to pixel %" PRId32 " of %" PRId64 ".", path, pixel, s.length);
            if (isVisited[pixel])
                return found.add("path %" PRId64 " visits pixel %" PRId32 " twice.", path, pixel);
            isVisited[pixel] = true;
        }
    }
}

/// An array to be written: strides of the output must give each element a place of its own.
void checkOutput(
    const fk_scan_arguments &s, const char *name, const void *data, const fk_scan_sequence_strides &strides,
    Violations &found) {
    checkArray(s, name, data, strides, found);
    if (data && reach(axes(s, strides)) >= 0 && !isInjective(axes(s, strides)))
        found.add("the strides of %s (batch %" PRId64 ", channel %" PRId64 ", time %" PRId64
                  ") let elements overlap; each must have its own.",
                  name, strides.batch, strides.channel, strides.time);
}

/// Likewise; strides of 0 in batch and time mean a sum.
void checkOutput(
    const fk_scan_arguments &s, const char *name, const void *data, const fk_scan_state_strides &strides,
    Violations &found) {
    checkArray(s, name, data, strides, found);
    std::array<Axis, 4> kept = axes(s, strides);
    for (Axis *axis : {&kept[0], &kept[3]})
        if (axis->stride == 0) axis->size = 1;
    if (data && reach(kept) >= 0 && !isInjective(kept))
        found.add("the strides of %s (batch %" PRId64 ", group %" PRId64 ", state %" PRId64 ", time %" PRId64
                  ") let elements overlap; each must have its own, but for strides of 0 in batch and time.",
                  name, strides.batch, strides.group, strides.state, strides.time);
}

void checkInputs(const fk_scan_arguments &s, Violations &found) {
    if (!s.A) found.add("A is missing (null).");
    if (reach(std::array<Axis, 3>{{{s.batches, 1}, {s.channels, s.states}, {1, 1}}}) < 0 ||
        s.batches > INT64_MAX / 4 / s.states / s.channels)
        found.add("a state of (%" PRId64 ", %" PRId64 ", %" PRId64 ") is larger than the address space.", s.batches,
                  s.channels, s.states);
    if (s.length == 0) return;
    checkArray(map(s), "u", s.u, s.u_strides, found);
    checkArray(s, "delta", s.delta, s.delta_strides, found);
    checkArray(s, "B", s.B, s.B_strides, found);
    checkArray(s, "C", s.C, s.C_strides, found);
    if (s.z) checkArray(map(s), "z", s.z, s.z_strides, found);
}

void checkGradients(const fk_scan_arguments &s, const fk_scan_gradients &g, Violations &found) {
    if (s.length > 0) checkArray(map(s), "dy", g.dy, g.dy_strides, found);
    if (s.length > 0 && g.du) checkOutput(map(s), "du", g.du, g.du_strides, found);
    if (s.length > 0 && g.ddelta) checkOutput(s, "ddelta", g.ddelta, g.ddelta_strides, found);
    if (s.length > 0 && g.dz) checkOutput(map(s), "dz", g.dz, g.dz_strides, found);
    if (g.dz && !s.z) found.add("dz is wanted, but z is missing (null).");
}

void checkInstructionSet(const fk_scan_arguments &s, Violations &found) {
    const char *name = s.instruction_set ? s.instruction_set : forcedName();
    if (name && !findKernel(name))
        found.add("this machine has no instruction set '%.16s' for the scan; %s is one it has.", name,
                  fk_scan_instruction_set());
}

bool checkCommon(const fk_scan_arguments *arguments, Violations &found) {
    if (!arguments) {
        found.add("the arguments are missing (null).");
        return false;
    }
    checkSizes(*arguments, found);
    const bool hasSizes = found.count() == 0;
    if (hasSizes && arguments->batches > 0 && arguments->channels > 0) checkInputs(*arguments, found);
    if (hasSizes && arguments->pixels) checkPixels(*arguments, found);
    checkInstructionSet(*arguments, found);
    return hasSizes;
}

}  // namespace

bool hasRightSizes(const fk_scan_arguments *arguments) {
    Violations found(nullptr, 0);
    if (!arguments) return false;
    checkSizes(*arguments, found);
    checkInstructionSet(*arguments, found);
    return found.count() == 0;
}

int32_t noMemory(const char *what, char *message, size_t capacity) {
    Violations found(message, capacity);
    found.add("there is no memory for %s.", what);
    return found.count();
}

}  // namespace fusionkit

using namespace fusionkit;

int32_t fk_scan_check(const fk_scan_arguments *arguments, char *message, size_t capacity) {
    Violations found(message, capacity);
    const bool hasSizes = checkCommon(arguments, found);
    if (hasSizes && arguments->batches > 0 && arguments->channels > 0 && arguments->length > 0)
        checkOutput(map(*arguments), "y", arguments->y, arguments->y_strides, found);
    return found.count();
}

int32_t fk_scan_check_backward(
    const fk_scan_arguments *arguments, const fk_scan_gradients *gradients, char *message, size_t capacity) {
    Violations found(message, capacity);
    const bool hasSizes = checkCommon(arguments, found);
    if (!gradients) {
        found.add("the gradients are missing (null).");
    } else if (hasSizes) {
        const fk_scan_arguments &s = *arguments;
        if (s.batches > 0 && s.channels > 0) checkGradients(s, *gradients, found);
        if (gradients->dB) checkOutput(s, "dB", gradients->dB, gradients->dB_strides, found);
        if (gradients->dC) checkOutput(s, "dC", gradients->dC, gradients->dC_strides, found);
    }
    return found.count();
}
