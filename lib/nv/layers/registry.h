// Makes the object that computes a layer from the layer's description in a file.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nv/layers/layer.h"
#include "nv/model/model.h"

namespace nv {

/// `arguments` are those of the call (Node::arguments); `output` is the index of the layer's output to
/// compute. Throws Error(unsupported) for a kind that nv does not compute (custom, recurrent, Lambda) or an
/// option that it does not know, and Error(input) for an option of the wrong type. Messages do not name the
/// layer; the caller does.
std::unique_ptr<Layer> make_layer(const LayerSpec& spec, const Origin& origin, const Config& arguments = {},
                                  int output = 0);
/// A layer of that kind and configuration that is part of another one. Throws as above.
std::unique_ptr<Layer> make_layer(const std::string& kind, Config config, const Origin& origin);

/// The options in the layer's configuration that influence its outputs. Throws as make_layer; empty for
/// operations, which have arguments instead.
std::vector<std::string> relevant_options(const LayerSpec& spec, const Origin& origin,
                                          const Config& arguments);

/// The kinds that make_layer knows, sorted.
std::vector<std::string> layer_kinds();

}  // namespace nv
