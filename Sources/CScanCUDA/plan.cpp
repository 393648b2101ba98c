#include <algorithm>
#include <cstdio>

#include "CScanCUDA.h"

namespace {

// As in the kernels.
constexpr int stageStates = 8, forwardItems = 16, backwardItems = 8;

int ceilingOfQuotient(int64_t a, int64_t b) { return int((a + b - 1) / b); }

/// How many channels side by side, how many warps, and what follows from it.
struct Geometry {
    Geometry(const fk_cuda_scan &scan, const fk_cuda_limits &limits, bool isBackward) {
        const fk_cuda_scan_parameters &p = scan.operands;
        isConstant = scan.is_constant;
        backward = isBackward;
        states = p.states;
        items = isBackward ? backwardItems : forwardItems;
        // Channels share a path and, where these change in time, B and C.
        span = scan.is_constant ? p.channels / p.paths : p.channels / p.groups;
        if (isBackward)
            // dB and dC are added up in a block: the more channels, the less there is left to add.
            lanes = span > 12 && p.states <= 64 ? 32 : 4;
        else
            // Eight channels side by side fill a sector of memory; where tokens are side by side, any number does.
            lanes = span >= 8 && (p.paths > 1 || p.u.channel == 1) ? 8 : 4;
        spanBlocks = ceilingOfQuotient(span, lanes);
        warps = 4;
        const int least = lanes == 32 ? 2 : 1;  // so that the interval is a multiple of a forward segment
        while (warps > least && (tile() / 2 >= p.length || sharedBytes() > limits.shared_bytes)) warps /= 2;
    }

    int tile() const { return warps * (32 / lanes) * items; }
    int threads() const { return warps * 32; }

    /// As the kernels divide it.
    int sharedBytes() const {
        const int carries = (states + 1) / 2 * 2 * lanes;
        const int pitch = warps * (32 / lanes) * (items + 4) + 4;
        const int stages = isConstant ? 0 : 2 * stageStates * pitch;
        const int row = warps * lanes, sums = isConstant ? 3 : 1;
        const int floats = backward ? 3 * carries + 2 * 3 * row + 2 * sums * row + sums * carries + stages
                                    : 3 * carries + 2 * 2 * 2 * row + stages;
        return floats * int(sizeof(float));
    }

    int items, span, lanes, spanBlocks, warps, states;
    bool isConstant, backward;
};

/// Hands out parts of the workspace.
class Workspace {
public:
    explicit Workspace(void *memory) : memory_(static_cast<char *>(memory)) {}

    float *floats(int64_t count) {
        const int64_t start = bytes_;
        bytes_ += (count * int64_t(sizeof(float)) + 255) / 256 * 256;
        return memory_ ? reinterpret_cast<float *>(memory_ + start) : nullptr;
    }

    int64_t bytes() const { return bytes_; }

private:
    char *memory_;
    int64_t bytes_ = 0;
};

class Planner {
public:
    Planner(const fk_cuda_scan &scan, const fk_cuda_limits &limits, void *workspace, fk_cuda_plan &plan)
        : scan_(scan), limits_(limits), geometry_(scan, limits, scan.is_backward), workspace_(workspace), plan_(plan),
          p_(scan.operands) {
        p_.interval = Geometry(scan, limits, true).tile();
        p_.span = geometry_.span;
        p_.span_blocks = geometry_.spanBlocks;
        blocks_ = int64_t(p_.batches) * (p_.channels / p_.span) * p_.span_blocks;
        chooseChunks();
    }

    int64_t blocks() const { return blocks_ * p_.chunks; }
    const Geometry &geometry() const { return geometry_; }

    void plan() {
        plan_.variant = {
            scan_.storage, geometry_.lanes, geometry_.warps, scan_.is_backward, scan_.is_constant,
            scan_.is_backward && p_.z.data};
        plan_.count = 0;
        if (scan_.is_backward)
            planBackward();
        else
            planForward();
        plan_.workspace_bytes = workspace_.bytes();
    }

private:
    /// As many chunks as keep the device busiest: each multiprocessor goes through its share of blocks, two of them at
    /// least at a time, and a first pass over the chunks costs about half as much as the scan.
    void chooseChunks() {
        const int tiles = ceilingOfQuotient(p_.length, geometry_.tile());
        double best = 0;
        const int64_t most = 8 * limits_.multiprocessors / blocks_ + 8;
        for (int wanted = 1; wanted <= tiles && wanted <= most; ++wanted) {
            const int length = ceilingOfQuotient(tiles, wanted), chunks = ceilingOfQuotient(tiles, length);
            if (chunks != wanted) continue;
            const int64_t share =
                std::max(ceilingOfQuotient(blocks_ * chunks, limits_.multiprocessors), 2);
            const double cost = double(share) * length * (chunks > 1 ? 1.5 : 1) + 0.01 * chunks;
            if (wanted > 1 && cost >= best) continue;
            best = cost;
            p_.chunks = chunks;
            p_.chunk_length = length * geometry_.tile();
        }
        p_.first_chunk = 0;
        p_.pass_chunks = p_.chunks;
    }

