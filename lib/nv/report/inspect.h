// JSON of inspections: schema neuralvis/inspect/1 (docs/schema/inspect.json).
#pragma once

#include <vector>

#include "nv/analysis/inspect.h"
#include "nv/report/json.h"

namespace nv {

/// {"model": ..., "layers": [...]} with the layers of `nodes` (by Model::nodes).
Json inspection_json(const Inspection& inspection, const std::vector<bool>& nodes);

}  // namespace nv
