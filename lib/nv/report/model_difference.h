// JSON of model differences: schema neuralvis/inspect-diff/1 (docs/schema/inspect-diff.json).
#pragma once

#include <span>

#include "nv/analysis/model_difference.h"
#include "nv/report/json.h"

namespace nv {

Json model_difference_json(const Model& a, const Model& b, std::span<const LayerChange> layers);

}  // namespace nv
