// JSON of the differences of layers, in the documents of `nv compare` and `nv mutate`.
#pragma once

#include <span>
#include <string>

#include "nv/analysis/cka.h"
#include "nv/analysis/compare.h"
#include "nv/report/json.h"

namespace nv {

/// "layers": path, shape, figures, and the `top` channels with the largest differences.
Json layer_differences_json(std::span<const LayerDifference> layers, std::size_t top);

/// "cka": the number of inputs, and the figures of each layer.
Json cka_json(const CkaResult& cka);

/// The figures of the layer `path` as the keys cka, cka_debiased and cka_chance; empty if it has none.
Json cka_columns(const CkaResult& cka, const std::string& path);

}  // namespace nv
