// What sorts of layers there are, for pictures and for what folds into what.
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
  regularization,  ///< dropout and noise: nothing at inference
};

/// Their names, in order.
constexpr std::array<std::string_view, 11> family_names{
    "input",      "convolution", "depthwise",           "pooling", "dense", "merging", "normalisation",
    "activation", "attention",   "reshaping and other", "dropout"};

/// By Keras's class name; `other` for any that is not known.
LayerFamily family_of(std::string_view kind);

/// A layer with the normalisation, activation and dropout that follow it and belong to nobody else.
struct LayerBlock {
  std::size_t first = 0;            ///< node that gives the block its name
  std::size_t last = 0;             ///< node whose output is shown
  std::vector<std::string> folded;  ///< "bn", "relu"
};

/// Blocks of the nodes of `shown` (by Model::nodes) in order; the others are as if they were not there.
/// Nothing folds into an input, nor across the border of a nested model.
std::vector<LayerBlock> folded_blocks(const Model& model, const Structure& structure,
                                      const std::vector<bool>& shown);

/// A part of the model that was a model of its own: every call of it.
struct NestedModel {
  std::string name;  ///< within the one around it; with "#k" for further calls of a shared one
  int parent = -1;   ///< index of the one around it, a lower number; -1 for none
};

/// The nested models, and for every node the innermost around it (-1 for none).
struct Nesting {
  std::vector<NestedModel> models;
  std::vector<int> of_node;
};

Nesting nesting_of(const Model& model);

}  // namespace nv
