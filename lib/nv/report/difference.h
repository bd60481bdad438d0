// JSON of the differences of layers, in the documents of `nv compare` and `nv mutate`.
#pragma once

#include <span>

#include "nv/analysis/compare.h"
#include "nv/report/json.h"

namespace nv {

/// "layers": path, shape, figures, and the `top` channels with the largest differences.
Json layer_differences_json(std::span<const LayerDifference> layers, std::size_t top);

}  // namespace nv
