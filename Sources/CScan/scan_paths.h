#pragma once

#include "scan_internal.h"
#include "scan_memory.h"

namespace fusionkit {

/// A sum over paths on its way to where it is stored. Paths that go side by side have memory of their own each, which
/// is added in the order of the paths in the end, so that each element is the same sum as where path follows path. A
/// sum of several paths is not rounded to 16 bits before it is complete.
class PathSums {
public:
    /// Whether there is memory for it. Nothing is done where the result is null.
    bool prepare(
        const fk_scan_arguments &arguments, void *to, const fk_scan_sequence_strides &strides, bool areSideBySide);

    /// Leads a path's result to where it belongs: `to` and `strides` are the result's and become its own.
    void lead(int64_t path, PathScan &scan, void *&to, fk_scan_sequence_strides &strides) const;

    /// Writes the complete sums.
    void finish(const Parallel &parallel) const;

private:
    struct Sizes {
        int64_t batch, channel, time;
    };

    void *to_ = nullptr;
    fk_scan_sequence_strides strides_{}, own_{};
    fk_scan_storage storage_ = fk_scan_float32;
    Sizes sizes_{};
    int64_t count_ = 0;  ///< Of arrays of sums.
    bool areSideBySide_ = false, beginsInResult_ = true;
    Array<float> sums_;
};

}  // namespace fusionkit
