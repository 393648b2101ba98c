// The first operation of a forward pass that makes something other than numbers out of numbers.

// See profile.cpp.
#ifndef NDEBUG
#define NDEBUG
#endif
#include <ATen/core/grad_mode.h>
#include <ATen/record_function.h>

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "internal.h"

using namespace fk;

namespace {

struct Trace {
    /// Which of the caller's tensors have which implementation.
    std::unordered_map<const void *, int64_t> known;
    std::optional<at::CallbackHandle> callback;
    /// The last of them that an operation took.
    int64_t last = -1;
    std::string name;
    int64_t place = -1;
    /// Checking is done with operations too.
    bool is_checking = false;
};

thread_local std::unique_ptr<Trace> trace;

bool is_sound(const c10::IValue &value) {
    if (!value.isTensor() || !value.toTensor().defined()) return true;
    const at::Tensor tensor = value.toTensor().detach();
    if (!tensor.is_floating_point() || tensor.numel() == 0) return true;
    return at::isfinite(tensor).all().item<bool>();
}

std::unique_ptr<at::ObserverContext> begin(const at::RecordFunction &function) {
    if (!trace || trace->is_checking) return nullptr;
    for (const c10::IValue &value : function.inputs()) {
        if (!value.isTensor() || !value.toTensor().defined()) continue;
        const auto found = trace->known.find(value.toTensor().unsafeGetTensorImpl());
        if (found != trace->known.end()) trace->last = found->second;
    }
    return nullptr;
}

void end(const at::RecordFunction &function, at::ObserverContext *) {
    if (!trace || trace->is_checking || !trace->name.empty()) return;
    const std::string name = function.name();
    // Memory that nobody has written yet may hold anything.
    if (name.find("empty") != std::string::npos) return;
    trace->is_checking = true;
    at::NoGradGuard without_gradients;
    for (const c10::IValue &value : function.outputs()) {
        if (is_sound(value)) continue;
        trace->name = name;
        trace->place = trace->last;
        break;
    }
    trace->is_checking = false;
}

}  // namespace

bool fk_trace_begin(const fk_tensor *known, int32_t count) {
    return bool_op("trace_begin", {}, [&] {
        TORCH_CHECK(!trace, "operations of this thread are watched already");
        trace = std::make_unique<Trace>();
        for (int32_t i = 0; i < count; i++) trace->known[get(known[i]).unsafeGetTensorImpl()] = i;
        auto callback = at::RecordFunctionCallback(begin, end).needsInputs(true).needsOutputs(true);
        trace->callback = at::addThreadLocalCallback(callback.scopes({at::RecordScope::FUNCTION}));
    });
}

void fk_trace_end(void *context, void (*visit)(void *context, const char *name, int64_t place)) {
    bool_op("trace_end", {}, [&] {
        if (!trace) return;
        const std::unique_ptr<Trace> finished = std::move(trace);
        at::removeCallback(*finished->callback);
        if (!finished->name.empty()) visit(context, finished->name.c_str(), finished->place);
    });
}
