// Changes to the graph of a model.
#pragma once

#include "nv/model/model.h"

namespace nv {

/// Takes out the node, which has one input: what took its output takes its input.
void remove_node(Model& model, std::size_t node);

/// Puts a call of layer `layer` (an index into Model::layers) behind the node: what took its output takes the
/// new one's. Returns the new node's index.
std::size_t insert_after(Model& model, std::size_t node, int layer, const std::string& path);

/// Nodes that take an output of `node`.
std::vector<std::size_t> users_of(const Model& model, std::size_t node);

}  // namespace nv
