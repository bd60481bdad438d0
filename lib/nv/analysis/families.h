// Families of layers, blocks of layers and nested models, for figures.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "nv/layers/structure.h"
#include "nv/model/model.h"

namespace nv {

enum class LayerFamily {
  input,
  convolution,
  depthwise,  ///< and separable
  pooling,
  dense,  ///< and embeddings
  merging,
  normalization,
  activation,
  attention,
  other,           ///< reshaping, padding, preprocessing, operations
  regularization,  ///< dropout and noise: no effect at inference
};

/// Their names, in order.
constexpr std::array<std::string_view, 11> family_names{
    "input",      "convolution", "depthwise",           "pooling", "dense", "merging", "normalisation",
    "activation", "attention",   "reshaping and other", "dropout"};

/// By Keras's class name; `other` if it is unknown.
LayerFamily family_of(std::string_view kind);

/// A layer with the normalisation, activation and dropout layers that follow it and have no other use.
struct LayerBlock {
  std::size_t first = 0;            ///< node that names the block
  std::size_t last = 0;             ///< node whose output is shown
  std::vector<std::string> folded;  ///< short names of the layers after the first: "bn", "relu"
};

/// Blocks of the nodes for which `shown` (by Model::nodes) is true, in order; other nodes are ignored.
/// Nothing folds into an input, nor across the border of a nested model.
std::vector<LayerBlock> folded_blocks(const Model& model, const Structure& structure,
                                      const std::vector<bool>& shown);

/// The activation function of a node: "relu", "relu6"; "" if there is none or it is linear.
std::string activation_name(const LayerSpec& spec, const NodeStructure& node);
/// What to write after the layer's kind: "relu" for Conv2D and Activation, "max 6" for ReLU, "" if the kind
/// says it all.
std::string activation_note(const LayerSpec& spec, const NodeStructure& node);

/// A call of a model inside the model.
struct NestedModel {
  std::string name;  ///< within the enclosing model; with "#k" for further calls of a shared model
  int parent = -1;   ///< index of the enclosing model, a lower number; -1 for none
};

/// The nested models, and per node the innermost that encloses it (-1 for none).
struct Nesting {
  std::vector<NestedModel> models;
  std::vector<int> of_node;
};

/// Of a model whose nested models were flattened.
Nesting nesting_of(const Model& model);

}  // namespace nv