    fk_cuda_launch &add(fk_cuda_kernel kernel, int64_t blocks, int threads, int sharedBytes) {
        fk_cuda_launch &launch = plan_.launches[plan_.count++];
        launch.kernel = kernel;
        launch.blocks = unsigned(blocks);
        launch.threads = unsigned(threads);
        launch.shared_bytes = unsigned(sharedBytes);
        launch.scan = p_;
        launch.sum = {};
        return launch;
    }

    /// The first states of the chunks.
    void planFirstPass() {
        if (p_.chunks == 1) return;
        const int64_t rows = int64_t(p_.batches) * p_.chunks * p_.channels;
        p_.chunk_states = workspace_.floats(rows * p_.states);
        p_.chunk_steps = workspace_.floats(rows);
        fk_cuda_launch &first = add(
            fk_cuda_kernel_first, blocks_ * (p_.chunks - 1), geometry_.threads(), geometry_.sharedBytes());
        first.scan.pass_chunks = p_.chunks - 1;  // the last in the order of the scan has no successor
        first.scan.first_chunk = scan_.is_backward ? 1 : 0;
        add(fk_cuda_kernel_chunks, ceilingOfQuotient(int64_t(p_.batches) * p_.channels * p_.states, 256), 256, 0);
    }

    void planScan() { add(fk_cuda_kernel_scan, blocks(), geometry_.threads(), geometry_.sharedBytes()); }

    void planForward() {
        planFirstPass();
        const fk_cuda_sequence y = byPath(p_.y);
        planScan();
        addPaths(p_.y, y);
    }

    void planBackward() {
        planFirstPass();
        const fk_cuda_sequence du = byPath(p_.du), dz = p_.dz.data ? byPath(p_.dz) : p_.dz;
        const int64_t rows = int64_t(p_.batches) * p_.chunks * p_.channels;
        float *const dA = p_.dA, *const dD = p_.dD, *const dBias = p_.ddelta_bias;
        p_.dA = workspace_.floats(rows * p_.states);
        if (dD) p_.dD = workspace_.floats(rows);
        if (dBias) p_.ddelta_bias = workspace_.floats(rows);
        const fk_cuda_state_sequence dB = byBlock(p_.dB), dC = byBlock(p_.dC);
        planScan();
        addPaths(p_.du, du);
        if (p_.dz.data) addPaths(p_.dz, dz);
        addChunks(p_.dA, dA, p_.states);
        if (dD) addChunks(p_.dD, dD, 1);
        if (dBias) addChunks(p_.ddelta_bias, dBias, 1);
        addBlocks(p_.dB, dB);
        addBlocks(p_.dC, dC);
    }

    /// Gives each path an output of its own in f32, and returns what they add up to.
    fk_cuda_sequence byPath(fk_cuda_sequence &output) {
        const fk_cuda_sequence whole = output;
        if (p_.paths == 1) return whole;
        p_.has_float_outputs = 1;
        output.data = workspace_.floats(int64_t(p_.batches) * p_.channels * p_.length);
        output.batch = int64_t(p_.channels) * p_.length;
        const bool areChannelsAdjacent = whole.channel == 1;
        output.channel = areChannelsAdjacent ? 1 : p_.length;
        output.time = areChannelsAdjacent ? p_.channels : 1;
        return whole;
    }

    fk_cuda_launch &addSum(const float *from, void *to, bool hasFloatOutput, int64_t count) {
        fk_cuda_launch &launch =
            add(fk_cuda_kernel_sum, std::min<int64_t>(ceilingOfQuotient(count, 256), 1 << 20), 256, 0);
        launch.sum.from = from;
        launch.sum.to = to;
        launch.sum.has_float_output = hasFloatOutput;
        return launch;
    }

    static void setAxis(fk_cuda_sum &sum, int axis, int64_t size, int64_t from, int64_t to) {
        sum.sizes[axis] = size;
        sum.from_strides[axis] = from;
        sum.to_strides[axis] = to;
    }

    static void setCount(fk_cuda_sum &sum, int axis, int64_t count, int64_t stride) {
        sum.counts[axis] = count;
        sum.count_strides[axis] = stride;
    }

    void addPaths(const fk_cuda_sequence &parts, const fk_cuda_sequence &whole) {
        if (p_.paths == 1) return;
        const int mapChannels = p_.channels / p_.paths;
        const int64_t count = int64_t(p_.batches) * mapChannels * p_.length;
        fk_cuda_sum &sum = addSum(static_cast<const float *>(parts.data), whole.data, false, count).sum;
        const bool areChannelsAdjacent = parts.channel == 1;
        setAxis(sum, 0, p_.batches, parts.batch, whole.batch);
        setAxis(sum, areChannelsAdjacent ? 1 : 2, p_.length, parts.time, whole.time);
        setAxis(sum, areChannelsAdjacent ? 2 : 1, mapChannels, parts.channel, whole.channel);
        setAxis(sum, 3, 1, 0, 0);
        setCount(sum, 0, p_.paths, parts.channel * mapChannels);
        setCount(sum, 1, 1, 0);
    }

