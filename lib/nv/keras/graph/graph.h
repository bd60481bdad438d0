// Turns Keras's model configuration (JSON, in the formats of Keras 2 and 3) into a Model's graph.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "nv/model/model.h"

namespace nv {

/// The nesting of layers in models, which is not in the graph, but which weights in files follow.
struct LayerTree {
  std::string name;
  std::string kind;
  int layer = -1;  ///< index into Model::layers; -1 for a model, whose layers are the children
  bool trainable = true;
  std::vector<LayerTree> children;  ///< in the order of the configuration
  std::string shared;               ///< identity of a layer that several models share; "" if Keras wrote none
};

/// Fills kind, name, layers (without weights), nodes, inputs and outputs of `model` from `config`, the object
/// {"class_name", "config"} that Keras saves; `model.origin` must be set. Nested models are flattened. Nodes
/// are in Keras's order of execution (execution_order.h); layers that no output depends on have none. Throws
/// Error(input): the configuration has an unexpected form, refers to what is not there, or has a cycle.
LayerTree read_graph(const nlohmann::ordered_json& config, Model& model);

}  // namespace nv
