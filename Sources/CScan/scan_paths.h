#pragma once

#include "scan_internal.h"
#include "scan_memory.h"

namespace fusionkit {

/// A sum over paths that go side by side: the first writes into the result, each other one into memory of its own,
/// which is then added in the order of the paths. So each element is the same sum as where path follows path.
class PathSums {
public:
    /// Whether there is memory for it. Nothing is done where the result is null.
    bool prepare(const fk_scan_arguments &arguments, float *to, const fk_scan_sequence_strides &strides);

    /// Leads a path's result to where it belongs.
    void give(int64_t path, float *&to, fk_scan_sequence_strides &strides) const;

    void add(const Parallel &parallel) const;

private:
    struct Sizes {
        int64_t batch, channel, time;
    };

    float *to_ = nullptr;
    fk_scan_sequence_strides strides_{}, own_{};
    Sizes sizes_{};
    int64_t paths_ = 1;
    Array<float> parts_;
};

}  // namespace fusionkit
