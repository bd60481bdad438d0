// Changes to the graph of a model.
#pragma once

#include "nv/model/model.h"

namespace nv {

/// Removes a node of one input: nodes that took its output take its input.
void remove_node(Model& model, std::size_t node);

/// Inserts a call of layer `layer` (an index into Model::layers) after a node: nodes that took its output
/// take that of the new node. Returns the index of the new node.
std::size_t insert_after(Model& model, std::size_t node, int layer, const std::string& path);

/// Nodes that take the output of `node`.
std::vector<std::size_t> users_of(const Model& model, std::size_t node);

}  // namespace nv
