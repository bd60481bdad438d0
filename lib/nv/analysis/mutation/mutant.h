// A changed model, and its changes.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "nv/engine/engine.h"
#include "nv/model/model.h"

namespace nv {

/// One change: frozen filters ("freeze conv1:0,3"), or an operator of mutation testing.
struct Mutation {
  std::string op;                     ///< "freeze", "gaussian-fuzz", ...
  std::string layer;                  ///< as select_layers takes it
  std::vector<std::int64_t> filters;  ///< channels of its output; empty: the operator chooses
  std::string as;                     ///< freeze: "output", "weights" or "block"
  std::string activation;             ///< change-activation: Keras's name
  std::vector<std::pair<std::string, double>> parameters;  ///< "sigma", "ratio"
  std::uint64_t seed = 0;
};

/// To run it: Engine(model), then freeze(frozen). Weights that were not changed stay in their file.
struct Mutant {
  Model model;
  std::vector<Frozen> frozen;
  std::vector<Mutation> mutations;  ///< with the choices of operators filled in
  std::vector<std::string> notes;   ///< for the user
};

}  // namespace nv
