// Automatic differentiation: graphs, modes, operations whose backward pass the caller gives, hooks.
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/edge.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/variable.h>

#include <memory>

#include "internal.h"

using namespace fk;
using torch::autograd::variable_list;

bool fk_requires_grad(fk_tensor tensor) { return tensor->tensor.requires_grad(); }

bool fk_set_requires_grad(fk_tensor tensor, bool value) {
    return bool_op("requires_grad", {tensor}, [&] { get(tensor).requires_grad_(value); });
}

bool fk_is_leaf(fk_tensor tensor) { return tensor->tensor.is_leaf(); }

fk_tensor fk_detach(fk_tensor tensor) {
    return tensor_op("detach", {tensor}, [&] { return get(tensor).detach(); });
}

fk_tensor fk_grad(fk_tensor tensor) {
    return guard<fk_tensor>("grad", {tensor}, nullptr, [&]() -> fk_tensor {
        const at::Tensor &grad = get(tensor).grad();
        return grad.defined() ? wrap(grad) : nullptr;
    });
}

bool fk_set_grad(fk_tensor tensor, fk_tensor grad) {
    return bool_op("set grad", {tensor}, [&] {
        get(tensor).mutable_grad() = grad == nullptr ? at::Tensor() : get(grad);
    });
}

bool fk_backward(fk_tensor tensor, fk_tensor gradient, bool retain_graph, bool create_graph) {
    return bool_op("backward", {tensor}, [&] {
        variable_list gradients;
        if (gradient != nullptr) gradients.push_back(get(gradient));
        torch::autograd::backward({get(tensor)}, gradients, retain_graph, create_graph);
    });
}

bool fk_gradients(
    const fk_tensor *outputs, const fk_tensor *output_gradients, int32_t output_count, const fk_tensor *inputs,
    int32_t input_count, bool retain_graph, bool create_graph, fk_tensor *results) {
    return bool_op("gradients", {output_count > 0 ? outputs[0] : nullptr}, [&] {
        variable_list seeds;
        if (output_gradients != nullptr) seeds = list(output_gradients, output_count);
        variable_list gradients = torch::autograd::grad(
            list(outputs, output_count), list(inputs, input_count), seeds, retain_graph, create_graph,
            /*allow_unused=*/true);
        for (int32_t i = 0; i < input_count; i++) results[i] = gradients[i].defined() ? wrap(gradients[i]) : nullptr;
    });
}

bool fk_grad_enabled(void) { return at::GradMode::is_enabled(); }

void fk_set_grad_enabled(bool enabled) { at::GradMode::set_enabled(enabled); }

void *fk_inference_begin(bool enabled) {
    return guard<void *>("inference mode", {}, nullptr, [enabled] { return new c10::InferenceMode(enabled); });
}

void fk_inference_end(void *mode) { delete static_cast<c10::InferenceMode *>(mode); }

namespace {

/// What the caller gave, freed with the last part of the graph that needs it.
struct Callback {
    void (*release)(void *context);
    void *context;
    Callback(void (*release)(void *), void *context) : release(release), context(context) {}
    Callback(const Callback &) = delete;
    ~Callback() { release(context); }
};

/// Throws what the caller's function left with `fk_raise`.
void throw_error() {
    char *message = fk_take_error();
    std::string text = message == nullptr ? "failed" : message;
    fk_string_free(message);
    TORCH_CHECK(false, text);
}

/// Tells the caller that a leaf has its gradient.
struct CallerAccumulationHook : public torch::autograd::PostAccumulateGradHook {
    bool (*hook)(void *context);
    std::unique_ptr<Callback> callback;
    CallerAccumulationHook(bool (*hook)(void *), std::unique_ptr<Callback> callback)
        : hook(hook), callback(std::move(callback)) {}

    void operator()(const torch::autograd::Variable &) override {
        if (!hook(callback->context)) throw_error();
    }
};

/// A node of the graph whose backward pass is the caller's function.
struct CallerNode : public torch::autograd::Node {
    std::string title;
    fk_backward_function function = nullptr;
    std::unique_ptr<Callback> callback;
    std::vector<at::TensorOptions> output_options;
    std::vector<std::vector<int64_t>> output_shapes;

    variable_list apply(variable_list &&gradients) override {
        std::vector<fk_tensor_s> storage;
        storage.reserve(gradients.size());
        std::vector<fk_tensor> handles;
        for (size_t i = 0; i < gradients.size(); i++) {
            at::Tensor gradient = gradients[i];
            if (!gradient.defined()) gradient = at::zeros(output_shapes[i], output_options[i]);
            storage.push_back(fk_tensor_s{gradient});
        }
        for (auto &entry : storage) handles.push_back(&entry);
        std::vector<fk_tensor> results(num_outputs(), nullptr);
        bool succeeded = function(
            callback->context, handles.data(), static_cast<int32_t>(handles.size()), results.data(),
            static_cast<int32_t>(results.size()));
        variable_list output;
        for (fk_tensor result : results) {
            output.push_back(result == nullptr ? at::Tensor() : result->tensor);
            delete result;
        }
        if (!succeeded) throw_error();
        return output;
    }

    std::string name() const override { return title; }
    void release_variables() override {}
};

/// Graph nodes are counted by the node itself in newer releases of libtorch, by a shared pointer in older ones.
template <class Kind>
auto make_node() {
    if constexpr (std::is_base_of_v<c10::intrusive_ptr_target, torch::autograd::Node>) {
        return c10::make_intrusive<Kind>();
    } else {
        return std::make_shared<Kind>();
    }
}

}  // namespace

bool fk_attach_backward(
    const char *name, const fk_tensor *inputs, int32_t input_count, fk_tensor *outputs, int32_t output_count,
    fk_backward_function backward, void (*release)(void *context), void *context) {
    auto callback = std::make_unique<Callback>(release, context);
    return bool_op(name, {input_count > 0 ? inputs[0] : nullptr}, [&] {
        variable_list variables = list(inputs, input_count);
        if (!at::GradMode::is_enabled() || !torch::autograd::any_variable_requires_grad(variables)) return;
        auto node = make_node<CallerNode>();
        node->title = name;
        node->function = backward;
        node->callback = std::move(callback);
        node->set_next_edges(torch::autograd::collect_next_edges(variables));
        for (int32_t i = 0; i < output_count; i++) {
            at::Tensor &output = get(outputs[i]);
            node->output_options.push_back(output.options());
            node->output_shapes.push_back(output.sizes().vec());
            torch::autograd::set_history(output, node);
        }
    });
}

bool fk_register_hook(
    fk_tensor tensor, bool (*hook)(void *context, fk_tensor gradient, fk_tensor *replacement),
    void (*release)(void *context), void *context) {
    auto callback = std::make_shared<Callback>(release, context);
    return bool_op("hook", {tensor}, [&] {
        get(tensor).register_hook([callback, hook](const at::Tensor &gradient) -> at::Tensor {
            fk_tensor_s handle{gradient};
            fk_tensor replacement = nullptr;
            if (!hook(callback->context, &handle, &replacement)) throw_error();
            if (replacement == nullptr) return gradient;
            at::Tensor result = replacement->tensor;
            delete replacement;
            return result;
        });
    });
}

bool fk_register_accumulation_hook(
    fk_tensor leaf, bool (*hook)(void *context), void (*release)(void *context), void *context) {
    auto callback = std::make_unique<Callback>(release, context);
    return bool_op("accumulation hook", {leaf}, [&] {
        torch::autograd::impl::set_post_acc_grad_hooks(
            get(leaf), std::make_unique<CallerAccumulationHook>(hook, std::move(callback)));
    });
}
