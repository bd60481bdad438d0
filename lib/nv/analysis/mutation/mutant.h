// A model with something changed in it, and what was changed.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "nv/engine/engine.h"
#include "nv/model/model.h"

namespace nv {

/// One change, as a user asks for it: "freeze conv1:0,3", or an operator of mutation testing.
struct Mutation {
  std::string op;                     ///< "freeze", "gaussian-fuzz", ...
  std::string layer;                  ///< as select_layers takes it
  std::vector<std::int64_t> filters;  ///< channels of its output; empty where the operator chooses
  std::string as;                     ///< freeze: "output", "weights" or "block"
  std::string activation;             ///< change-activation: Keras's name
  std::vector<std::pair<std::string, double>> parameters;  ///< "sigma", "ratio"
  std::uint64_t seed = 0;
};

/// What an engine needs to run the changed model: Engine(model), then freeze(frozen). Weights that were not
/// changed stay in the file that they came from.
struct Mutant {
  Model model;
  std::vector<Frozen> frozen;
  std::vector<Mutation> mutations;  ///< with what operators chose filled in
  std::vector<std::string> notes;   ///< what a user should know
};

}  // namespace nv
