// What a thread reads while it goes through one state: B and C of its segment, and what other segments do to the state.

/// The values of B or C for one state and one segment: from shared memory, or one that never changes.
template <int items>
struct StateInputs {
    SCAN_DEVICE void read(const float *row) {
#pragma unroll
        for (int i = 0; i < items; i += 4) {
            const Packet<float> packet = *(const Packet<float> *)(row + i);
#pragma unroll
            for (int j = 0; j < 4; ++j) values[i + j] = packet.values[j];
        }
    }
    SCAN_DEVICE float operator[](int i) const { return values[i]; }
    float values[items];
};

struct ConstantInput {
    SCAN_DEVICE float operator[](int) const { return value; }
    float value;
};

template <bool isConstant, int items>
struct InputsOf {
    typedef StateInputs<items> Type;
};
template <int items>
struct InputsOf<true, items> {
    typedef ConstantInput Type;
};

template <typename Work, int items>
SCAN_DEVICE void read(
    StateInputs<items> &to, const Work &work, const fk_cuda_scan_parameters &, const fk_cuda_state_sequence &,
    const float *stage, int state) {
    to.read(stage + state % stageStates * Work::pitch() + Work::shared(work.segment));
}

template <typename Work>
SCAN_DEVICE void read(
    ConstantInput &to, const Work &work, const fk_cuda_scan_parameters &p, const fk_cuda_state_sequence &array,
    const float *, int state) {
    to.value = state < p.states ? get(work.input(array) + (long long)state * array.state) : 0.0f;
}

/// What a stretch of time does to a state: it decays by a factor, and a sum is added.
struct alignas(8) FactorAndSum {
    float factor, sum;
};
