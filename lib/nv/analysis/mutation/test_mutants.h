// Mutation testing: random mutants of a model, run on a set of inputs.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "nv/analysis/mutation/score.h"
#include "nv/engine/engine.h"

namespace nv {

/// The predicted class of each input of all batches, in order; nullopt for an output that holds NaN. A batch
/// has one tensor per model input, batch first. Throws Error(usage) if no output is a vector of classes.
MutationTally::Classes predicted_classes(Engine& engine, std::span<const std::vector<Tensor>> batches);

struct MutationTestOptions {
  std::int64_t mutants = 0;
  std::vector<std::string> operators;  ///< names of operators to choose from; empty: all
  std::uint64_t seed = 0;              ///< mutant n is random_mutation(..., seed + n)
  EngineOptions engine;
};

/// Makes random mutants and counts which inputs kill them. `predicted`: the model's own classes of the
/// inputs; `truth`: the true ones, or `predicted` again. `each` is called after each mutant. Throws as
/// random_mutation and predicted_classes.
MutationScore test_mutants(const Model& model, const MutationTestOptions& options,
                           std::span<const std::vector<Tensor>> batches, MutationTally::Classes predicted,
                           MutationTally::Classes truth, const std::function<void()>& each = {});

}  // namespace nv
