// JSON of mutations: schema neuralvis/mutate/1 (docs/schema/mutate.json).
#pragma once

#include "nv/analysis/mutation/mutate.h"
#include "nv/analysis/mutation/rank_filters.h"
#include "nv/analysis/mutation/score.h"
#include "nv/report/json.h"

namespace nv {

/// An element of "mutations".
Json mutation_json(const Mutation& mutation);

/// "filters": in the order given.
Json filter_importances_json(std::span<const FilterImportance> filters);

/// "mutants" with their results, "killers" (inputs by the number of mutants that they kill), and "summary".
Json mutation_score_json(const MutationScore& score, std::span<const std::string> ids);

}  // namespace nv
