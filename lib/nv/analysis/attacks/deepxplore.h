// DeepXplore: inputs on which models disagree, and that activate neurons which other inputs do not.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "nv/analysis/attacks/driver.h"
#include "nv/analysis/coverage.h"

namespace nv::attacks {

/// Ascends a joint objective from each input, on which the models agree (Pei 2017): minus the first model's
/// logit of the class, plus the other models' logits of it, plus one neuron per model that `coverage` has not
/// covered, under the constraint of the settings. It succeeds if the predictions of the models differ.
/// `models` and `coverage` have the same order; coverage is not updated. At most `batch` inputs at a time;
/// results do not depend on `batch`, on threads or on the other tasks; `round` as in `attack`.
std::vector<Outcome> explore(std::span<Oracle* const> models, std::span<const NeuronCoverage> coverage,
                             const Settings& settings, std::span<const AttackTask> tasks, std::size_t batch,
                             const std::function<void(std::size_t)>& round = {});

}  // namespace nv::attacks
