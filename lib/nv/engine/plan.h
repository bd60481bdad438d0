// The order of a forward pass: which layers are computed together, and how long outputs live.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "nv/layers/structure.h"
#include "nv/model/model.h"

namespace nv {

/// A layer that is computed from the rows of others of its step as soon as these are written.
struct PlanFollower {
  std::size_t node = 0;
  /// The node of this step whose values it may overwrite: no other layer needs them. If they are kept, they
  /// are copied first.
  std::optional<std::size_t> in_place_of;
};

/// A layer, and the layers after it that are computed row by row, while rows are in the cache: activation
/// functions, BatchNormalization, sums of branches. Each computes what it would compute alone.
struct PlanStep {
  std::size_t node = 0;
  std::vector<PlanFollower> followers;  ///< in the order in which they are computed
  Shape shape;                          ///< of all outputs of the step, if there are followers; no batch axis
  std::vector<std::size_t> last_used;   ///< nodes whose outputs are not needed after this step
};

/// A pass over inputs of given shapes, of which some nodes' outputs are kept.
struct ExecutionPlan {
  std::vector<PlanStep> steps;
  std::vector<bool> needed;  ///< nodes that are computed, and the inputs that they depend on
  std::vector<bool> keep;    ///< nodes whose outputs are kept
  /// The largest number of floats of outputs that an item has at once. Nodes after a layer that cannot take
  /// its inputs are not counted.
  std::int64_t numbers_held = 0;
};

/// `inputs`: shapes of the model's inputs, without the batch axis. `keep`: of which nodes the outputs are
/// kept; all if empty. `altered`: nodes whose outputs are changed after they are computed, so that what
/// follows needs them whole.
ExecutionPlan plan_execution(const Model& model, const Structure& structure, std::span<const Shape> inputs,
                             const std::vector<bool>& keep, const std::vector<bool>& altered);

}  // namespace nv
