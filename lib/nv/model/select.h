// Selecting layers by name, pattern, kind or number.
#pragma once

#include <string>
#include <vector>

#include "nv/model/model.h"

namespace nv {

/// For each node of `model`: whether `selection` selects it. A comma-separated list of paths or names (all
/// calls of that layer), globs ("conv*", "block1/*"), kinds ("@Conv2D"), indices and ranges ("3", "2-5"),
/// "all", "none". The exact name of a layer takes precedence. Throws Error(usage) for an element that selects
/// nothing, with similar names as the hint.
std::vector<bool> select_layers(const Model& model, const std::string& selection);

/// Returns the index of the one node that `name` (a path, a name or a number) selects. Throws Error(usage) if
/// it selects none or several.
std::size_t select_layer(const Model& model, const std::string& name);

}  // namespace nv
