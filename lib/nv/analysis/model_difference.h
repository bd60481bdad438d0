// How two model files differ: structure, options that matter, weights.
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

/// An option that says something else, or a shape, as JSON text; "" where one side has none.
struct OptionChange {
  std::string name, a, b;
};

/// A weight whose numbers differ. Shapes that differ leave the figures at 0.
struct WeightChange {
  std::string name;  ///< "kernel"
  std::optional<Shape> shape_a, shape_b;
  double l2 = 0, relative_l2 = 0, linf = 0;  ///< of b against a; NaN where either holds NaN
  std::int64_t changed = 0;                  ///< numbers that are not the same
};

enum class LayerStatus { same, changed, added, removed };
std::string_view name(LayerStatus status);

struct LayerChange {
  LayerStatus status = LayerStatus::same;
  std::string path, kind;
  std::string path_b, kind_b;         ///< where B says otherwise, else ""
  std::vector<OptionChange> options;  ///< also "output_shape" and "inputs"
  std::vector<WeightChange> weights;
};

/// Layers of A in its order with those of B that match (see match_layers), then those that B alone has. Reads
/// all weights. Throws Error(input) for weights that cannot be read.
std::vector<LayerChange> model_difference(const Model& a, const Model& b);

/// How many layers have each status.
struct LayerChangeCounts {
  std::int64_t same = 0, changed = 0, added = 0, removed = 0;

  bool none() const { return changed + added + removed == 0; }  ///< the models are the same
};
LayerChangeCounts count_changes(std::span<const LayerChange> layers);

}  // namespace nv
