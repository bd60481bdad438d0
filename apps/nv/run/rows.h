// Columns of `nv run --csv` and --tsv.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace nv {

/// Of a row per input, with the `top` best classes: keys of its JSON.
std::vector<std::string> input_columns(std::size_t top, bool truth);

/// Of a row per input and layer: keys of the layer's JSON, and the input's "id" or "error".
std::vector<std::string> layer_columns();

}  // namespace nv
