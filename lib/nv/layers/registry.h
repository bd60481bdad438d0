// From what a file says about a layer to the object that computes it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nv/layers/layer.h"
#include "nv/model/model.h"

namespace nv {

/// Throws Error(unsupported) for a kind that nv does not compute (naming Lambda layers, custom classes and
/// recurrent layers for what they are) or an option that it does not understand, and Error(input) for an
/// option of the wrong type. `arguments` are those of the call (Node::arguments), `output` is which of the
/// layer's outputs it is to give. Messages do not name the layer: the caller knows it.
std::unique_ptr<Layer> make_layer(const LayerSpec& spec, const Origin& origin, const Config& arguments = {},
                                  int output = 0);

/// The options in the layer's configuration that its maker reads: those that matter to its outputs. Throws as
/// make_layer; empty for operations, which have arguments instead.
std::vector<std::string> relevant_options(const LayerSpec& spec, const Origin& origin,
                                          const Config& arguments);

/// Kinds that make_layer knows, sorted.
std::vector<std::string> layer_kinds();

}  // namespace nv
