// The filters of a model by their importance.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "nv/analysis/mutation/rank_filters.h"
#include "nv/figures/style.h"
#include "nv/model/model.h"
#include "nv/render/scene/scene.h"

namespace nv::figures {

/// "cat → frog" for a filter without which the only input is of another class, "3 of 7 changed" for several
/// inputs, "" if nothing changes. `arrow` stands between the classes.
std::string changed_predictions(const FilterImportance& filter, std::size_t inputs,
                                const std::vector<std::string>& labels, std::string_view arrow);

/// Bars of the first `shown` filters of FilterRanking::ranking(), measured over `inputs` inputs: by how much
/// the score of the predicted class falls without the filter, the largest first. `labels`: class names, or
/// none.
render::Scene filter_ranking(const Model& model, std::span<const FilterImportance> filters, std::size_t shown,
                             std::size_t inputs, const std::vector<std::string>& labels = {},
                             const Style& style = {}, const render::Page& page = {});

}  // namespace nv::figures
