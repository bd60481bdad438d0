// The documents of `nv mutate`: schema neuralvis/mutate/1 (docs/schema/mutate.json).
#pragma once

#include "nv/analysis/mutation/mutate.h"
#include "nv/analysis/mutation/rank_filters.h"
#include "nv/analysis/mutation/score.h"
#include "nv/report/json.h"

namespace nv {

/// An element of "mutations".
Json mutation_json(const Mutation& mutation);

/// Elements of "filters", those worth most first.
Json filter_worths_json(std::span<const FilterWorth> filters);

/// "mutants" with what each did, "killers" (the inputs that kill most), and "summary".
Json mutation_score_json(const MutationScore& score, std::span<const std::string> ids);

}  // namespace nv
