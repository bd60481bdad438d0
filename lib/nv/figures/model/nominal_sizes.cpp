#include "nv/figures/model/nominal_sizes.h"

#include <nlohmann/json.hpp>

namespace nv::figures {

namespace {

/// Sets the open sizes of an input layer; returns whether there were any.
bool set_sizes(LayerSpec& input) {
  nlohmann::ordered_json config = input.config.json();
  bool any = false;
  for (const char* key : {"batch_shape", "batch_input_shape"}) {
    const auto shape = config.find(key);
    if (shape == config.end() || !shape->is_array()) continue;
    for (std::size_t axis = 1; axis < shape->size(); ++axis) {
      if (!(*shape)[axis].is_null()) continue;
      (*shape)[axis] = nominal_size;
      any = true;
    }
  }
  if (any) input.config = Config(std::move(config));
  return any;
}

}  // namespace

std::optional<Structure> nominal_structure(const Model& model) {
  Model sized = model;
  bool any = false;
  for (LayerSpec& layer : sized.layers)
    if (layer.kind == "InputLayer") any = set_sizes(layer) || any;
  if (!any) return std::nullopt;
  return analyse(sized);
}

}  // namespace nv::figures
