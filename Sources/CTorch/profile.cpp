// Where the time of a thread's operations goes, and how many multiply-adds they do.

// at::RecordFunction has one member less in a release build, which libtorch's wheels are; with assertions on here, both
// would see different objects.
#ifndef NDEBUG
#define NDEBUG
#endif
#include <ATen/record_function.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "internal.h"

using namespace fk;

namespace {

using Clock = std::chrono::steady_clock;

/// What all calls of one operation have taken.
struct Sum {
    double seconds = 0;
    int64_t calls = 0;
    double multiply_adds = 0;
};

/// An operation that has begun and not ended.
struct Frame {
    std::string name;
    Clock::time_point start;
    /// Multiply-adds, as far as the inputs tell them, and for each number of the result.
    double multiply_adds = 0, multiply_adds_per_output = 0;
    /// Time of the operations inside it.
    double inner = 0;
};

struct Profile {
    std::unordered_map<std::string, Sum> sums;
    std::vector<Frame> frames;
    std::optional<at::CallbackHandle> callback;

    void begin(std::string name) { frames.push_back(Frame{std::move(name), Clock::now()}); }

    void end(double multiply_adds) {
        if (frames.empty()) return;
        const Frame frame = std::move(frames.back());
        frames.pop_back();
        const double seconds = std::chrono::duration<double>(Clock::now() - frame.start).count();
        if (!frames.empty()) frames.back().inner += seconds;
        Sum &sum = sums[frame.name];
        sum.seconds += seconds - frame.inner;
        sum.calls += 1;
        sum.multiply_adds += multiply_adds;
    }
};

thread_local std::unique_ptr<Profile> profile;

/// The shape of a tensor among values; empty for everything else.
std::vector<int64_t> shape(c10::ArrayRef<const c10::IValue> values, size_t index) {
    if (index >= values.size() || !values[index].isTensor() || !values[index].toTensor().defined()) return {};
    return values[index].toTensor().sizes().vec();
}

double product(const std::vector<int64_t> &sizes) {
    double result = 1;
    for (const int64_t size : sizes) result *= static_cast<double>(size);
    return result;
}

/// Finds the multiply-adds of matrix products and convolutions, by their shapes. Of several operations that call each other
/// only one is counted.
void count(const at::RecordFunction &function, Frame &frame) {
    const std::string_view name = function.name();
    // The inputs live only until the operation takes them.
    const auto inputs = function.inputs();
    if (name == "aten::mm" || name == "aten::bmm" || name == "aten::addmm" || name == "aten::baddbmm"
        || name == "aten::_addmm_activation") {
        const size_t first = name == "aten::mm" || name == "aten::bmm" ? 0 : 1;
        const auto a = shape(inputs, first), b = shape(inputs, first + 1);
        if (!a.empty() && !b.empty()) frame.multiply_adds = product(a) * static_cast<double>(b.back());
    } else if (name == "aten::convolution") {
        const auto x = shape(inputs, 0), weight = shape(inputs, 1);
        const bool is_transposed = inputs.size() > 6 && inputs[6].isBool() && inputs[6].toBool();
        if (x.empty() || weight.empty() || weight[0] == 0) return;
        const double taps = product(weight) / static_cast<double>(weight[0]);
        (is_transposed ? frame.multiply_adds : frame.multiply_adds_per_output) = is_transposed ? product(x) * taps : taps;
    }
}

std::unique_ptr<at::ObserverContext> begin(const at::RecordFunction &function) {
    if (!profile) return nullptr;
    profile->begin(function.name());
    count(function, profile->frames.back());
    return nullptr;
}

void end(const at::RecordFunction &function, at::ObserverContext *) {
    if (!profile || profile->frames.empty()) return;
    const Frame &frame = profile->frames.back();
    double multiply_adds = frame.multiply_adds;
    if (frame.multiply_adds_per_output > 0) {
        const auto outputs = c10::ArrayRef<const c10::IValue>(function.outputs().data(), function.outputs().size());
        const auto y = shape(outputs, 0);
        if (!y.empty()) multiply_adds += product(y) * frame.multiply_adds_per_output;
    }
    profile->end(multiply_adds);
}

}  // namespace

bool fk_profile_begin(void) {
    return bool_op("profile_begin", {}, [] {
        TORCH_CHECK(!profile, "operations of this thread are measured already");
        profile = std::make_unique<Profile>();
        auto callback = at::RecordFunctionCallback(begin, end).needsInputs(true).needsOutputs(true);
        profile->callback = at::addThreadLocalCallback(callback.scopes({at::RecordScope::FUNCTION}));
    });
}

void fk_profile_end(
    void *context, void (*visit)(void *context, const char *name, double seconds, int64_t calls, double multiply_adds)) {
    bool_op("profile_end", {}, [&] {
        if (!profile) return;
        const std::unique_ptr<Profile> finished = std::move(profile);
        at::removeCallback(*finished->callback);
        for (const auto &[name, sum] : finished->sums) {
            visit(context, name.c_str(), sum.seconds, sum.calls, sum.multiply_adds);
        }
    });
}

void fk_profile_operation_begin(const char *name) {
    if (profile) profile->begin(name);
}

void fk_profile_operation_end(double multiply_adds) {
    if (profile) profile->end(multiply_adds);
}