    /// Adds up (batches, chunks, channels, width) to (channels, width).
    void addChunks(const float *parts, float *whole, int width) {
        const int64_t row = int64_t(p_.channels) * width;
        fk_cuda_sum &sum = addSum(parts, whole, true, row).sum;
        setAxis(sum, 0, row, 1, 1);
        for (int axis : {1, 2, 3}) setAxis(sum, axis, 1, 0, 0);
        setCount(sum, 0, int64_t(p_.batches) * p_.chunks, row);
        setCount(sum, 1, 1, 0);
    }

    /// Gives each block of channels, or each chunk of each channel, a gradient of its own, and returns the whole.
    fk_cuda_state_sequence byBlock(fk_cuda_state_sequence &output) {
        const fk_cuda_state_sequence whole = output;
        if (scan_.is_constant) {
            output.data = workspace_.floats(int64_t(p_.batches) * p_.chunks * p_.channels * p_.states);
            return whole;
        }
        if (p_.span_blocks == 1) return whole;
        const int64_t blocks = int64_t(p_.channels / p_.span) * p_.span_blocks;
        output.time = 1;
        output.state = p_.length;
        output.group = int64_t(p_.length) * p_.states;
        output.batch = output.group * blocks;
        output.data = workspace_.floats(output.batch * p_.batches);
        return whole;
    }

    void addBlocks(const fk_cuda_state_sequence &parts, const fk_cuda_state_sequence &whole) {
        const float *from = static_cast<const float *>(parts.data);
        if (scan_.is_constant) {
            fk_cuda_sum &sum = addSum(from, whole.data, true, int64_t(p_.groups) * p_.states).sum;
            const int64_t perGroup = p_.channels / p_.groups, row = int64_t(p_.channels) * p_.states;
            setAxis(sum, 0, 1, 0, 0);
            setAxis(sum, 1, p_.groups, perGroup * p_.states, whole.group);
            setAxis(sum, 2, p_.states, 1, whole.state);
            setAxis(sum, 3, 1, 0, 0);
            setCount(sum, 0, int64_t(p_.batches) * p_.chunks, row);
            setCount(sum, 1, perGroup, p_.states);
            return;
        }
        if (p_.span_blocks == 1) return;
        const int64_t count = int64_t(p_.batches) * p_.groups * p_.states * p_.length;
        fk_cuda_sum &sum = addSum(from, whole.data, true, count).sum;
        setAxis(sum, 0, p_.batches, parts.batch, whole.batch);
        setAxis(sum, 1, p_.groups, parts.group * p_.span_blocks, whole.group);
        setAxis(sum, 2, p_.states, parts.state, whole.state);
        setAxis(sum, 3, p_.length, parts.time, whole.time);
        setCount(sum, 0, p_.span_blocks, parts.group);
        setCount(sum, 1, 1, 0);
    }

    const fk_cuda_scan &scan_;
    const fk_cuda_limits &limits_;
    Geometry geometry_;
    Workspace workspace_;
    fk_cuda_plan &plan_;
    fk_cuda_scan_parameters p_;
    int64_t blocks_;
};

const char *objection(const fk_cuda_scan &scan) {
    const fk_cuda_scan_parameters &p = scan.operands;
    for (int size : {p.batches, p.channels, p.groups, p.states, p.length, p.paths})
        if (size < 1) return "a size is 0 or less";
    if (p.states > 256) return "there are more than 256 states";
    if (p.channels % p.groups != 0) return "the groups don't divide the channels";
    if (p.channels % p.paths != 0) return "the paths don't divide the channels";
    if (!scan.is_constant && p.groups % p.paths != 0) return "the paths don't divide the groups";
    if (p.paths > 1 && !p.pixels) return "there are several paths, but no pixels";
    if (scan.storage < fk_cuda_f32 || scan.storage > fk_cuda_f16)
        return "the type of the elements is none of the kernels'";
    return nullptr;
}

}  // namespace

const char *fk_cuda_kernel_name(fk_cuda_kernel kernel) {
    switch (kernel) {
        case fk_cuda_kernel_scan: return "scan";
        case fk_cuda_kernel_first: return "scan_first";
        case fk_cuda_kernel_chunks: return "scan_chunks";
        case fk_cuda_kernel_sum: return "scan_sum";
    }
    return "";
}

int fk_cuda_checkpoint_interval(const fk_cuda_scan *scan, const fk_cuda_limits *limits) {
    return Geometry(*scan, *limits, true).tile();
}

bool fk_cuda_plan_scan(
    const fk_cuda_scan *scan, const fk_cuda_limits *limits, void *workspace, fk_cuda_plan *plan, char *message,
    size_t capacity) {
    const auto refuse = [&](const char *reason) {
        if (message && capacity > 0) std::snprintf(message, capacity, "%s", reason);
        return false;
    };
    if (const char *reason = objection(*scan)) return refuse(reason);
    Planner planner(*scan, *limits, workspace, *plan);
    if (planner.geometry().sharedBytes() > limits->shared_bytes)
        return refuse("the device has too little shared memory");
    if (planner.blocks() > INT32_MAX) return refuse("there are more blocks than a grid can have");
    planner.plan();
    return true;
}
