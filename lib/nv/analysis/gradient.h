// Seeds for gradients of a model's prediction with respect to its inputs.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nv/analysis/prediction.h"
#include "nv/engine/engine.h"

namespace nv {

/// The scalar of a class to differentiate: the cross-entropy (from the logits, never through log(p); binary
/// for a single unit and for units that each end in sigmoid), the logit, or the output itself.
enum class Objective { loss, logit, score };

/// Throws Error(usage) with the names as the hint.
Objective parse_objective(std::string_view name);

/// Replaces the logits `z` by the gradient of their cross-entropy with `label`: softmax(z) - onehot, or
/// sigmoid(z) - onehot if the units are `independent` (a single unit is 1 for class 1).
void cross_entropy_gradient(std::span<float> z, std::int64_t label, bool independent);

/// The gradient of the objective, for class classes[i] of item i of the batch, with respect to the logits of
/// `output` or (score) the output itself. `trace` must hold every node. Throws Error(input) for a class that
/// the output does not have.
Seed objective_seed(Engine& engine, const Trace& trace, const OutputKind& output, Objective objective,
                    std::span<const std::int64_t> classes);

}  // namespace nv
