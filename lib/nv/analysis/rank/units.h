// The layers whose units metrics of coverage count.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nv/engine/engine.h"

namespace nv::rank {

/// The output of one layer, as a row of units in C order.
struct UnitLayer {
  std::size_t node = 0;
  std::string path;
  std::int64_t first = 0, units = 0;  ///< its part of all units
};

/// The chosen layers one after the other: every value of their outputs is a unit, as in dnn-tip.
struct Units {
  std::vector<UnitLayer> layers;
  std::int64_t count = 0;
};

/// Units of the chosen nodes. Throws Error(usage), beginning with the model's file, for a layer whose size is
/// not known before it runs, and if no layer is chosen.
Units units_of(const Engine& engine, const std::vector<bool>& chosen);

/// The nodes that compute: all but inputs and layers that only pass on or reorder values (Flatten, Reshape,
/// Dropout).
std::vector<bool> computing_nodes(const Engine& engine);
/// The last hidden layer: what the last layer with weights before `output` is computed from; nullopt if there
/// is none, or it has several inputs.
std::optional<std::size_t> last_hidden_node(const Model& model, std::size_t output);

/// The values of a layer for one item of a trace.
std::span<const float> unit_values(const Trace& trace, const UnitLayer& layer, std::int64_t item);

}  // namespace nv::rank
