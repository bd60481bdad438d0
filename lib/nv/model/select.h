// Choosing layers, as --layers says.
#pragma once

#include <string>
#include <vector>

#include "nv/model/model.h"

namespace nv {

/// By node of `model`: whether `selection` chooses it. A comma-separated list of paths or names (every call
/// of that layer), globs ("conv*", "block1/*"), kinds ("@Conv2D"), indices and ranges ("3", "2-5"); "all";
/// "none". A layer of exactly that name goes before any other meaning. Throws Error(usage) for what chooses
/// nothing, with the nearest names as the hint.
std::vector<bool> select_layers(const Model& model, const std::string& selection);

/// The index of the one node that `name` chooses (a path, a name, or a number); throws Error(usage) for none
/// or many.
std::size_t select_layer(const Model& model, const std::string& name);

}  // namespace nv
