// How layers differ, as the documents of `nv compare` and `nv mutate` say it.
#pragma once

#include <span>

#include "nv/analysis/compare.h"
#include "nv/report/json.h"

namespace nv {

/// Elements of "layers": path, shape, the metrics, the `top` channels that differ most.
Json layer_differences_json(std::span<const LayerDifference> layers, std::size_t top);

}  // namespace nv
