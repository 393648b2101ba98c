#include "scan_internal.h"

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

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
bool isInjective(std::array<Axis, 3> axes) {
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

std::array<Axis, 4> axes(const fk_scan_arguments &s, const fk_scan_state_strides &strides) {
    return {{{s.batches, strides.batch},
             {s.groups, strides.group},
             {s.states, strides.state},
             {s.length, strides.time}}};
}

template <typename Strides>
void checkArray(
    const fk_scan_arguments &s, const char *name, const float *data, const Strides &strides, Violations &found) {
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
}

void checkArrays(const fk_scan_arguments &s, Violations &found) {
    if (!s.A) found.add("A is missing (null).");
    if (reach(std::array<Axis, 3>{{{s.batches, 1}, {s.channels, s.states}, {1, 1}}}) < 0 ||
        s.batches > INT64_MAX / 4 / s.states / s.channels)
        found.add("a state of (%" PRId64 ", %" PRId64 ", %" PRId64 ") is larger than the address space.", s.batches,
                  s.channels, s.states);
    if (s.length == 0) return;
    checkArray(s, "u", s.u, s.u_strides, found);
    checkArray(s, "delta", s.delta, s.delta_strides, found);
    checkArray(s, "B", s.B, s.B_strides, found);
    checkArray(s, "C", s.C, s.C_strides, found);
    if (s.z) checkArray(s, "z", s.z, s.z_strides, found);
    checkArray(s, "y", s.y, s.y_strides, found);
    if (s.y && reach(axes(s, s.y_strides)) >= 0 && !isInjective(axes(s, s.y_strides)))
        found.add("the strides of y (batch %" PRId64 ", channel %" PRId64 ", time %" PRId64
                  ") let elements overlap; each must have its own.",
                  s.y_strides.batch, s.y_strides.channel, s.y_strides.time);
}

}  // namespace
}  // namespace fusionkit

using namespace fusionkit;

int32_t fk_scan_check(const fk_scan_arguments *arguments, char *message, size_t capacity) {
    Violations found(message, capacity);
    if (!arguments) {
        found.add("the arguments are missing (null).");
        return found.count();
    }
    checkSizes(*arguments, found);
    const bool hasSizes = found.count() == 0;
    if (hasSizes && arguments->batches > 0 && arguments->channels > 0) checkArrays(*arguments, found);
    const char *name = arguments->instruction_set ? arguments->instruction_set : forcedName();
    if (name && !findKernel(name))
        found.add("this machine has no instruction set '%.16s' for the scan; %s is one it has.", name,
                  fk_scan_instruction_set());
    return found.count();
}
