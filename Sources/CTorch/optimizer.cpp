// Steps of optimisers: many small in-place operations for each parameter, in one call.
#include <ATen/core/grad_mode.h>

#include <cmath>

#include "internal.h"

using namespace fk;

bool fk_adam_step(
    fk_tensor parameter, fk_tensor gradient, fk_tensor mean, fk_tensor square, int64_t step, double rate, double beta1,
    double beta2, double epsilon, double weight_decay, bool decoupled) {
    return bool_op("adam", {parameter, gradient, mean, square}, [&] {
        at::NoGradGuard without_gradients;
        at::Tensor &values = get(parameter), &first = get(mean), &second = get(square);
        at::Tensor slope = get(gradient);
        if (weight_decay != 0) {
            if (decoupled) {
                values.mul_(1 - rate * weight_decay);
            } else {
                slope = slope.add(values, weight_decay);
            }
        }
        first.lerp_(slope, 1 - beta1);
        second.mul_(beta2).addcmul_(slope, slope, 1 - beta2);
        double correction1 = 1 - std::pow(beta1, static_cast<double>(step));
        double correction2 = 1 - std::pow(beta2, static_cast<double>(step));
        at::Tensor denominator = second.sqrt().div_(std::sqrt(correction2)).add_(epsilon);
        values.addcdiv_(first, denominator, -(rate / correction1));
    });
}

bool fk_sgd_step(
    fk_tensor parameter, fk_tensor gradient, fk_tensor velocity, bool first, double rate, double momentum,
    double dampening, double weight_decay, bool nesterov) {
    return bool_op("sgd", {parameter, gradient, velocity}, [&] {
        at::NoGradGuard without_gradients;
        at::Tensor &values = get(parameter);
        at::Tensor slope = get(gradient);
        if (weight_decay != 0) slope = slope.add(values, weight_decay);
        if (velocity != nullptr) {
            at::Tensor &speed = get(velocity);
            if (first) {
                speed.copy_(slope);
            } else {
                speed.mul_(momentum).add_(slope, 1 - dampening);
            }
            slope = nesterov ? slope.add(speed, momentum) : speed;
        }
        values.add_(slope, -rate);
    });
}
