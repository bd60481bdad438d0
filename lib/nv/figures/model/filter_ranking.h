// The filters of a model by their importance.
#pragma once

#include <cstddef>
#include <span>

#include "nv/analysis/mutation/rank_filters.h"
#include "nv/figures/style.h"
#include "nv/model/model.h"
#include "nv/render/scene/scene.h"

namespace nv::figures {

/// Bars of the first `shown` filters of FilterRanking::ranking(), measured over `inputs` inputs: by how much
/// the score of the predicted class changes without the filter.
render::Scene filter_ranking(const Model& model, std::span<const FilterImportance> filters, std::size_t shown,
                             std::size_t inputs, const Style& style = {}, const render::Page& page = {});

}  // namespace nv::figures
