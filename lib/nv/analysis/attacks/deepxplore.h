// DeepXplore: inputs on which models disagree, and that activate neurons which others left out.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "nv/analysis/attacks/driver.h"
#include "nv/analysis/coverage.h"

namespace nv::attacks {

/// Moves each victim, on which the models agree, up what the first model has against its class, the others
/// have for it, and one neuron of each model that `coverage` leaves out gives, under the constraint of the
/// settings (Pei 2017), until the models' predictions differ: that is success. Models and coverage in one
/// order. Not counted by the coverage. At most `batch` at a time; results do not depend on `batch`, on
/// threads or on the other victims; `round` as in `attack`.
std::vector<Outcome> explore(std::span<Oracle* const> models, std::span<const NeuronCoverage> coverage,
                             const Settings& settings, std::span<const Victim> victims, std::size_t batch,
                             const std::function<void(std::size_t)>& round = {});

}  // namespace nv::attacks
