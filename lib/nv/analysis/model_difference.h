// Differences of two models: structure, relevant options, weights.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nv/layers/structure.h"
#include "nv/model/model.h"

namespace nv {

/// An option whose values differ, as JSON text; "" if one model does not have it.
struct OptionChange {
  std::string name, a, b;
};

/// A weight whose numbers or shapes differ. If shapes differ, the figures stay 0.
struct WeightChange {
  std::string name;  ///< "kernel"
  std::optional<Shape> shape_a, shape_b;
  double l2 = 0, relative_l2 = 0, linf = 0;  ///< of b against a; NaN where either holds NaN
  std::int64_t changed = 0;                  ///< numbers that differ
};

enum class LayerStatus { same, changed, added, removed };
std::string_view name(LayerStatus status);

struct LayerChange {
  LayerStatus status = LayerStatus::same;
  std::string path, kind;
  std::string path_b, kind_b;         ///< in B, if they differ, else ""
  std::vector<OptionChange> options;  ///< also "output_shape" and "inputs"
  std::vector<WeightChange> weights;
};

/// Layers of A in its order with the matching layers of B (see match_layers), then those that only B has.
/// Reads all weights. Throws Error(input) for weights that cannot be read.
std::vector<LayerChange> model_difference(const Model& a, const Model& b);

/// How many layers have each status.
struct LayerChangeCounts {
  std::int64_t same = 0, changed = 0, added = 0, removed = 0;

  bool none() const { return changed + added + removed == 0; }  ///< the models are the same
};
LayerChangeCounts count_changes(std::span<const LayerChange> layers);

}  // namespace nv
