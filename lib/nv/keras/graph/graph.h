// From Keras's model configuration (JSON, in the dialects of Keras 2 and 3) to a Model's graph.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "nv/model/model.h"

namespace nv {

/// The containment of layers in models, which the graph no longer shows but which weights in files follow.
struct LayerTree {
  std::string name;
  std::string kind;
  int layer = -1;  ///< index into Model::layers; -1 for a model, whose layers are the children
  bool trainable = true;
  std::vector<LayerTree> children;  ///< in the order of the configuration
  std::string shared;  ///< what Keras wrote to know it by where several models share it; "" where nothing
};

/// Fills kind, name, layers (without weights), nodes, inputs and outputs of `model` from `config`, the object
/// {"class_name", "config"} that Keras saves; `model.origin` must be set. Nested models are laid flat. Nodes
/// are in Keras's order of execution: by depth. Layers that no output depends on are left out of the nodes,
/// as Keras does. Throws Error(input): the configuration has another form, refers to what is not there, or
/// has a cycle.
LayerTree read_graph(const nlohmann::ordered_json& config, Model& model);

}  // namespace nv
